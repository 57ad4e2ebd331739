"""From the nomenclatures and structures exported from SIECLE, and the calendar, to both in the outbox of Charlemagne.

They are imported there by step 7: after the year switch of Charlemagne, which is step 13 (R-CHA-07, R-CHA-30), and only without
OMOGEN, which brings them itself (R-CHA-06, R-CHA-31). Until then they wait; afterwards a new export goes at once. The calendar
says both: the row of step 6 is without object with OMOGEN, that of step 7 waits for nothing once 13 is done.
"""

import msgspec

from schemas.outcome import Effect, Event, Outcome
from schemas.records.rentree import EtapeSuivie
from schemas.records.siecle import Fichier
from sinks.siecle.originaux import Original, Originaux, plain, with_one_more

SINK = "charlemagne.nomenclatures"
EXPORTATION, IMPORTATION = 6, 7
SANS_OBJET = "SANS_OBJET"
ENSEMBLE = ("nomenclature", "structures")


class Nomenclatures(msgspec.Struct, frozen=True):
    """What is on its way to Charlemagne in a school."""

    originaux: Originaux = {}
    annee: int = 0
    """The last year of the calendar: its rows alone count."""
    par_fichier: bool = False
    """That year, the school has them by file: no OMOGEN."""
    ouverte: bool = False
    """Nothing stands before their import that year."""

    @property
    def peut_partir(self) -> bool:
        return self.par_fichier and self.ouverte


def decide(state: Nomenclatures, event: Event) -> tuple[Nomenclatures, Outcome]:
    """Pure. The outcome's own state is not used: `rentree.fichiers` keeps several."""
    match event.data:
        case Fichier(type=kind) as data if kind in ENSEMBLE:
            state = msgspec.structs.replace(state, originaux=with_one_more(state.originaux, data))
            return state, _let_out(state, event)
        case EtapeSuivie(numero=numero, annee=annee) as data if numero in (EXPORTATION, IMPORTATION) and annee >= state.annee:
            after = _followed(state, data)
            opened = after.peut_partir and not state.peut_partir
            return after, _let_out(after, event) if opened else Outcome(None, counted="sans_fichier")
        case _:
            return state, Outcome(None, counted="sans_fichier")


def _followed(state: Nomenclatures, data: EtapeSuivie) -> Nomenclatures:
    if data.annee > state.annee:
        state = Nomenclatures(state.originaux, data.annee)
    if data.numero == EXPORTATION:
        return msgspec.structs.replace(state, par_fichier=data.statut != SANS_OBJET)
    return msgspec.structs.replace(state, ouverte=data.statut != SANS_OBJET and not data.attend)


def _let_out(state: Nomenclatures, event: Event) -> Outcome:
    if not state.peut_partir:
        return Outcome(None, because="gardées jusqu'à la bascule d'année de Charlemagne (étape 13), sans OMOGEN")
    last: list[Original] = [state.originaux[kind][-1] for kind in ENSEMBLE if kind in state.originaux]
    if len(last) < len(ENSEMBLE):
        return Outcome(None, because="nomenclatures et structures partent ensemble : il en manque une")
    if len({each.millesime for each in last}) > 1:
        return Outcome(None, counted="millesimes_differents", because="nomenclatures et structures ne sont pas de la même année")
    payload = {"uai": event.key, "millesime": last[0].millesime, "fichiers": [plain(each) for each in last]}
    return Outcome(None, effects=(Effect(SINK, payload, group=event.id),), because="nomenclatures et structures, pour Charlemagne")

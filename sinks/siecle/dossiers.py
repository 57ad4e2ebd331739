"""From the archive of dossiers that a private software made, and the sending that the calendar accepts, to the file in the outbox
of SIECLE (R-CHA-22, R-CHA-36).

The archive waits. What lets it out is step 22 accepted: the identifiers were imported in the same occurrence, the day is in the
period, the school does not use OMOGEN, by which its pupils would have gone. An archive leaves once; a new sending takes a new
occurrence and a new archive.
"""

import msgspec

from schemas.outcome import Effect, Event, Outcome
from schemas.records.charlemagne import Fichier
from schemas.records.rentree import Occurrence

SINK = "siecle.import_eleves"
ENVOI_SANS_OMOGEN = 22


class Archive(msgspec.Struct, frozen=True):
    """The last one of this school that has not left."""

    nom: str
    empreinte: str


class Envoi(msgspec.Struct, frozen=True):
    """The last sending that the calendar accepted."""

    occurrence: str
    """Year and name."""
    evenement: str
    """`ce_id` of its acceptance: the group of the effect."""
    attend: bool
    """Its archive has not come; nothing else has happened since."""


class Dossiers(msgspec.Struct, frozen=True):
    """What is on its way to SIECLE in a school."""

    archive: Archive | None = None
    envoi: Envoi | None = None


def decide(state: Dossiers, event: Event) -> tuple[Dossiers, Outcome]:
    """Pure. The outcome's own state is not used: `rentree.fichiers` keeps several."""
    match event.data:
        case Fichier() as data:
            return _came(state, data)
        case Occurrence(numero=numero) as data if numero == ENVOI_SANS_OMOGEN:
            return _followed(state, data, event.id)
        case _:
            return state, Outcome(None, counted="sans_fichier")


def _came(state: Dossiers, data: Fichier) -> tuple[Dossiers, Outcome]:
    state = msgspec.structs.replace(state, archive=Archive(data.nom, data.empreinte))
    if state.envoi is not None and state.envoi.attend:
        return _let_out(state, state.envoi)
    return state, Outcome(None, because="archive de dossiers gardée jusqu'à l'envoi des élèves (étape 22)")


def _followed(state: Dossiers, data: Occurrence, accepted: str) -> tuple[Dossiers, Outcome]:
    occurrence = f"{data.annee} {data.occurrence}"
    known = state.envoi
    if data.statut == "A_CONTROLER":
        if known is not None and known.occurrence == occurrence:
            return state, Outcome(None, counted="envoi_deja_connu")
        return _let_out(state, Envoi(occurrence, accepted, attend=True))
    if known is not None and known.attend and (data.statut == "IDENTIFIANTS_IMPORTES" or known.occurrence == occurrence):
        over = msgspec.structs.replace(known, attend=False)
        return msgspec.structs.replace(state, envoi=over), Outcome(None, because="l'envoi est passé sans archive dans le bus")
    return state, Outcome(None, counted="sans_fichier")


def _let_out(state: Dossiers, envoi: Envoi) -> tuple[Dossiers, Outcome]:
    archive = state.archive
    if archive is None:
        return msgspec.structs.replace(state, envoi=envoi), Outcome(None, because="envoi accepté, archive attendue")
    payload = {"fichier": archive.nom, "empreinte": archive.empreinte}
    after = Dossiers(envoi=msgspec.structs.replace(envoi, attend=False))
    return after, Outcome(None, effects=(Effect(SINK, payload, group=envoi.evenement),), because=f"{archive.nom} envoyé, pour SIECLE")

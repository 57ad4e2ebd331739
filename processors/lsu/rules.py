"""The five synchros of a school: what opens each, what says that it is done, what a person must check (R-PRO-01 to 06, 25, 30 to 34)."""

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from processors.depot_siecle.messages import SANS_EXPORT, SANS_SYNCHRO_3, SANS_SYNCHRO_4A
from processors.lsu import import_eleves, lot, messages
from processors.lsu.procedure import LOT, SYNCHROS
from processors.lsu.reglages import Reglages
from processors.lsu.state import Campagne, Etat
from schemas.outcome import Emitted, Event, Outcome, Refusal
from schemas.records import synchros as records

ETATS = "synchros.etats.v1"
RENTREE = "rentrée"


def decide(reglages: Reglages, state: Etat | None, event: Event) -> Outcome:
    """Decide one event of a school. Raises KeyError for a record of another contract."""
    before = state or Etat()
    rule = _regle(event)
    outcome = rule(reglages, before, event)
    if outcome.state is before:
        return Outcome(state, outcome.emitted, outcome.refusal, counted=outcome.counted, because=outcome.because)
    return outcome


def _regle(event: Event) -> "Regle":
    if event.topic == ETATS:
        return _version_refusee if event.type == "version_refusee" else _sans_effet
    return EXPORTS.get(event.type, lot.ligne) if event.topic == "siecle.exports.v1" else REGLES[event.type]


def _refuser(etat: Etat, refusal: Refusal) -> Outcome:
    return Outcome(etat, refusal=refusal, because=refusal.message)


# --- versions and campaign -------------------------------------------------------------------------------------------


def _version(reglages: Reglages, etat: Etat, event: Event) -> Outcome:
    """A version that is not accepted closes every synchro, until one that is has been seen."""
    data: records.VersionConstatee = event.data
    admises = reglages.admises(data.uai, data.logiciel, lot.annee(etat))
    wanted = any((each.millesime, each.version, each.bits) == (data.millesime, data.version, data.bits) for each in admises)
    if not admises or wanted:
        kept = {name: text for name, text in etat.refusees.items() if name != data.logiciel}
        accepted = tuple(sorted({*etat.acceptees, data.logiciel}))
        return Outcome(replace(etat, refusees=kept, acceptees=accepted), because="version admise")
    refusal = messages.version(data.logiciel, data.millesime, data.version, data.bits, admises)
    told = Emitted(ETATS, "version_refusee", records.VersionRefusee(uai=data.uai, logiciel=data.logiciel, message=refusal.message))
    if data.logiciel in etat.acceptees:
        return Outcome(_fermer(etat, data.logiciel, refusal.message), (told,), because=refusal.message)
    return Outcome(etat, (told,), refusal, because=refusal.message)


def _version_refusee(_reglages: Reglages, etat: Etat, event: Event) -> Outcome:
    """What a refused event could not keep comes back and is kept, unless a good version was seen meanwhile."""
    data: records.VersionRefusee = event.data
    if data.logiciel in etat.acceptees or data.logiciel in etat.refusees:
        return Outcome(etat, counted="sans_effet")
    return Outcome(_fermer(etat, data.logiciel, data.message), because="les synchros sont fermées jusqu'à la version demandée")


def _fermer(etat: Etat, logiciel: str, exigence: str) -> Etat:
    accepted = tuple(each for each in etat.acceptees if each != logiciel)
    return replace(etat, refusees={**etat.refusees, logiciel: exigence}, acceptees=accepted)


def _sans_effet(_reglages: Reglages, etat: Etat, _event: Event) -> Outcome:
    """What this procedure said itself."""
    return Outcome(etat, counted="sans_effet")


def _campagne(_reglages: Reglages, etat: Etat, event: Event) -> Outcome:
    data: records.CampagneConstatee = event.data
    return Outcome(replace(etat, campagne=Campagne(data.annee_sts, data.type, data.debut, data.fin)))


def _porte(reglages: Reglages, etat: Etat, uai: str, code: str) -> Refusal | None:
    """What keeps a synchro closed: a version, then the year and the campaign, then the order."""
    synchro = SYNCHROS[code]
    for logiciel in synchro.logiciels:
        if logiciel in etat.refusees:
            return messages.version_refusee(etat.refusees[logiciel])
    found = etat.campagne
    if synchro.campagne and found is not None:
        expected = reglages.annee_sts(uai)
        if expected is not None and found.annee_sts != expected:
            return messages.annee_sts(found.annee_sts, expected)
        if found.type.casefold() != RENTREE or found.debut.year != found.annee_sts:
            return messages.campagne(found.annee_sts, found.debut, found.type)
    if code == "S1" and "S1" in etat.faites and "S3" not in etat.faites:
        return messages.REFAIRE_3
    return _avant_les_liens(etat) if code == "S5" else None


def _avant_les_liens(etat: Etat) -> Refusal | None:
    """5 comes after an export of pupils, 3 and 4a, as the deposit itself checks again (R-PRO-03, R-PRO-72)."""
    if not etat.exports.keys() & set(LOT[lot.ELEVES]):
        return SANS_EXPORT
    if "S3" not in etat.faites:
        return SANS_SYNCHRO_3
    return SANS_SYNCHRO_4A if "S4A" not in etat.faites else None


# --- synchros --------------------------------------------------------------------------------------------------------


def _debut(reglages: Reglages, etat: Etat, event: Event) -> Outcome:
    data: records.SynchroDebut = event.data
    closed = _porte(reglages, etat, data.uai, data.synchro)
    if closed is not None:
        return _refuser(etat, closed)
    if data.synchro == "S4B" and data.destination == "EDITEUR_PRIVE":
        return _refuser(etat, messages.EDITEUR_PRIVE)
    started = Emitted(ETATS, "synchro_en_cours", records.SynchroEnCours(uai=data.uai, synchro=data.synchro, depuis=event.time))
    after = replace(etat, en_cours={**etat.en_cours, data.synchro: event.time})
    if not data.saisie_manuelle:
        return Outcome(after, (started,), because="en cours")
    check = records.ControleDemande(uai=data.uai, synchro=data.synchro, code="CORRESPONDANCES", message=messages.CORRESPONDANCES)
    return Outcome(after, (started, Emitted(ETATS, "controle_demande", check)), because="en cours, correspondances à vérifier")


def _message(reglages: Reglages, etat: Etat, event: Event) -> Outcome:
    """Only the exact message says that 4a or 4b is done; any other leaves it in progress (R-PRO-34)."""
    data: records.SynchroMessage = event.data
    said = " ".join(data.message.split())
    code = next((each.code for each in SYNCHROS.values() if each.message == said), None)
    if code is None:
        return Outcome(etat, counted="message_sans_effet", because="ce message ne dit la fin d'aucune synchro")
    closed = _porte(reglages, etat, data.uai, code)
    return _refuser(etat, closed) if closed is not None else _faite(etat, event, code, said)


def _fin(reglages: Reglages, etat: Etat, event: Event) -> Outcome:
    data: records.SynchroFin = event.data
    if SYNCHROS[data.synchro].message is not None:
        return _refuser(etat, messages.fin_par_message(data.synchro))
    closed = _porte(reglages, etat, data.uai, data.synchro)
    if closed is not None:
        return _refuser(etat, closed)
    if data.synchro != "S2":
        return _faite(etat, event, data.synchro, "")
    if etat.importe is not None and etat.importe.consulte:
        return _faite(replace(etat, importe=None), event, data.synchro, "")
    outcome = _faite(etat, event, data.synchro, "")
    check = records.ControleDemande(uai=data.uai, synchro="S2", code="BILAN_IMPORT", message=messages.BILAN)
    return Outcome(outcome.state, (*outcome.emitted, Emitted(ETATS, "controle_demande", check)), because=outcome.because)


def _faite(etat: Etat, event: Event, code: str, said: str) -> Outcome:
    done = records.SynchroFaite(uai=event.key, synchro=code, faite_le=event.time, message=said)  # type: ignore[arg-type]
    after = replace(
        etat,
        en_cours={each: since for each, since in etat.en_cours.items() if each != code},
        faites={**etat.faites, code: event.time},
    )
    emitted = [Emitted(ETATS, "synchro_faite", done)]
    if code in ("S4A", "S4B") and {"S4A", "S4B"} <= set(after.faites) and not {"S4A", "S4B"} <= set(etat.faites):
        emitted.append(Emitted(ETATS, "synchro_complete", records.SynchroComplete(uai=event.key, faite_le=event.time)))
    return Outcome(after, tuple(emitted), because=f"{code} faite")


def _import(reglages: Reglages, etat: Etat, event: Event) -> Outcome:
    """An import of pupils is synchro 2: what closes that one closes it."""
    closed = _porte(reglages, etat, event.data.uai, "S2")
    return _refuser(etat, closed) if closed is not None else import_eleves.controler(reglages, etat, event)


Regle = Callable[[Reglages, Etat, Event], Outcome]

EXPORTS: Mapping[str, Regle] = {"instantane_debut": lot.export_debut, "instantane_fin": lot.export_fin}
REGLES: Mapping[str, Regle] = {
    "version_constatee": _version,
    "campagne_constatee": _campagne,
    "synchro_debut": _debut,
    "synchro_message": _message,
    "synchro_fin": _fin,
    "fichiers_choisis": lot.fichiers,
    "import_eleves": _import,
    "bilan_affiche": import_eleves.bilan,
}

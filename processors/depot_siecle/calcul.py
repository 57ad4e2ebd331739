"""What is done once the slices of a school are gathered: a prediction, a night's treatment, a comparison."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from processors.depot_siecle import messages, prediction, publications, tranches
from processors.depot_siecle.comparaison import LigneComparee, comparer
from processors.depot_siecle.connaissance import (
    Connaissance,
    EleveFichier,
    EleveSiecle,
    Groupe,
    Lien,
    Structure,
    mefs_des_groupes,
)
from processors.depot_siecle.prediction import Situation, Source
from processors.depot_siecle.reglages import Reglages
from processors.depot_siecle.state import Calcul, Collecte, Ecole, LienSaisi, Origine, Tete, annee_dite
from processors.depot_siecle.traitement import Bilan, traiter
from schemas.outcome import Emitted, Event, Outcome
from schemas.records import siecle as records

OBJETS: Mapping[str, str] = {
    "ELEVES": prediction.ELEVES,
    "STRUCTURES": prediction.STRUCTURES,
    "STS": prediction.STS,
    "EDT": prediction.EDT,
}


@dataclass(frozen=True, slots=True)
class _Reunie:
    """A collecte that came back: its collections, read."""

    ecole: Ecole
    collecte: Collecte
    parts: Mapping[str, tuple[bytes, ...]]
    uai: str

    def lignes(self, tete: Tete, type_: Any) -> tuple[Any, ...]:
        return tuple(tranches.lire((part for key in tranches.cles(self.uai, tete) for part in self.parts[key]), type_))

    def toutes(self, collection: str, type_: Any) -> tuple[Any, ...]:
        return tuple(row for tete in self.collecte.tetes if tete.collection == collection for row in self.lignes(tete, type_))

    def complete(self) -> bool:
        return all(self.parts.get(key) for tete in self.collecte.tetes for key in tranches.cles(self.uai, tete))


def collecte_faite(reglages: Reglages, ecole: Ecole, event: Event) -> Outcome:
    """Decide with the whole of what was gathered. A collecte that nothing waits for any more has no effect."""
    data: records.CollecteFaite = event.data
    collecte = ecole.collectes.get(str(data.numero))
    if collecte is None:
        return Outcome(ecole, counted="collecte_perimee", because="plus rien n'attend cette collecte")
    rest = {numero: each for numero, each in ecole.collectes.items() if numero != str(data.numero)}
    reunie = _Reunie(replace(ecole, collectes=rest), collecte, {each.cle: each.parts for each in data.contenus}, event.key)
    if not reunie.complete():
        return Outcome(ecole, refusal=messages.COLLECTE_INCOMPLETE, because=messages.COLLECTE_INCOMPLETE.message)
    match collecte.motif:
        case "PREDICTION":
            return _predire(reglages, reunie, event)
        case "NUIT":
            return _nuit(reglages, reunie, event)
        case "COMPARAISON":
            return _comparer(reunie, event.time)
        case "MILLESIME":
            return Outcome(reunie.ecole)


def situation(reglages: Reglages, ecole: Ecole, uai: str, tete: Tete) -> Situation:
    """What the deposit of a file is held against."""
    return Situation(
        fichier=tete.fichier,
        millesime=tete.millesime,
        annee=annee_utilisee(reglages, ecole, uai),
        export_eleves="ELEVES" in ecole.tetes,
        synchro_3=ecole.synchro_3 is not None,
        synchro_4a=ecole.synchro_4a is not None,
    )


def annee_utilisee(reglages: Reglages, ecole: Ecole, uai: str) -> int | None:
    """SIECLE's year in use: as configured, else as its last export of élèves or Communs says (R-PRO-07, A-41)."""
    return reglages.annee(uai, annee_dite(ecole))


# --- what is known ---------------------------------------------------------------------------------------------------


def _connaissance(reunie: _Reunie) -> tuple[Connaissance, frozenset[str]]:
    """What SIECLE and STS-WEB have; and SIECLE's groups that STS-WEB did not send in its last transfer."""
    ecole = reunie.ecole
    eleves = _avec_liens_saisis(reunie.toutes("ELEVES", EleveSiecle), ecole.liens_saisis)
    structures = _de(reunie, ecole.tetes.get("STRUCTURES"))
    transferees = tuple(row for tete in _transferees(ecole) for row in _de(reunie, tete))
    sts = tuple(row for tete in tetes_sts(ecole) for row in _de(reunie, tete))
    known = bool(structures or transferees)
    sent = {row.code for row in transferees if isinstance(row, Groupe)}
    before = {row.code for row in structures if isinstance(row, Groupe)}
    connu = Connaissance(
        eleves=eleves,
        groupes=mefs_des_groupes((*transferees, *structures)) if known else None,
        groupes_sts=frozenset(row.code for row in sts if isinstance(row, Groupe)) if tetes_sts(ecole) else None,
        calendrier=None if ecole.annee is None else ecole.annee.calendrier,
    )
    return connu, frozenset(before - sent) if sent else frozenset()


def _de(reunie: _Reunie, tete: Tete | None) -> tuple[Structure, ...]:
    return () if tete is None else reunie.lignes(tete, Structure)


def tetes_sts(ecole: Ecole) -> tuple[Tete, ...]:
    """What STS-WEB has: its last sts_emp, and what it imported from the timetable since."""
    sts, edt = ecole.tetes.get("STS"), ecole.edt_importe
    later = edt is not None and (sts is None or (ecole.synchro_3 is not None and ecole.synchro_3 > sts.recu_le))
    return tuple(each for each in (sts, edt if later else None) if each is not None)


def _transferees(ecole: Ecole) -> tuple[Tete, ...]:
    """What 4a sent to SIECLE since its last export of Structures."""
    structures, sent = ecole.tetes.get("STRUCTURES"), ecole.transfert
    return () if sent is None or (structures is not None and structures.recu_le > sent.quand) else sent.tetes


def tetes_connues(ecole: Ecole) -> tuple[Tete, ...]:
    """Every collection that a treatment reads, besides the file."""
    known = [ecole.tetes[name] for name in ("ELEVES", "STRUCTURES") if name in ecole.tetes]
    return tuple(dict.fromkeys((*known, *_transferees(ecole), *tetes_sts(ecole))))


def _avec_liens_saisis(eleves: tuple[EleveSiecle, ...], saisis: tuple[LienSaisi, ...]) -> tuple[EleveSiecle, ...]:
    if not saisis:
        return eleves
    by_pupil: dict[str, list[LienSaisi]] = {}
    for each in saisis:
        by_pupil.setdefault(each.eleve_id, []).append(each)
    return tuple(replace(eleve, liens=_liens(eleve.liens, by_pupil.get(eleve.eleve_id, ()))) for eleve in eleves)


def _liens(liens: tuple[Lien, ...], saisis: Any) -> tuple[Lien, ...]:
    kept = {lien.groupe: lien for lien in liens}
    for each in saisis:
        if each.retire:
            kept.pop(each.lien.groupe, None)
        else:
            kept[each.lien.groupe] = each.lien
    return tuple(kept.values())


def _sources(reglages: Reglages, ecole: Ecole, uai: str, tetes: tuple[Tete, ...]) -> tuple[Source, ...]:
    found = [
        Source(OBJETS[tete.collection], tete.fichier, tete.date_export, tete.recu_le, reglages.jour(uai, tete.recu_le), tete.millesime)
        for tete in tetes
        if tete.collection in OBJETS
    ]
    if (annee := ecole.annee) is not None:
        jour = reglages.jour(uai, annee.recu_le)
        found.append(Source(prediction.CALENDRIER, annee.fichier, annee.date_export, annee.recu_le, jour, annee.millesime))
    return tuple(found)


# --- prediction, night, comparison -----------------------------------------------------------------------------------


def _predire(reglages: Reglages, reunie: _Reunie, event: Event) -> Outcome:
    ecole, uai = reunie.ecole, event.key
    tete = next(each for each in reunie.collecte.tetes if each.collection == "FICHIER")
    connu, hors_transfert = _connaissance(reunie)
    fichier: tuple[EleveFichier, ...] = reunie.lignes(tete, EleveFichier)
    jour = reglages.jour(uai, event.time)
    sources = _sources(reglages, ecole, uai, reunie.collecte.tetes)
    annee = annee_utilisee(reglages, ecole, uai)
    doutes = prediction.incertitudes(connu, fichier, sources, annee, jour, reglages, hors_transfert)
    bilan = traiter(fichier, connu, jour) if "ELEVES" in ecole.tetes else None
    presents = sum(eleve.present(jour) for eleve in connu.eleves)
    warned = None if bilan is None else prediction.alerte(bilan, presents, reglages)
    blocking = prediction.obstacles(situation(reglages, ecole, uai, tete))
    emitted = tuple(
        publications.prediction(uai, tete.fichier, event.time, jour, bilan, len(fichier), presents, warned, sources, doutes, blocking)
    )
    if bilan is None:
        return Outcome(replace(ecole, a_predire=True), emitted, because="aucun export des élèves n'est connu")
    ecole, kept = _garder_calcul(replace(ecole, a_predire=False), uai, tete, bilan, "PREDICTION", event.time)
    return Outcome(ecole, (*emitted, *kept), because=f"{bilan.lus} élèves lus, {len(bilan.absents)} absents")


def _nuit(reglages: Reglages, reunie: _Reunie, event: Event) -> Outcome:
    """Every link of the school is replaced by those of the file (R-PRO-51)."""
    ecole, uai, depot = reunie.ecole, event.key, reunie.collecte.depot
    assert depot is not None, "a night's collecte is of a deposit"
    quand = reunie.collecte.quand or event.time
    connu, hors_transfert = _connaissance(reunie)
    fichier: tuple[EleveFichier, ...] = reunie.lignes(depot.tete, EleveFichier)
    jour = reglages.jour(uai, quand)
    bilan = traiter(fichier, connu, jour)
    sources = _sources(reglages, ecole, uai, reunie.collecte.tetes)
    annee = annee_utilisee(reglages, ecole, uai)
    doutes = prediction.incertitudes(connu, fichier, sources, annee, jour, reglages, hors_transfert)
    before = [eleve.eleve_id for eleve in connu.eleves if eleve.liens]
    emitted = (
        *publications.compte_rendu(uai, depot, quand, jour, bilan, doutes),
        *publications.liens(uai, depot.tete.fichier, before, bilan),
    )
    ecole, rows = _garder_liens(ecole, uai, connu, bilan, reunie)
    ecole, kept = _garder_calcul(ecole, uai, depot.tete, bilan, "TRAITEMENT", quand)
    return Outcome(ecole, (*emitted, *rows, *kept), because=f"{bilan.lus} élèves lus, {len(bilan.absents)} absents")


def _garder_liens(ecole: Ecole, uai: str, connu: Connaissance, bilan: Bilan, reunie: _Reunie) -> tuple[Ecole, tuple[Emitted, ...]]:
    """SIECLE's pupils with their new links, unless a newer export has come meanwhile."""
    used = next((tete for tete in reunie.collecte.tetes if tete.collection == "ELEVES"), None)
    if used is None or ecole.tetes.get("ELEVES") != used:
        return ecole, ()
    version = ecole.versions + 1
    changed = (replace(eleve, liens=bilan.liens.get(eleve.eleve_id, ())) for eleve in connu.eleves)
    count, nombre, orders = tranches.decouper(uai, "ELEVES", version, changed)
    tete = replace(used, version=version, tranches=count, nombre=nombre)
    return replace(ecole, versions=version, liens_saisis=(), tetes={**ecole.tetes, "ELEVES": tete}), orders


def _garder_calcul(
    ecole: Ecole, uai: str, tete: Tete, bilan: Bilan, origine: Origine, quand: datetime
) -> tuple[Ecole, tuple[Emitted, ...]]:
    """The rows of the report, for SIECLE's own to be compared with."""
    version = ecole.versions + 1
    rows = (LigneComparee(each.section, each.identifiants, each.eleve, each.anomalie, each.regle) for each in bilan.lignes)
    count, nombre, orders = tranches.decouper(uai, "CALCUL", version, rows)
    calcul = Calcul(
        tete=Tete(collection="CALCUL", version=version, tranches=count, nombre=nombre, fichier=tete.fichier, recu_le=quand),
        fichier=tete.fichier,
        origine=origine,
        eleves=bilan.lus,
        absents=len(bilan.absents),
        rejetes=len(bilan.rejets),
        anomalies=len(bilan.anomalies),
    )
    return replace(ecole, versions=version, calcul=calcul), orders


def _comparer(reunie: _Reunie, quand: datetime) -> Outcome:
    ecole = reunie.ecole
    constat = ecole.constat
    if constat is None or constat.tete not in reunie.collecte.tetes:
        return Outcome(ecole, counted="collecte_perimee", because="un autre compte-rendu a été déposé depuis")
    calcul = ecole.calcul if ecole.calcul is not None and ecole.calcul.tete in reunie.collecte.tetes else None
    lues = reunie.lignes(constat.tete, LigneComparee)
    calculees = () if calcul is None else reunie.lignes(calcul.tete, LigneComparee)
    found = comparer(constat, lues, calcul, calculees)
    emitted = tuple(publications.comparaison(reunie.uai, quand, constat, calcul, found))
    return Outcome(replace(ecole, constat=None), emitted, because=f"{len(found.ecarts) + len(found.messages)} écart(s)")

"""A file of links before its deposit: the report that SIECLE would give, predicted from the exports given with it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from bus.controler.lecture import Lu
from bus.controler.rapport import Gravite, Rapport
from processors.depot_siecle import messages, prediction
from processors.depot_siecle.connaissance import Calendrier, Connaissance, Division, EleveFichier, EleveSiecle, Groupe, mefs_des_groupes
from processors.depot_siecle.instantanes import convertir
from processors.depot_siecle.reglages import Reglages
from processors.depot_siecle.traitement import Bilan, traiter
from schemas.records import siecle
from sinks.siecle.page import Page


def controler(lu: Lu, autres: Sequence[Lu], instant: datetime, rapport: Rapport) -> None:
    """Add the predicted report and what it rests on."""
    debut, uai = lu.debut, lu.debut.uai
    of_school = [each for each in autres if each.debut is not None and each.debut.uai == uai]
    strangers = [each.nom for each in autres if each.debut is not None and each.debut.uai != uai]
    if strangers:
        rapport.dire(
            Gravite.AVERTISSEMENT,
            "AUTRE_ETABLISSEMENT",
            f"Fichiers d'un autre établissement que {uai}, laissés de côté : {', '.join(strangers)}.",
            "Donner les exports de l'établissement du fichier de liens.",
        )
    reglages = Reglages()
    jour = reglages.jour(uai, instant)
    fichier = tuple(row for record in lu.records if isinstance(row := convertir(record.data), EleveFichier))
    connu, eleves = _connaissance(of_school)
    sources = tuple(_sources(of_school, instant, reglages, uai))
    _annee(debut.millesime, eleves, rapport)
    annee = None if eleves is None else eleves.debut.millesime
    for doubt in prediction.incertitudes(connu, fichier, sources, annee, jour, reglages):
        rapport.dire(Gravite.INFORMATION, "INCERTITUDE", doubt)
    rapport.dire(Gravite.INFORMATION, "AVANT_DE_DEPOSER", messages.AVANT_DE_DEPOSER)
    rapport.chiffres |= {"Élèves": len(fichier), "Liens": sum(len(each.liens) for each in fichier)}
    if eleves is None:
        return
    bilan = traiter(fichier, connu, jour)
    presents = sum(each.present(jour) for each in connu.eleves)
    warned = prediction.alerte(bilan, presents, reglages)
    if warned is not None:
        rapport.dire(Gravite.AVERTISSEMENT, "LIENS_PERDUS", warned)
    rapport.chiffres |= {
        "Absents": len(bilan.absents),
        "Rejetés": len(bilan.rejets),
        "Avec anomalies": len(bilan.anomalies),
        "Liens importés": bilan.liens_importes,
        "Liens rejetés": bilan.liens_rejetes,
        "Perdraient tous leurs liens": len(bilan.perdants),
    }
    rapport.compte_rendu = page(debut.fichier, bilan)


def _annee(millesime: int | None, eleves: Lu | None, rapport: Rapport) -> None:
    """The year in use is the one that SIECLE's own export says (R-PRO-07, 43, 53)."""
    said = None if eleves is None else eleves.debut.millesime
    if said is not None and millesime != said:
        rapport.refus(messages.ANNEE_DIFFERENTE)
        rapport.refus(messages.millesime(millesime, said))


def _connaissance(lus: Sequence[Lu]) -> tuple[Connaissance, Lu | None]:
    by_kind = {each.debut.type: each for each in lus}
    eleves = next((by_kind[name] for name in ("eleves_avec_adresses", "eleves_sans_adresses") if name in by_kind), None)
    structures = tuple(_structures(by_kind.get("structures")))
    sts = tuple(row for name in ("sts_emp", "emp_sts") for row in _structures(by_kind.get(name)))
    connu = Connaissance(
        eleves=() if eleves is None else tuple(row for each in eleves.records if isinstance(row := convertir(each.data), EleveSiecle)),
        groupes=mefs_des_groupes(structures) if structures else None,
        groupes_sts=frozenset(each.code for each in sts if isinstance(each, Groupe)) if sts else None,
        calendrier=_calendrier(by_kind.get("communs")),
    )
    return connu, eleves


def _structures(lu: Lu | None) -> Iterable[Groupe | Division]:
    return () if lu is None else (row for each in lu.records if isinstance(row := convertir(each.data), Groupe | Division))


def _calendrier(lu: Lu | None) -> Calendrier | None:
    years: Iterable[Any] = () if lu is None else lu.lignes(siecle.AnneeScolaire)
    for year in years:
        first, last = year.date_debut_eleve, year.date_fin_eleve
        if not year.avenir and first is not None and last is not None and first <= last:
            return Calendrier(first, last)
    return None


OBJETS = {
    "eleves_avec_adresses": prediction.ELEVES,
    "eleves_sans_adresses": prediction.ELEVES,
    "structures": prediction.STRUCTURES,
    "communs": prediction.CALENDRIER,
    "sts_emp": prediction.STS,
    "emp_sts": prediction.EDT,
}


def _sources(lus: Sequence[Lu], instant: datetime, reglages: Reglages, uai: str) -> Iterable[prediction.Source]:
    for each in lus:
        debut = each.debut
        if debut.type in OBJETS:
            day = reglages.jour(uai, instant)
            yield prediction.Source(OBJETS[debut.type], debut.fichier, debut.date_export, instant, day, debut.millesime)


def page(fichier: str, bilan: Bilan) -> Page:
    """The predicted report as the rows that the projections would hold."""
    lines = [
        {
            "section": each.section,
            "rang": rank,
            "eleve": each.eleve,
            "identifiants": each.identifiants,
            "anomalie": each.anomalie,
            "regle": each.regle,
            "codes": [found.code for found in each.anomalies],
            "messages": [found.message for found in each.anomalies],
        }
        for section in (bilan.rejets, bilan.anomalies)
        for rank, each in enumerate(section, start=1)
    ]
    lost = [
        {
            "eleve": messages.nom(each.eleve),
            "identifiants": f"{each.eleve.eleve_id} / {each.eleve.id_prv_ele or 0}",
            "division": each.eleve.division,
            "motif": each.motif,
            "groupes_perdus": [lien.groupe for lien in each.eleve.liens],
        }
        for each in bilan.perdants
    ]
    remedes = [
        {"groupe": r.groupe, "code": r.code, "branche": r.branche, "eleves": r.eleves, "cause": r.cause, "correction": r.correction}
        for r in bilan.remedes
    ]
    head = {"fichier": fichier, "eleves": bilan.lus, "absents": len(bilan.absents)}
    return Page(head, lines, lost, remedes, predit=True)

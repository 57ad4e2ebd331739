"""A bilan as records: those of a prediction and those of the night have the same fields under their own names."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from processors.depot_siecle import messages
from processors.depot_siecle.comparaison import Comparaison
from processors.depot_siecle.prediction import Source
from processors.depot_siecle.state import Calcul, Constat, Depot
from processors.depot_siecle.traitement import Bilan, Ligne, Perdant, Remede
from schemas.outcome import Emitted, Refusal
from schemas.records import siecle as records

COMPTES_RENDUS = "siecle.comptes_rendus.v1"
PREDICTIONS = "siecle.predictions.v1"
SUIVI = "siecle.suivi_depots.v1"


def prediction(
    uai: str,
    fichier: str,
    quand: datetime,
    jour: date,
    bilan: Bilan | None,
    lus: int,
    presents: int,
    alerte: str | None,
    sources: Sequence[Source],
    incertitudes: Sequence[str],
    obstacles: Sequence[Refusal],
) -> Iterator[Emitted]:
    """The head of a prediction, then its rows. Without a bilan, nothing could be predicted but what the deposit would meet."""
    head = records.Prediction(
        uai=uai,
        fichier=fichier,
        etat="IMPOSSIBLE" if bilan is None else "FAITE",
        predit_le=quand,
        eleves=lus,
        absents=None if bilan is None else len(bilan.absents),
        rejetes=0 if bilan is None else len(bilan.rejets),
        avec_anomalies=0 if bilan is None else len(bilan.anomalies),
        liens_importes=0 if bilan is None else bilan.liens_importes,
        liens_rejetes=0 if bilan is None else bilan.liens_rejetes,
        perdent_leurs_liens=None if bilan is None else len(bilan.perdants),
        eleves_siecle=None if bilan is None else presents,
        alerte=alerte,
        sources=tuple(
            records.SourcePrediction(
                objet=each.objet, fichier=each.fichier, date_export=each.date_export, recu_le=each.recu_le, age_jours=each.age(jour)
            )
            for each in sources
        ),
        incertitudes=tuple(incertitudes),
        obstacles=tuple(records.ObstacleDepot(code=each.code, message=each.message, remede=each.remede) for each in obstacles),
    )
    yield Emitted(PREDICTIONS, "prediction", head, subject=f"prediction/{fichier}")
    if bilan is None:
        return
    for rank, ligne in _ranked(bilan):
        details = tuple(
            records.AnomaliePredictionLigne(regle=each.regle, libelle=each.libelle, code=each.code, message=each.message)
            for each in ligne.anomalies
        )
        data = records.PredictionLigne(
            uai=uai, fichier=fichier, calcule_le=quand, rang=rank, section=ligne.section, details=details, **_textes(ligne)
        )
        yield _row(PREDICTIONS, "prediction_ligne", data, fichier)
    for rank, perdant in enumerate(bilan.perdants, start=1):
        yield _row(
            PREDICTIONS,
            "prediction_absent",
            records.PredictionAbsent(uai=uai, fichier=fichier, calcule_le=quand, rang=rank, motif=perdant.motif, **_perdant(perdant)),
            fichier,
        )
    for remede in bilan.remedes:
        lost = records.PredictionRemede(uai=uai, fichier=fichier, calcule_le=quand, branche=remede.branche, **_remede(remede))
        yield _row(PREDICTIONS, "prediction_remede", lost, fichier)


def compte_rendu(uai: str, depot: Depot, quand: datetime, jour: date, bilan: Bilan, incertitudes: Sequence[str]) -> Iterator[Emitted]:
    """The report of a night, its rows, then the links that SIECLE has."""
    fichier = depot.tete.fichier
    head = records.CompteRendu(
        uai=uai,
        fichier=fichier,
        date_import=jour,
        depose_le=depot.depose_le,
        traite_le=quand,
        titre=messages.TITRE,
        synthese=messages.synthese(jour, fichier),
        lus=messages.lus(bilan.lus),
        eleves=bilan.lus,
        absents=len(bilan.absents),
        rejetes=len(bilan.rejets),
        avec_anomalies=len(bilan.anomalies),
        liens_importes=bilan.liens_importes,
        liens_rejetes=bilan.liens_rejetes,
        liens_effaces=bilan.liens_effaces,
        incertitudes=tuple(incertitudes),
    )
    yield Emitted(COMPTES_RENDUS, "compte_rendu", head, subject=f"compte_rendu/{fichier}")
    for rank, ligne in _ranked(bilan):
        details = tuple(
            records.AnomalieCompteRenduLigne(regle=each.regle, libelle=each.libelle, code=each.code, message=each.message)
            for each in ligne.anomalies
        )
        row = records.CompteRenduLigne(
            uai=uai, fichier=fichier, calcule_le=quand, rang=rank, section=ligne.section, details=details, **_textes(ligne)
        )
        yield _row(COMPTES_RENDUS, "compte_rendu_ligne", row, fichier)
    for rank, perdant in enumerate(bilan.perdants, start=1):
        lost = records.CompteRenduAbsent(uai=uai, fichier=fichier, calcule_le=quand, rang=rank, motif=perdant.motif, **_perdant(perdant))
        yield _row(COMPTES_RENDUS, "compte_rendu_absent", lost, fichier)
    for remede in bilan.remedes:
        row_of = records.Remede(uai=uai, fichier=fichier, calcule_le=quand, branche=remede.branche, **_remede(remede))
        yield _row(COMPTES_RENDUS, "remede", row_of, fichier)


def liens(uai: str, fichier: str, avant: Iterable[str], bilan: Bilan) -> Iterator[Emitted]:
    """The links of every pupil who has some or had some (`avant`: ELEVE_ID)."""
    for eleve_id in dict.fromkeys((*avant, *(each for each, kept in bilan.liens.items() if kept))):
        kept = tuple(records.LienImporte(code_groupe=lien.groupe, debut=lien.debut, fin=lien.fin) for lien in bilan.liens.get(eleve_id, ()))
        yield _row(COMPTES_RENDUS, "liens_eleve", records.LiensEleve(uai=uai, eleve_id=eleve_id, fichier=fichier, liens=kept), fichier)


def comparaison(uai: str, quand: datetime, constat: Constat, calcul: Calcul | None, found: Comparaison) -> Iterator[Emitted]:
    """What SIECLE's own report has that ours had not, and the other way round."""
    head = records.Comparaison(
        uai=uai,
        fichier=constat.fichier,
        compare_le=quand,
        date_import=constat.date_import,
        calcul="AUCUN" if calcul is None else calcul.origine,
        conforme=calcul is not None and not found.ecarts and not found.messages,
        eleves_lus=constat.eleves,
        eleves_calcules=None if calcul is None else calcul.eleves,
        absents_lus=constat.absents,
        absents_calcules=None if calcul is None else calcul.absents,
        rejetes_lus=constat.rejetes,
        rejetes_calcules=None if calcul is None else calcul.rejetes,
        anomalies_lues=constat.anomalies,
        anomalies_calculees=None if calcul is None else calcul.anomalies,
        ecarts=len(found.ecarts) + len(found.messages),
        messages=found.messages,
    )
    yield Emitted(COMPTES_RENDUS, "comparaison", head, subject=f"comparaison/{constat.fichier}")
    for rank, ecart in enumerate(found.ecarts, start=1):
        row = records.ComparaisonEcart(
            uai=uai,
            fichier=constat.fichier,
            compare_le=quand,
            rang=rank,
            identifiants=ecart.identifiants,
            ecart=ecart.nature,
            lu=ecart.lu,
            calcule=ecart.calcule,
        )
        yield _row(COMPTES_RENDUS, "comparaison_ecart", row, constat.fichier)


def _ranked(bilan: Bilan) -> Iterator[tuple[int, Ligne]]:
    for section in (bilan.rejets, bilan.anomalies):
        yield from enumerate(section, start=1)


def _row(topic: str, name: str, data: object, fichier: str) -> Emitted:
    return Emitted(topic, name, data, subject=f"{name}/{fichier}")


def _textes(ligne: Ligne) -> dict[str, str]:
    return {"eleve": ligne.eleve, "identifiants": ligne.identifiants, "anomalie": ligne.anomalie, "regle": ligne.regle}


def _perdant(perdant: Perdant) -> dict[str, Any]:
    eleve = perdant.eleve
    return {
        "eleve": messages.nom(eleve),
        "identifiants": f"{eleve.eleve_id} / {eleve.id_prv_ele or 0}",
        "division": eleve.division,
        "groupes_perdus": tuple(lien.groupe for lien in eleve.liens),
    }


def _remede(remede: Remede) -> dict[str, Any]:
    return {"groupe": remede.groupe, "code": remede.code, "eleves": remede.eleves, "cause": remede.cause, "correction": remede.correction}

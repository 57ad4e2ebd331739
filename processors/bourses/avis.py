"""What follows from a dossier alone: its notifications, its amount in force, what is to be checked in it (R-AGL-23…33)."""

from datetime import date

import msgspec

from processors.bourses import messages, textes
from processors.bourses.matching import dossier_of
from processors.bourses.montants import mensualites, montant_de, points_de_charge
from processors.bourses.reglages import Reglages
from processors.bourses.state import Annonce, Dossier, Etudiant
from processors.bourses.statut_apogee import TOPIC
from schemas import subjects
from schemas.identifiants import parse_dossier
from schemas.outcome import Emitted
from schemas.records.aglae import EtatDossier
from schemas.records.bourses import AnomalieDossier, CodeAnomalie, MensualiteDue, MontantEnVigueur, NotificationDossier

CONDITIONNELS: frozenset[EtatDossier] = frozenset({"CONDITIONNEL", "PROGRESSION_A_VERIFIER"})
"""Decisions that are notified as conditional; the second one under the reserve of the student's progress (R-AGL-06)."""
RESERVE: EtatDossier = "PROGRESSION_A_VERIFIER"


def suivre(reglages: Reglages, etudiant: Etudiant, annee: int) -> tuple[Etudiant, tuple[Emitted, ...]]:
    """The student with what was told of that year's dossier, and what is to be told now."""
    dossier = dossier_of(etudiant, annee)
    if dossier is None:
        return etudiant, ()
    after = dossier
    emitted: tuple[Emitted, ...] = ()
    paye = any(p.numero == dossier.numero for p in etudiant.paiements)
    for told, said in (_annoncer(after), _montant(reglages, after, paye), _anomalies(reglages, after)):
        after = msgspec.structs.replace(after, suite=msgspec.structs.replace(after.suite, **told))
        emitted = (*emitted, *said)
    if after == dossier:
        return etudiant, ()
    dossiers = tuple(after if d is dossier else d for d in etudiant.dossiers)
    return msgspec.structs.replace(etudiant, dossiers=dossiers), emitted


# --- notifications ---------------------------------------------------------------------------------------------------


def annonce_de(dossier: Dossier) -> Annonce | None:
    """The notification that the dossier calls for: of its missing papers, exactly these, else of its conditional decision."""
    if dossier.suite.pieces:
        return Annonce("PIECES", dossier.suite.pieces, None, None, False)
    if dossier.etat in CONDITIONNELS:
        return Annonce("CONDITIONNELLE", (), dossier.echelon, dossier.montant_annuel, dossier.etat == RESERVE)
    return None


def _annoncer(dossier: Dossier) -> tuple[dict[str, object], tuple[Emitted, ...]]:
    annonce = annonce_de(dossier)
    if annonce is None or annonce == dossier.suite.annonce:
        return {}, ()
    if annonce.nature == "PIECES":
        motif, texte = messages.NOTIFICATION_PIECES, textes.pieces(annonce.pieces)
    else:
        motif = messages.NOTIFICATION_SOUS_RESERVE if annonce.reserve else messages.NOTIFICATION_CONDITIONNELLE
        texte = textes.conditionnelle(dossier)
    data = NotificationDossier(
        nature=annonce.nature,
        numero_dossier=dossier.numero,
        annee=dossier.annee,
        reserve_progression=annonce.reserve,
        echelon=annonce.echelon,
        montant_annuel=annonce.montant_annuel,
        pieces=annonce.pieces,
        texte=texte,
        motif=motif,
        evenements=(dossier.evenement,),
    )
    return {"annonce": annonce}, (_emit("notification_dossier", dossier, data),)


# --- amounts ---------------------------------------------------------------------------------------------------------


def _montant(reglages: Reglages, dossier: Dossier, paye: bool) -> tuple[dict[str, object], tuple[Emitted, ...]]:
    """A definitive amount is replaced by none but a definitive one."""
    montant = montant_de(reglages, dossier, paye)
    definitif = montant.nature == "DEFINITIF"
    suite = dossier.suite
    same = (montant.annuel, montant.echelon, definitif) == (suite.montant, suite.echelon, suite.definitif)
    if montant.annuel is None or same or (suite.definitif and not definitif):
        return {}, ()
    versements = mensualites(dossier.annee, montant.annuel, reglages.mensualites)
    data = MontantEnVigueur(
        numero_dossier=dossier.numero,
        annee=dossier.annee,
        nature=montant.nature,
        echelon=montant.echelon,
        montant_annuel=montant.annuel,
        mensualites=tuple(MensualiteDue(mois=mois, montant=part) for mois, part in versements),
        points_charge=points_de_charge(dossier),
        points_distance=suite.charge_distance,
        motif=messages.MONTANT_DEFINITIF if definitif else messages.MONTANT_CONDITIONNEL,
        evenements=(dossier.evenement,),
    )
    told: dict[str, object] = {"montant": montant.annuel, "echelon": montant.echelon, "definitif": definitif}
    return told, (_emit("montant_en_vigueur", dossier, data),)


# --- to be checked ---------------------------------------------------------------------------------------------------


def anomalies_de(reglages: Reglages, dossier: Dossier) -> tuple[CodeAnomalie, ...]:
    """What is doubtful in a dossier; none of it changes anything."""
    found: list[CodeAnomalie] = []
    month, day = (int(part) for part in reglages.instruction_des.split("-"))
    decided = dossier.suite.date_decision
    if decided is not None and decided < date(dossier.annee, month, day):
        found.append("INSTRUCTION_ANTICIPEE")
    if dossier.suite.annee_revenus is not None and dossier.suite.annee_revenus != dossier.annee - 2:
        found.append("REVENUS_AUTRE_ANNEE")
    parts = parse_dossier(dossier.numero)
    if parts is not None and (parts.annee, parts.numero_boursier) != (dossier.annee, dossier.suite.numero_boursier):
        found.append("NUMERO_INCOHERENT")
    return tuple(found)


def _anomalies(reglages: Reglages, dossier: Dossier) -> tuple[dict[str, object], tuple[Emitted, ...]]:
    found = anomalies_de(reglages, dossier)
    new = [code for code in found if code not in dossier.suite.anomalies]
    emitted = tuple(
        _emit(
            "anomalie_dossier",
            dossier,
            AnomalieDossier(
                numero_dossier=dossier.numero,
                annee=dossier.annee,
                code=code,
                motif=messages.ANOMALIES[code],
                evenements=(dossier.evenement,),
            ),
        )
        for code in new
    )
    return ({"anomalies": found} if found != dossier.suite.anomalies else {}), emitted


def _emit(name: str, dossier: Dossier, data: object) -> Emitted:
    return Emitted(TOPIC, name, data, subject=subjects.of_dossier(dossier.annee))

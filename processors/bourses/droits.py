"""The rights of a student as the synchronous answer reads them: one record a key, published when it changes."""

import hashlib

import msgspec

from processors.bourses import messages, procedure
from processors.bourses.matching import dossier_of, paye_sous_un_autre_numero
from processors.bourses.reglages import Reglages
from processors.bourses.state import Dossier, Etudiant, LigneCrous
from schemas.outcome import Emitted
from schemas.records.bourses import Droits, DroitsAnnee, FicheCnous, InscriptionSuivie, VoeuOuvert

TOPIC = "bourses.droits.v1"
SUBJECT = "droits"
DIGEST_BYTES = 16
RADIES = frozenset({"RADIE"})
CONTRAIRES = frozenset({"REFUSE", "RADIE"})


def publier(reglages: Reglages, etudiant: Etudiant) -> tuple[Etudiant, tuple[Emitted, ...]]:
    """The rights when they are not those last published; nothing for a student of whom there is nothing to answer."""
    if not (etudiant.dossiers or etudiant.crous or etudiant.droits):
        return etudiant, ()
    droits = etablir(reglages, etudiant)
    digest = hashlib.blake2b(msgspec.json.encode(droits), digest_size=DIGEST_BYTES).hexdigest()
    if digest == etudiant.droits:
        return etudiant, ()
    return msgspec.structs.replace(etudiant, droits=digest), (Emitted(TOPIC, "droits", droits, subject=SUBJECT),)


def etablir(reglages: Reglages, etudiant: Etudiant) -> Droits:
    """Years with a dossier or a line of the CROUS: of the others there is nothing but doubt."""
    annees = sorted({d.annee for d in etudiant.dossiers} | {ligne.annee for ligne in etudiant.crous})
    return Droits(annees=tuple(_annee(reglages, etudiant, annee) for annee in annees))


def _annee(reglages: Reglages, etudiant: Etudiant, annee: int) -> DroitsAnnee:
    dossier = dossier_of(etudiant, annee)
    ligne = next((each for each in etudiant.crous if each.annee == annee), None)
    raison = _doute(reglages, etudiant, dossier, ligne)
    return DroitsAnnee(
        annee=annee,
        affirmable=raison == "",
        provisoire=not _definitif(dossier, ligne),
        echelon=dossier.echelon if dossier is not None and dossier.echelon is not None else ligne.echelon if ligne is not None else None,
        voeux=tuple(VoeuOuvert(uai=v.uai, cod_etp=v.cod_etp) for v in dossier.voeux) if dossier is not None else (),
        inscriptions=_inscriptions(etudiant, annee, radie=ligne is not None and ligne.resultat in RADIES),
        raison=raison,
        fiche=None if ligne is None else _fiche(ligne),
    )


def _doute(reglages: Reglages, etudiant: Etudiant, dossier: Dossier | None, ligne: LigneCrous | None) -> str:
    """Why nothing can be affirmed from the dossier; empty when it can (R-AGL-03…06)."""
    if dossier is None:
        return messages.SANS_DOSSIER
    if dossier.etat in reglages.refusent:
        return messages.REFUS_CROUS
    if dossier.etat not in reglages.decident:
        return messages.ATTENTES.get(dossier.etat, messages.ATTENTE)
    if dossier.suite.pieces:
        return messages.NOTIFICATION_PIECES
    if ligne is not None and ligne.resultat in CONTRAIRES:
        return messages.CROUS_RADIE if ligne.resultat in RADIES else messages.CROUS_REFUSE
    return messages.AUTRE_DOSSIER_PAYE if paye_sous_un_autre_numero(etudiant, dossier) else ""


def _definitif(dossier: Dossier | None, ligne: LigneCrous | None) -> bool:
    return (dossier is not None and dossier.etat == "DEFINITIF") or (ligne is not None and ligne.resultat == "DEFINITIF")


def _inscriptions(etudiant: Etudiant, annee: int, radie: bool) -> tuple[InscriptionSuivie, ...]:
    cod_anu = str(annee)
    return tuple(
        InscriptionSuivie(uai=i.uai, cod_etp=i.cod_etp, definitive=not radie and i.suivi.bourse == "DEFINITIVE")
        for i in etudiant.inscriptions
        if i.cod_anu == cod_anu
        and i.suivi is not None
        and i.acquis is not None
        and i.eta_iae not in procedure.FINS
        and i.acquis.statut != "SECONDAIRE"
    )


def _fiche(ligne: LigneCrous) -> FicheCnous:
    return FicheCnous(radie=ligne.resultat in RADIES, **msgspec.structs.asdict(ligne.fiche))

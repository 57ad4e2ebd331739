"""The reverse crossing (R-AGL-12): lines of the CROUS against the conditional bursaries of one student.

A line that meets none is reported and changes nothing of a bursary; what it says of the person is kept for the answer in API
Particulier's form.
"""

import hashlib

import msgspec

from processors.bourses import messages
from processors.bourses.state import Croisement, Etudiant, Fiche, LigneCrous, Suivi
from processors.bourses.statut_apogee import TOPIC
from schemas.outcome import Emitted, Event
from schemas.records.bourses import LigneCrousSansSuite
from schemas.records.crous import DecisionCrous

DIGEST_BYTES = 16


def ligne_de(record: DecisionCrous) -> LigneCrous:
    content = msgspec.json.encode(msgspec.structs.replace(record, dat_mod=None))
    return LigneCrous(
        annee=record.annee,
        resultat=record.resultat,
        echelon=record.echelon,
        empreinte=hashlib.blake2b(content, digest_size=DIGEST_BYTES).hexdigest(),
        dat_mod=record.dat_mod,
        fiche=Fiche(
            nom=record.nom,
            prenoms=record.prenoms,
            date_naissance=record.date_naissance,
            lieu_naissance=record.lieu_naissance,
            sexe=record.sexe,
            email=record.email,
            ville_etudes=record.ville_etudes,
            etablissement=record.etablissement,
            date_rentree=record.date_rentree,
            duree=record.duree,
            date_radiation=record.date_radiation,
        ),
    )


def connue(etudiant: Etudiant, annee: int) -> LigneCrous | None:
    """The last line about that year."""
    return next((ligne for ligne in etudiant.crous if ligne.annee == annee), None)


def croiser(etudiant: Etudiant, event: Event, record: DecisionCrous, ligne: LigneCrous) -> tuple[Etudiant, str, tuple[Emitted, ...]]:
    """The student with the line, its effect on each conditional bursary noted; why; the report of a line without effect."""
    others = tuple(each for each in etudiant.crous if each.annee != ligne.annee)
    etudiant = msgspec.structs.replace(etudiant, crous=(*others, ligne))
    cod_anu = str(ligne.annee)
    met = [i for i in etudiant.inscriptions if i.cod_anu == cod_anu and i.suivi is not None and i.suivi.bourse == "CONDITIONNELLE"]
    if met and ligne.resultat == "CONDITIONNEL":
        return etudiant, messages.CROUS_CONDITIONNEL, ()
    if met:
        noted = Croisement(ligne.resultat, event.id)
        inscriptions = tuple(
            msgspec.structs.replace(i, suivi=msgspec.structs.replace(i.suivi or Suivi(), croisement=noted)) if i in met else i
            for i in etudiant.inscriptions
        )
        return msgspec.structs.replace(etudiant, inscriptions=inscriptions), messages.CROISEE, ()
    motif = (
        messages.CROUS_SANS_BOURSE_CONDITIONNELLE
        if any(i.cod_anu == cod_anu for i in etudiant.inscriptions)
        else messages.CROUS_SANS_INSCRIPTION
    )
    report = LigneCrousSansSuite(
        annee=record.annee, numero_boursier=record.numero_boursier, resultat=record.resultat, motif=motif, evenements=(event.id,)
    )
    return etudiant, motif, (Emitted(TOPIC, "ligne_crous_sans_suite", report),)

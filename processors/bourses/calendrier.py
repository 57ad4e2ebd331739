"""The calendar of the dossier social étudiant (R-AGL-23): a demande entered outside its windows is refused."""

import msgspec

from processors.bourses import messages
from processors.bourses.reglages import Reglages
from processors.bourses.state import Etudiant
from processors.bourses.statut_apogee import TOPIC
from schemas.outcome import Emitted, Outcome
from schemas.records.bourses import DemandeEnregistree
from schemas.records.pve import Demande


def ouverte(reglages: Reglages, demande: Demande) -> bool:
    """Whether the day lies in a window of the year of the rentrée, both ends included."""
    return any(fenetre.contient(demande.annee, demande.date_demande) for fenetre in reglages.saisie)


def enregistrer(reglages: Reglages, etudiant: Etudiant, event_id: str, demande: Demande) -> Outcome:
    if not ouverte(reglages, demande):
        fenetres = tuple(f"du {_jour(f.du)} au {_jour(f.au)}" for f in reglages.saisie)
        return Outcome(etudiant, refusal=messages.hors_calendrier(demande.annee, fenetres))
    known = (demande.annee, demande.numero_boursier, demande.date_demande)
    if known in etudiant.demandes:
        return Outcome(etudiant, counted="doublon", because=messages.DOUBLON)
    others = tuple(each for each in etudiant.demandes if each[:2] != known[:2])
    data = DemandeEnregistree(
        annee=demande.annee,
        numero_boursier=demande.numero_boursier,
        date_demande=demande.date_demande,
        motif=messages.DEMANDE_ENREGISTREE,
        evenements=(event_id,),
    )
    emitted = (Emitted(TOPIC, "demande_enregistree", data),)
    return Outcome(msgspec.structs.replace(etudiant, demandes=(*others, known)), emitted=emitted, because=messages.DEMANDE_ENREGISTREE)


def _jour(jour: str) -> str:
    month, day = jour.split("-")
    return f"{day}/{month}"

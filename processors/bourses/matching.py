"""What the facts say of a registration's bursary (R-AGL-13…15, 17, 26, 38).

The status depends on the last facts alone, never on the order in which the two systems spoke. Only who was paid, and when,
belongs to history: money put in payment is not taken back here.
"""

import msgspec

from processors.bourses import messages, procedure
from processors.bourses.reglages import Reglages
from processors.bourses.state import Dossier, Etudiant, Identite, Inscription, Paiement, Retraitement
from schemas.records.bourses import RaisonMarque, StatutBourse


class Constat(msgspec.Struct, frozen=True, gc=False):
    """The status of one registration and what must be done about it."""

    statut: StatutBourse
    motif: str
    evenements: tuple[str, ...]
    """The `ce_id`s it follows from: those of the registration, of the dossier, of the re-treatment, of the payment."""
    numero: str | None = None
    """Of the dossier that the status, the payment or the mark is about."""
    rang: int | None = None
    """Of the vœu that corresponds."""
    a_payer: bool = False
    marque: RaisonMarque | None = None
    precision: str = ""
    """What the CROUS wrote: follows `motif` in the record, and in nothing else, since it is free text."""


def constater(reglages: Reglages, etudiant: Etudiant, inscription: Inscription) -> Constat | None:
    """Where the bursary of this registration stands; None while it has never been one yet."""
    if inscription.eta_iae in procedure.PAS_ENCORE:
        if inscription.acquis is None:
            return None
        return _sans_suite("EN_ATTENTE", messages.DE_NOUVEAU_EN_CREATION, etudiant, inscription)
    if inscription.eta_iae in procedure.FINS:
        return _sans_suite("ANNULEE", messages.FINS[inscription.eta_iae], etudiant, inscription)
    dossier = dossier_of(etudiant, inscription.annee)
    rang = rang_du_voeu(dossier, inscription) if dossier else None
    if not inscription.premiere and rang is None:
        return _sans_suite("SECONDAIRE", messages.SECONDAIRE, etudiant, inscription, dossier)
    if dossier is None:
        return _sans_suite("SANS_DOSSIER", messages.SANS_DOSSIER, etudiant, inscription)
    if dossier.etat in reglages.refusent:
        return _suspendue("REFUSE", messages.REFUS_CROUS, etudiant, inscription, dossier)
    if dossier.etat in reglages.attendent:
        return _suspendue("EN_ATTENTE", messages.ATTENTES.get(dossier.etat, messages.ATTENTE), etudiant, inscription, dossier)
    return _decidable(etudiant, inscription, dossier, rang)


def dossier_of(etudiant: Etudiant, annee: int) -> Dossier | None:
    for dossier in etudiant.dossiers:
        if dossier.annee == annee:
            return dossier
    return None


def rang_du_voeu(dossier: Dossier, inscription: Inscription) -> int | None:
    """The first of the vœux with the same establishment and étape; labels are not compared (R-AGL-15)."""
    return min((v.rang for v in dossier.voeux if v.uai == inscription.uai and v.cod_etp == inscription.cod_etp), default=None)


def paiement_pour(etudiant: Etudiant, identite: Identite) -> Paiement | None:
    """The last payment made for this registration."""
    for paiement in reversed(etudiant.paiements):
        if paiement.inscription == identite:
            return paiement
    return None


def _retraitement(etudiant: Etudiant, dossier: Dossier, inscription: Inscription) -> Retraitement | None:
    wanted = (dossier.numero, inscription.uai, inscription.cod_etp)
    return next((r for r in etudiant.retraitements if (r.numero, r.uai, r.cod_etp) == wanted), None)


def _decidable(etudiant: Etudiant, inscription: Inscription, dossier: Dossier, rang: int | None) -> Constat:
    retraitement = _retraitement(etudiant, dossier, inscription)
    autre = paye_sous_un_autre_numero(etudiant, dossier)
    raison: RaisonMarque | None = "SANS_VOEU" if rang is None else "AUTRE_DOSSIER_PAYE" if autre else None
    if raison is not None and retraitement is None:
        motif = messages.SANS_VOEU if raison == "SANS_VOEU" else messages.AUTRE_DOSSIER_PAYE
        return _suspendue("MARQUE", motif, etudiant, inscription, dossier, raison=raison)
    if raison is not None and retraitement is not None and retraitement.resultat == "REFUSE":
        return _suspendue("REFUSE", messages.REFUS_RETRAITEMENT, etudiant, inscription, dossier, retraitement)
    return _acquise(etudiant, inscription, dossier, rang, retraitement if raison is not None else None)


def paye_sous_un_autre_numero(etudiant: Etudiant, dossier: Dossier) -> bool:
    """A bursary of the dossier's year is in payment, and none under its number."""
    payes = {p.numero for p in etudiant.paiements if p.annee == dossier.annee}
    return bool(payes) and dossier.numero not in payes


def _acquise(
    etudiant: Etudiant, inscription: Inscription, dossier: Dossier, rang: int | None, retraitement: Retraitement | None
) -> Constat:
    motif = messages.CORRESPOND.format(rang=rang) if retraitement is None else messages.RETRAITE
    evenements = _dans_l_ordre(inscription.evenement, dossier.evenement, *([retraitement.evenement] if retraitement else []))
    paiement = next((p for p in etudiant.paiements if p.numero == dossier.numero), None)
    if paiement is None:
        return Constat("DEFINITIF", motif, evenements, dossier.numero, rang, a_payer=True)
    if paiement.inscription == inscription.identite:
        marque: RaisonMarque | None = "INSCRIPTION_RETABLIE" if paiement.signale else None
        return Constat("DEFINITIF", motif, evenements, dossier.numero, rang, marque=marque)
    payee = next(i for i in etudiant.inscriptions if i.identite == paiement.inscription)
    motif = messages.DEJA_PAYE.format(cod_etp=payee.cod_etp, cod_vrs_vet=payee.cod_vrs_vet, uai=payee.uai)
    if payee.eta_iae in procedure.FINS:
        motif += messages.DEJA_PAYE_FIN
    return Constat("DEFINITIF", motif, _dans_l_ordre(*evenements, *paiement.evenements, payee.evenement), dossier.numero, rang)


def _sans_suite(statut: StatutBourse, motif: str, etudiant: Etudiant, inscription: Inscription, dossier: Dossier | None = None) -> Constat:
    """Apogée gives no ground for the bursary, or no more: a payment made for it must then be looked at by somebody."""
    evenements: tuple[str, ...] = (inscription.evenement, *([dossier.evenement] if dossier else []))
    paiement = paiement_pour(etudiant, inscription.identite)
    if paiement is None:
        return Constat(statut, motif, evenements)
    evenements = _dans_l_ordre(*evenements, *paiement.evenements)
    marque: RaisonMarque | None = None if paiement.signale else "PAIEMENT_A_REVOIR"
    return Constat(statut, motif + messages.A_REVOIR, evenements, paiement.numero, marque=marque)


def _suspendue(
    statut: StatutBourse,
    motif: str,
    etudiant: Etudiant,
    inscription: Inscription,
    dossier: Dossier,
    retraitement: Retraitement | None = None,
    raison: RaisonMarque | None = None,
) -> Constat:
    """Aglaé or the CROUS does not let it be decided, or no more: they know of the payment they made, people are told of it."""
    evenements: tuple[str, ...] = (inscription.evenement, dossier.evenement, *([retraitement.evenement] if retraitement else []))
    paiement = paiement_pour(etudiant, inscription.identite)
    if paiement is not None:
        motif += messages.A_REVOIR
        evenements += paiement.evenements
    precision = retraitement.motif if retraitement is not None and retraitement.motif else ""
    return Constat(statut, motif, _dans_l_ordre(*evenements), dossier.numero, marque=raison, precision=precision)


def _dans_l_ordre(*evenements: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(evenements))

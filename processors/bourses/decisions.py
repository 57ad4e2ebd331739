"""The records that a status publishes, and what the student's state remembers of having published them.

Identity of a record (its cause): a payment and its validation and notification follow from the registration that is paid,
whichever event let it be decided, so that no order of arrival and no replay can pay twice under two ids (R-AGL-38). A situation
and a mark follow from all the events they list.
"""

from decimal import Decimal
from typing import TypedDict

import msgspec

from processors.bourses import textes
from processors.bourses.matching import Constat, dossier_of, paiement_pour
from processors.bourses.montants import mensualites, montant_de
from processors.bourses.reglages import Reglages
from processors.bourses.state import Acquis, Etudiant, Inscription, Marque, Paiement
from schemas import subjects
from schemas.outcome import Emitted
from schemas.records.bourses import DossierMarque, Mensualite, MiseEnPaiement, Notification, Situation, Validation

TOPIC = "bourses.decisions.v1"


class _Communs(TypedDict):
    """The fields that every decision has."""

    annee: int
    uai: str
    cod_ind: str
    cod_etu: str
    cod_etp: str
    cod_vrs_vet: str
    motif: str
    evenements: tuple[str, ...]


class _Montants(TypedDict):
    echelon: str | None
    montant_annuel: Decimal | None


def publier(reglages: Reglages, etudiant: Etudiant, inscription: Inscription, constat: Constat) -> tuple[Etudiant, tuple[Emitted, ...]]:
    """What changes with this status, and nothing when nothing does. Validation, payment and notification come together or not."""
    emitted: tuple[Emitted, ...] = ()
    if constat.a_payer:
        etudiant, emitted = _payer(reglages, etudiant, inscription, constat)
    if constat.marque is not None:
        etudiant, marked = _marquer(etudiant, inscription, constat)
        emitted += marked
    acquis = Acquis(constat.statut, _motif(constat), constat.numero, inscription.premiere)
    if acquis != inscription.acquis:
        emitted += (_situation(inscription, constat),)
        etudiant = _remplacer(etudiant, inscription, msgspec.structs.replace(inscription, acquis=acquis))
    return etudiant, emitted


def _payer(reglages: Reglages, etudiant: Etudiant, inscription: Inscription, constat: Constat) -> tuple[Etudiant, tuple[Emitted, ...]]:
    dossier = dossier_of(etudiant, inscription.annee)
    if dossier is None or constat.numero is None:
        raise ValueError("une mise en paiement suppose un dossier")
    deja = sum(p.inscription == inscription.identite for p in etudiant.paiements)
    cause = inscription.origine if not deja else f"{inscription.origine} {deja}"
    numero, communs = constat.numero, _communs(inscription, constat)
    montant = montant_de(reglages, dossier, paye=True)
    montants = _Montants(echelon=montant.echelon, montant_annuel=montant.annuel)
    versements = () if montant.annuel is None else mensualites(dossier.annee, montant.annuel, reglages.mensualites)
    paiement_du = MiseEnPaiement(
        numero_dossier=numero, mensualites=tuple(Mensualite(mois=mois, montant=part) for mois, part in versements), **montants, **communs
    )
    texte = textes.definitive(dossier, montant.annuel, reglages.mensualites)
    notification = Notification(nature="DEFINITIVE", numero_dossier=numero, texte=texte, **montants, **communs)
    emitted = (
        _emit("validation", Validation(numero_dossier=numero, voeu_rang=constat.rang, **communs), inscription, cause),
        _emit("mise_en_paiement", paiement_du, inscription, cause),
        _emit("notification", notification, inscription, cause),
    )
    paiement = Paiement(constat.numero, inscription.annee, inscription.identite, constat.evenements)
    return msgspec.structs.replace(etudiant, paiements=(*etudiant.paiements, paiement)), emitted


def _marquer(etudiant: Etudiant, inscription: Inscription, constat: Constat) -> tuple[Etudiant, tuple[Emitted, ...]]:
    """A dossier is marked once for one registration and reason; a payment to review, each time the registration ends."""
    if constat.marque is None or constat.numero is None:
        return etudiant, ()
    marque = Marque(constat.numero, inscription.identite, constat.marque)
    known = marque in etudiant.marques
    if constat.marque in ("PAIEMENT_A_REVOIR", "INSCRIPTION_RETABLIE"):
        etudiant = _signaler(etudiant, inscription, constat.marque == "PAIEMENT_A_REVOIR")
    elif known:
        return etudiant, ()
    if not known:
        etudiant = msgspec.structs.replace(etudiant, marques=(*etudiant.marques, marque))
    data = DossierMarque(numero_dossier=constat.numero, raison=constat.marque, **_communs(inscription, constat))
    return etudiant, (_emit("dossier_marque", data, inscription, " ".join(constat.evenements)),)


def _signaler(etudiant: Etudiant, inscription: Inscription, a_revoir: bool) -> Etudiant:
    paiement = paiement_pour(etudiant, inscription.identite)
    paiements = tuple(msgspec.structs.replace(p, signale=a_revoir) if p is paiement else p for p in etudiant.paiements)
    return msgspec.structs.replace(etudiant, paiements=paiements)


def _situation(inscription: Inscription, constat: Constat) -> Emitted:
    communs = _communs(inscription, constat)
    data = Situation(statut=constat.statut, numero_dossier=constat.numero, premiere=inscription.premiere, **communs)
    return _emit("situation", data, inscription, " ".join(constat.evenements))


def _remplacer(etudiant: Etudiant, before: Inscription, after: Inscription) -> Etudiant:
    return msgspec.structs.replace(etudiant, inscriptions=tuple([after if i is before else i for i in etudiant.inscriptions]))


def _emit(name: str, data: object, inscription: Inscription, cause: str) -> Emitted:
    return Emitted(TOPIC, name, data, subject=subjects.of_registration(*inscription.identite), cause=cause)


def _motif(constat: Constat) -> str:
    return f"{constat.motif} {constat.precision}".rstrip() if constat.precision else constat.motif


def _communs(inscription: Inscription, constat: Constat) -> _Communs:
    return {
        "annee": inscription.annee,
        "uai": inscription.uai,
        "cod_ind": inscription.cod_ind,
        "cod_etu": inscription.cod_etu,
        "cod_etp": inscription.cod_etp,
        "cod_vrs_vet": inscription.cod_vrs_vet,
        "motif": _motif(constat),
        "evenements": constat.evenements,
    }

"""Accounts of the training bodies on the Extranet (requirements §3.1)."""

from processors.comptes.rules import ANNUAIRE, DECISIONS, decide
from processors.comptes.state import Compte
from schemas.outcome import Processor

PROCESSOR = Processor(
    name="comptes",
    about="Attribue leurs identifiants aux organismes titulaires, renouvelle un mot de passe oublié, refuse l'accès aux autres.",
    inputs=("safir.titulaires.v1", "extranet.comptes.v1", ANNUAIRE),
    decide=decide,
    outputs=(DECISIONS, ANNUAIRE),
    refusals="comptes.refus.v1",
    state=Compte,
)

"""A step declared done, corrected or taken back (R-CHA-30, R-CHA-31, R-CHA-34, R-CHA-38)."""

from datetime import date

import msgspec

from processors.rentree import messages, remontees
from processors.rentree.contexte import Contexte
from processors.rentree.echeances import conclure, ignorer, refuser
from processors.rentree.procedure import CONTROLE_INTEGRATION, ENVOIS, ETAPES, Etape
from processors.rentree.state import Annee, Faite
from processors.rentree.suivi import avertissement
from schemas.outcome import Outcome
from schemas.records.charlemagne import Etape as EtapeDeclaree
from schemas.records.charlemagne import EtapeAnnulee


def declarer(ctx: Contexte) -> Outcome:
    """Gates refuse, the rest of the order only warns."""
    data: EtapeDeclaree = ctx.data
    annee = ctx.annee
    etape = ETAPES.get(data.numero)
    if etape is None:
        return refuser(ctx, messages.numero_inconnu(data.numero))
    pourquoi = ctx.sans_objet(annee, etape)
    if pourquoi is not None:
        return refuser(ctx, messages.etape_sans_objet(etape.numero, pourquoi))
    le = data.fait_le or ctx.jour(annee)
    if le > ctx.jour(annee):
        return refuser(ctx, messages.date_future(le, ctx.jour(annee)))
    if etape.numero in ENVOIS:
        return remontees.envoyer(ctx, le, data.occurrence, None)
    if etape.numero == CONTROLE_INTEGRATION and (annee.occurrences or data.occurrence is not None):
        return remontees.controler(ctx, le, data.occurrence)
    return faire(ctx, etape, le, data.accuse)


def faire(ctx: Contexte, etape: Etape, le: date, accuse: str | None) -> Outcome:
    """Any step but the sendings and their check."""
    annee = ctx.annee
    manque = ctx.bloquantes(annee, etape, le)
    if manque:
        return refuser(ctx, messages.prealable_manquant(etape.numero, manque, le))
    suivantes = _faites_avant(ctx, annee, etape.numero, le)
    if suivantes:
        return refuser(ctx, messages.etape_suivante_faite(etape.numero, suivantes))
    faite = Faite(etape.numero, le, ctx.manquantes(annee, etape, le), accuse)
    if annee.faite(etape.numero) == faite:
        return ignorer(ctx, "doublon", "déjà déclarée")
    apres = ctx.avec(noter(annee, faite))
    return conclure(ctx, apres, avertissement(ctx, annee, etape.numero, faite.manquantes), f"étape {etape.numero} faite")


def noter(annee: Annee, faite: Faite) -> Annee:
    """The year with this step done."""
    autres = [each for each in annee.faites if each.numero != faite.numero]
    faites = tuple(sorted([*autres, faite], key=lambda each: each.numero))
    return msgspec.structs.replace(annee, faites=faites)


def annuler(ctx: Contexte) -> Outcome:
    """Take back a step declared by mistake; never one that another rests on."""
    data: EtapeAnnulee = ctx.data
    annee = ctx.annee
    if data.numero not in ETAPES:
        return refuser(ctx, messages.numero_inconnu(data.numero))
    if data.numero in ENVOIS:
        return refuser(ctx, messages.envoi_non_annulable(data.numero))
    if annee.faite(data.numero) is None:
        return refuser(ctx, messages.pas_faite(data.numero))
    suivantes = _faites_avant(ctx, annee, data.numero, None)
    if suivantes:
        return refuser(ctx, messages.etape_suivante_faite(data.numero, suivantes))
    faites = tuple(each for each in annee.faites if each.numero != data.numero)
    return conclure(ctx, ctx.avec(msgspec.structs.replace(annee, faites=faites)), (), f"étape {data.numero} annulée")


def _faites_avant(ctx: Contexte, annee: Annee, numero: int, le: date | None) -> tuple[int, ...]:
    """The done steps whose gate this one is, and that it would then follow; all of them when it is taken back."""
    dependantes = (etape for etape in ctx.applicables(annee) if numero in etape.exige)
    faites = ((etape.numero, ctx.premier(annee, etape.numero)) for etape in dependantes)
    return tuple(suivante for suivante, fait in faites if fait is not None and (le is None or fait < le))

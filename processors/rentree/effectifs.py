"""The figures of the rentrée: sent from SIECLE (19), received by the BEA (20), compared (R-CHA-37)."""

from collections.abc import Sequence
from datetime import date

import msgspec

from processors.rentree import messages, suivi
from processors.rentree.contexte import Contexte
from processors.rentree.echeances import conclure, ignorer, refuser
from processors.rentree.etapes import noter
from processors.rentree.procedure import CONTROLE_RECEPTION, ENVOI_EFFECTIFS, ETAPES
from processors.rentree.state import Annee, Effectif, Effectifs, Etat, Faite
from schemas.outcome import Emitted, Outcome, Parked, Refusal
from schemas.records import rentree as r
from schemas.records.academie import Effectif as EffectifRecu
from schemas.records.academie import ReceptionBea
from schemas.records.charlemagne import Effectif as EffectifEnvoye
from schemas.records.charlemagne import EffectifsEnvoyes


def prealable_effectifs(uai: str, annee: int) -> str:
    return f"effectifs {uai}/{annee}"


def envoyer(ctx: Contexte) -> Outcome:
    """Step 19 with its figures. New figures must be checked again."""
    data: EffectifsEnvoyes = ctx.data
    annee = ctx.annee
    le = data.envoye_le or ctx.jour(annee)
    faux = _refus(ctx, data.effectifs, le)
    if faux is not None:
        return refuser(ctx, faux)
    etape = ETAPES[ENVOI_EFFECTIFS]
    envoyes = _lus(data.effectifs, data.total)
    faite = Faite(ENVOI_EFFECTIFS, le, ctx.manquantes(annee, etape, le))
    if annee.envoyes == envoyes and annee.faite(ENVOI_EFFECTIFS) == faite:
        return ignorer(ctx, "doublon", "effectifs déjà envoyés")
    apres = msgspec.structs.replace(noter(annee, faite), envoyes=envoyes)
    if annee.envoyes is not None and annee.envoyes != envoyes:
        restent = tuple(each for each in apres.faites if each.numero != CONTROLE_RECEPTION)
        apres = msgspec.structs.replace(apres, faites=restent, recus=None)
    emis = (*suivi.avertissement(ctx, annee, ENVOI_EFFECTIFS, faite.manquantes), *_rapprochement(ctx, apres))
    return conclure(ctx, ctx.avec(apres), emis, "effectifs envoyés")


def recevoir(ctx: Contexte) -> Outcome:
    """Step 20: what the BEA received. It waits for the sending."""
    data: ReceptionBea = ctx.data
    annee = ctx.annee
    envoi = annee.faite(ENVOI_EFFECTIFS)
    if envoi is None:
        attente = Parked(prealable_effectifs(ctx.uai, annee.annee), messages.ATTEND_EFFECTIFS)
        return Outcome(Etat(etablissement=ctx.etablissement), parked=attente, because=f"attend : {messages.ATTEND_EFFECTIFS}")
    le = data.controle_le or ctx.jour(annee)
    faux = _refus(ctx, data.effectifs, le)
    if faux is not None:
        return refuser(ctx, faux)
    if le < envoi.fait_le:
        return refuser(ctx, messages.prealable_manquant(CONTROLE_RECEPTION, (ENVOI_EFFECTIFS,), le))
    recus = _lus(data.effectifs, data.total)
    faite = Faite(CONTROLE_RECEPTION, le)
    if annee.recus == recus and annee.faite(CONTROLE_RECEPTION) == faite:
        return ignorer(ctx, "doublon", "réception déjà connue")
    apres = msgspec.structs.replace(noter(annee, faite), recus=recus)
    return conclure(ctx, ctx.avec(apres), _rapprochement(ctx, apres), "réception dans la BEA contrôlée")


def _refus(ctx: Contexte, lignes: Sequence[EffectifEnvoye | EffectifRecu], le: date) -> Refusal | None:
    if le > ctx.jour(ctx.annee):
        return messages.date_future(le, ctx.jour(ctx.annee))
    if len(lignes) > ctx.reglages.effectifs_max:
        return messages.trop_de_lignes(ctx.reglages.effectifs_max)
    vus: set[str] = set()
    for each in lignes:
        if each.code in vus:
            return messages.code_en_double(each.code)
        vus.add(each.code)
    return None


def _lus(lignes: Sequence[EffectifEnvoye | EffectifRecu], total: int | None) -> Effectifs:
    lues = tuple(Effectif(each.code, each.nombre) for each in sorted(lignes, key=lambda each: each.code))
    return Effectifs(lues, sum(each.nombre for each in lues) if total is None else total)


def _rapprochement(ctx: Contexte, annee: Annee) -> tuple[Emitted, ...]:
    if annee.envoyes is None or annee.recus is None:
        return ()
    differences = suivi.differences(annee)
    envoye, recu = annee.envoyes.total, annee.recus.total
    data = r.RapprochementEffectifs(
        uai=ctx.uai,
        annee=annee.annee,
        total_envoye=envoye,
        total_recu=recu,
        ecart=recu - envoye,
        differences=differences,
        message=messages.effectifs(envoye, recu, len(differences)),
    )
    return (suivi.publie("rapprochement_effectifs", data, f"effectifs/{annee.annee}"),)

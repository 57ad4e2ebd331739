"""What the academy says of a school for one year: it opens that year's calendar."""

import msgspec

from processors.rentree import messages
from processors.rentree.contexte import Contexte
from processors.rentree.echeances import conclure, ignorer, refuser
from processors.rentree.fermetures import inscription_de
from processors.rentree.state import Periode, Profil
from schemas.outcome import Outcome
from schemas.records.academie import Etablissement


def prealable_profil(uai: str, annee: int) -> str:
    return f"etablissement {uai}/{annee}"


def recevoir(ctx: Contexte) -> Outcome:
    """The last word of the academy replaces the one before."""
    data: Etablissement = ctx.data
    connus = [each.nom for each in ctx.reglages.calendriers]
    if data.calendrier is not None and data.calendrier not in connus:
        return refuser(ctx, messages.calendrier_inconnu(data.calendrier, connus))
    if any(each.debut > each.fin for each in data.vacances):
        return refuser(ctx, messages.dates_inversees())
    profil = Profil(
        data.type,
        data.omogen,
        data.rentree,
        data.fuseau,
        data.calendrier,
        data.zone_vacances,
        tuple(Periode(each.debut, each.fin) for each in data.vacances),
    )
    annee = ctx.annee
    if annee.profil == profil:
        return ignorer(ctx, "doublon", "profil déjà connu")
    apres = ctx.avec(msgspec.structs.replace(annee, profil=profil)).change(inscrit=True)
    emis = () if ctx.etablissement.inscrit else (inscription_de(ctx.uai),)
    return conclure(ctx, apres, emis, "calendrier de l'année ouvert" if annee.profil is None else "profil changé")

"""The end of every decision: what is late by now, the next deadline, the next reminder (R-CHA-33, R-CHA-35)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import msgspec

from processors.rentree import calendrier, messages, suivi
from processors.rentree.contexte import Contexte
from processors.rentree.procedure import ETAPES
from processors.rentree.state import Annee, Etat, Retard
from schemas.outcome import Deadline, Emitted, Outcome, Refusal
from schemas.records import rentree as r

RAPPEL = "rappel"
ECHEANCE_ANNEE = "echeance/"
"""And the year: the next day on which one of its steps becomes late."""


def conclure(avant: Contexte, apres: Contexte, emis: Iterable[Emitted], because: str, counted: str | None = None) -> Outcome:
    """The decision, with the notices that the day of the event brings, the changed rows and the deadlines."""
    constate, retards = _constater(apres)
    prevu = constate.change(rappel=_prochain_rappel(constate))
    return Outcome(
        Etat(etablissement=prevu.etablissement),
        (*emis, *retards, *suivi.changements(avant, prevu)),
        deadlines=_deadlines(avant, prevu),
        counted=counted,
        because=because,
    )


def ignorer(ctx: Contexte, compte: str, because: str) -> Outcome:
    return Outcome(Etat(etablissement=ctx.etablissement), counted=compte, because=because)


def refuser(ctx: Contexte, refusal: Refusal, *emis: Emitted) -> Outcome:
    return Outcome(Etat(etablissement=ctx.etablissement), emis, refusal=refusal, because=refusal.message)


def echue(ctx: Contexte, nom: str) -> Outcome:
    """A deadline of the school is due: a step may be late, or it is time for the week's reminder."""
    if nom != RAPPEL:
        return conclure(ctx, ctx, (), "une échéance du calendrier est passée")
    a_jour, en_retard = _a_jour(ctx.change(rappel=None))
    if not en_retard:
        return conclure(ctx, a_jour, (), "plus rien n'est en retard")
    semaine = calendrier.semaine(_jour(ctx))
    data = r.Rappel(uai=ctx.uai, semaine=semaine, message=messages.rappel(len(en_retard)), etapes=en_retard)
    fait = a_jour.change(semaine=semaine)
    return conclure(ctx, fait, (suivi.publie("rappel", data, "rappel"),), "rappel de la semaine")


def _constater(ctx: Contexte) -> tuple[Contexte, tuple[Emitted, ...]]:
    """Steps that are late on the day of the event; those that no longer are leave the list."""
    emis: list[Emitted] = []
    for annee in ctx.etablissement.annees:
        if annee.profil is None:
            continue
        jour = ctx.jour(annee)
        retards: list[Retard] = []
        for etape in ctx.applicables(annee):
            echeance = ctx.echeance(annee, etape)
            if echeance is None or jour <= echeance or not ctx.ouverte(annee, etape):
                continue
            connu = annee.retard(etape.numero)
            if connu is not None and connu.echeance == echeance:
                retards.append(connu)
            elif _suivie(ctx, annee, jour):
                retards.append(Retard(etape.numero, echeance, (jour - echeance).days))
                emis.append(_retard(ctx, annee, retards[-1]))
        if tuple(retards) != annee.retards:
            ctx = ctx.avec(msgspec.structs.replace(annee, retards=tuple(retards)))
    return ctx, tuple(emis)


def _retard(ctx: Contexte, annee: Annee, retard: Retard) -> Emitted:
    etape = ETAPES[retard.numero]
    data = r.Retard(
        uai=ctx.uai,
        annee=annee.annee,
        numero=etape.numero,
        libelle=etape.libelle,
        echeance=retard.echeance,
        jours_de_retard=retard.jours,
        a_faire=etape.consigne(annee.annee),
    )
    return suivi.publie("retard", data, f"etape/{annee.annee}/{etape.numero}")


def _suivie(ctx: Contexte, annee: Annee, jour: date) -> bool:
    """Whether the late steps of that year are still told."""
    return jour <= ctx.fenetre(annee)[1] + timedelta(days=ctx.reglages.jours_de_rappel)


def _a_jour(ctx: Contexte) -> tuple[Contexte, tuple[r.EtapeEnRetard, ...]]:
    """The days late counted again, and all that is late."""
    toutes: list[r.EtapeEnRetard] = []
    for annee in ctx.etablissement.annees:
        if annee.profil is None or not annee.retards:
            continue
        jour = ctx.jour(annee)
        if not _suivie(ctx, annee, jour):
            continue
        retards = tuple(Retard(each.numero, each.echeance, (jour - each.echeance).days) for each in annee.retards)
        ctx = ctx.avec(msgspec.structs.replace(annee, retards=retards))
        toutes += (
            r.EtapeEnRetard(
                annee=annee.annee,
                numero=each.numero,
                libelle=ETAPES[each.numero].libelle,
                echeance=each.echeance,
                jours_de_retard=each.jours,
            )
            for each in retards
        )
    return ctx, tuple(toutes)


def _prochain_rappel(ctx: Contexte) -> datetime | None:
    """When the next reminder goes out; None while nothing is late."""
    suivies = [each for each in ctx.etablissement.annees if each.profil is not None and each.retards and _suivie(ctx, each, ctx.jour(each))]
    if not suivies:
        return None
    zone, etablissement = ctx.zone(suivies[-1]), ctx.etablissement
    profils = [each.profil for each in etablissement.annees if each.profil is not None]

    def ferme(jour: date) -> bool:
        return any(calendrier.en_vacances(jour, profil, ctx.reglages.vacances) for profil in profils)

    depuis = calendrier.jour_local(ctx.event.time, zone)
    if calendrier.instant_local(depuis, ctx.reglages.heure_rappel, zone) <= ctx.event.time:
        depuis += calendrier.UN_JOUR
    jour = calendrier.jour_de_rappel(depuis, etablissement.semaine, ferme)
    return None if jour is None else calendrier.instant_local(jour, ctx.reglages.heure_rappel, zone)


def _jour(ctx: Contexte) -> date:
    """The local day of an event that names no year."""
    suivies = [each for each in ctx.etablissement.annees if each.profil is not None]
    return ctx.jour(suivies[-1] if suivies else Annee(annee=0))


def _deadlines(avant: Contexte, apres: Contexte) -> tuple[Deadline, ...]:
    anciennes, nouvelles = _programme(avant), _programme(apres)
    noms = sorted(anciennes.keys() | nouvelles.keys())
    declenchee = apres.event.data.name if apres.event.type == "echeance" else None
    return tuple(Deadline(nom, nouvelles.get(nom)) for nom in noms if anciennes.get(nom) != nouvelles.get(nom) or nom == declenchee)


def _programme(ctx: Contexte) -> dict[str, datetime]:
    """Name → instant of every deadline of the school."""
    prevues: dict[str, datetime] = {}
    if ctx.etablissement.rappel is not None:
        prevues[RAPPEL] = ctx.etablissement.rappel
    for annee in ctx.etablissement.annees:
        if annee.profil is None:
            continue
        jour = ctx.jour(annee)
        venir = [echeance for etape in ctx.applicables(annee) if (echeance := _a_venir(ctx, annee, etape.numero)) is not None]
        prochaines = [each for each in venir if each >= jour]
        if prochaines:
            prevues[f"{ECHEANCE_ANNEE}{annee.annee}"] = calendrier.instant_local(min(prochaines) + calendrier.UN_JOUR, 0, ctx.zone(annee))
    return prevues


def _a_venir(ctx: Contexte, annee: Annee, numero: int) -> date | None:
    etape = ETAPES[numero]
    return ctx.echeance(annee, etape) if ctx.ouverte(annee, etape) and annee.retard(numero) is None else None

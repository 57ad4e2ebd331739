"""Closures of national systems: announced once for the country, told to départements, then to each school (docs/adr).

A school asks its département, which asks the country, the first time that it is known: one that comes late hears of the
closures announced before. Each keeps them, for its members to come.
"""

from collections.abc import Iterable
from datetime import timedelta

import msgspec

from processors.rentree import messages
from processors.rentree.contexte import Contexte
from processors.rentree.echeances import conclure, ignorer
from processors.rentree.reglages import Reglages
from processors.rentree.state import Etat, Fermeture, Relais
from processors.rentree.suivi import publie
from schemas.outcome import Emitted, Event, Outcome
from schemas.records import rentree as r
from schemas.rentree_keys import NATIONAL, departement_de, of_departement

ORDRES = "rentree.ordres.v1"
GARDEE = timedelta(days=400)
"""A closure that ended that long ago moves no deadline any more."""


def inscription_de(uai: str) -> Emitted:
    """A school asks to be told."""
    return _ordre("inscription", r.Inscription(membre=uai), of_departement(departement_de(uai)))


# --- the country and the départements --------------------------------------------------------------------------------


def annoncer(_reglages: Reglages, relais: Relais, event: Event) -> Outcome:
    """The academy's announcement reaches the country's key: told to the départements concerned."""
    data = event.data
    if data.debut > data.fin:
        return _refuse(relais)
    fermeture = Fermeture(data.reference, data.systeme, data.debut, data.fin, event.time, data.annulee, tuple(sorted(data.departements)))
    return _retenir(relais, event, fermeture)


def relayer(_reglages: Reglages, relais: Relais, event: Event) -> Outcome:
    """The country's word reaches a département: told to its schools."""
    return _retenir(relais, event, _lue(event.data))


def inscrire(reglages: Reglages, relais: Relais, event: Event) -> Outcome:
    """A member asks to be told: it hears at once of what is announced."""
    membre: str = event.data.membre
    if membre in relais.membres:
        return Outcome(Etat(relais=relais), counted="doublon", because="déjà inscrit")
    if len(relais.membres) >= reglages.membres_max:
        refusal = messages.trop_de_membres(reglages.membres_max)
        return Outcome(Etat(relais=relais), refusal=refusal, because=refusal.message)
    apres = msgspec.structs.replace(relais, membres=tuple(sorted((*relais.membres, membre))))
    emis = [_dire(membre, each) for each in relais.fermetures if _concerne(each, membre)]
    if event.key != NATIONAL and not relais.membres:
        emis.append(_ordre("inscription", r.Inscription(membre=departement_de(membre)), NATIONAL))
    return Outcome(Etat(relais=apres), tuple(emis), because="inscrit")


def _retenir(relais: Relais, event: Event, fermeture: Fermeture) -> Outcome:
    fermetures = retenues(relais.fermetures, fermeture)
    if fermetures == relais.fermetures:
        return Outcome(Etat(relais=relais), counted="doublon", because="fermeture déjà connue")
    emis = tuple(_dire(membre, fermeture) for membre in relais.membres if _concerne(fermeture, membre))
    return Outcome(Etat(relais=msgspec.structs.replace(relais, fermetures=fermetures)), emis, because="fermeture relayée")


def _refuse(relais: Relais) -> Outcome:
    refusal = messages.dates_inversees()
    return Outcome(Etat(relais=relais), refusal=refusal, because=refusal.message)


def _concerne(fermeture: Fermeture, membre: str) -> bool:
    return not fermeture.departements or departement_de(membre) in fermeture.departements


def _dire(membre: str, fermeture: Fermeture) -> Emitted:
    """To a département by its key, to a school by its UAI."""
    data = r.FermetureRelayee(
        reference=fermeture.reference,
        systeme=fermeture.systeme,
        debut=fermeture.debut,
        fin=fermeture.fin,
        annulee=fermeture.annulee,
        annonce=fermeture.annonce,
    )
    key = of_departement(membre) if departement_de(membre) == membre else membre
    return Emitted(ORDRES, "fermeture_relayee", data, key=key, subject=f"fermeture/{fermeture.reference}")


def _ordre(nom: str, data: r.Inscription, key: str) -> Emitted:
    return Emitted(ORDRES, nom, data, key=key, subject=f"inscription/{data.membre}")


# --- the school ------------------------------------------------------------------------------------------------------


def appliquer(ctx: Contexte) -> Outcome:
    """A closure reaches the school: its deadlines move, what was late may no longer be."""
    fermeture = _lue(ctx.data)
    fermetures = retenues(ctx.etablissement.fermetures, fermeture)
    if fermetures == ctx.etablissement.fermetures:
        return ignorer(ctx, "doublon", "fermeture déjà connue")
    apres = ctx.change(fermetures=fermetures)
    decalees = tuple(_decalees(ctx, apres))
    data = r.FermetureSuivie(
        uai=ctx.uai,
        reference=fermeture.reference,
        systeme=fermeture.systeme,
        debut=fermeture.debut,
        fin=fermeture.fin,
        annulee=fermeture.annulee,
        etapes=decalees,
    )
    because = messages.fermeture(fermeture.systeme, fermeture.debut, fermeture.fin, len(decalees))
    return conclure(ctx, apres, (publie("fermeture_suivie", data),), because)


def _decalees(avant: Contexte, apres: Contexte) -> Iterable[r.EcheanceDecalee]:
    for annee in apres.etablissement.annees:
        if annee.profil is None:
            continue
        for etape in apres.applicables(annee):
            ancienne, nouvelle = avant.echeance(annee, etape), apres.echeance(annee, etape)
            if nouvelle is not None and nouvelle != ancienne:
                yield r.EcheanceDecalee(annee=annee.annee, numero=etape.numero, echeance=nouvelle)


def _lue(data: r.FermetureRelayee) -> Fermeture:
    return Fermeture(data.reference, data.systeme, data.debut, data.fin, data.annonce, data.annulee)


def retenues(connues: tuple[Fermeture, ...], nouvelle: Fermeture) -> tuple[Fermeture, ...]:
    """The closures with this one: the latest announcement of a reference wins, whatever comes first."""
    ancienne = next((each for each in connues if each.reference == nouvelle.reference), None)
    if ancienne is not None and ancienne.annonce >= nouvelle.annonce:
        return connues
    gardees = [each for each in connues if each.reference != nouvelle.reference and each.fin + GARDEE >= nouvelle.annonce.date()]
    return tuple(sorted([*gardees, nouvelle], key=lambda each: (each.debut, each.reference)))

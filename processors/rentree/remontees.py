"""The sendings of pupils: import of identifiers, sending in its window, check in the BEE, again and again (R-CHA-32, 36, 37)."""

from collections.abc import Sequence
from datetime import date

import msgspec

from processors.rentree import eleves as listes
from processors.rentree import messages, suivi
from processors.rentree.contexte import Contexte
from processors.rentree.echeances import conclure, ignorer, refuser
from processors.rentree.procedure import ETAPES, etape_d_envoi
from processors.rentree.state import Annee, Etat, Occurrence
from schemas.outcome import Emitted, Outcome, Parked
from schemas.records import rentree as r
from schemas.records.academie import IntegrationBee
from schemas.records.charlemagne import ElevesEnvoyes, IdentifiantsImportes


def prealable_envoi(uai: str, annee: int) -> str:
    return f"envoi {uai}/{annee}"


def importer(ctx: Contexte) -> Outcome:
    """Identifiers have come into Charlemagne: a sending may follow, in the same occurrence."""
    data: IdentifiantsImportes = ctx.data
    annee = ctx.annee
    le = data.importe_le or ctx.jour(annee)
    if le > ctx.jour(annee):
        return refuser(ctx, messages.date_future(le, ctx.jour(annee)))
    une = _nommee(annee, data.occurrence) if data.occurrence is not None else _a_envoyer(annee)
    if une is not None and une.envoye_le is not None:
        return refuser(ctx, messages.envoi_deja_fait(une.nom))
    if une is not None and une.importe_le == le:
        return ignorer(ctx, "doublon", "identifiants déjà importés")
    if une is None and len(_en_cours(annee)) >= ctx.reglages.occurrences_max:
        return refuser(ctx, messages.trop_de_remontees(ctx.reglages.occurrences_max))
    nouvelle = msgspec.structs.replace(une or Occurrence(data.occurrence or _nom_libre(annee)), importe_le=le)
    apres = ctx.avec(_avec(ctx, annee, nouvelle))
    return conclure(ctx, apres, (suivi.occurrence(ctx, annee, nouvelle, "IDENTIFIANTS_IMPORTES"),), "identifiants importés")


def declarer_envoi(ctx: Contexte) -> Outcome:
    """The list of the pupils sent."""
    data: ElevesEnvoyes = ctx.data
    le = data.envoye_le or ctx.jour(ctx.annee)
    if le > ctx.jour(ctx.annee):
        return refuser(ctx, messages.date_future(le, ctx.jour(ctx.annee)))
    return envoyer(ctx, le, data.occurrence, data.eleves or None)


def envoyer(ctx: Contexte, le: date, nom: str | None, eleves: Sequence[str] | None) -> Outcome:
    """Step 21 or 22. Without `eleves`, the sending is declared and its pupils are not known."""
    annee = ctx.annee
    une = _nommee(annee, nom) if nom is not None else (_a_envoyer(annee) or _du_jour(annee, le))
    if une is None or une.importe_le is None or une.importe_le > le:
        return refuser(ctx, messages.identifiants_non_importes(nom))
    if une.envoye_le is not None:
        return _de_nouveau(ctx, annee, une, eleves)
    debut, fin = ctx.fenetre(annee)
    if not debut <= le <= fin:
        hors = msgspec.structs.replace(une, envoye_le=le)
        return refuser(ctx, messages.hors_fenetre(le, debut, fin), suivi.occurrence(ctx, annee, hors, "HORS_FENETRE", False))
    numero = etape_d_envoi(ctx.omogen(annee))
    manquantes = ctx.manquantes(annee, ETAPES[numero], le)
    envoyee = msgspec.structs.replace(une, envoye_le=le, manquantes=manquantes)
    return _retenir(ctx, annee, envoyee, eleves, suivi.avertissement(ctx, annee, numero, manquantes))


def _de_nouveau(ctx: Contexte, annee: Annee, une: Occurrence, eleves: Sequence[str] | None) -> Outcome:
    """A sending told again: by the step and by its list, in whatever order."""
    if eleves is None or (une.liste and listes.empreinte(eleves) == une.empreinte):
        return ignorer(ctx, "doublon", "envoi déjà connu")
    if une.liste or une.controle_le is not None:
        return refuser(ctx, messages.envoi_deja_fait(une.nom))
    return _retenir(ctx, annee, une, eleves, ())


def _retenir(ctx: Contexte, annee: Annee, une: Occurrence, eleves: Sequence[str] | None, emis: tuple[Emitted, ...]) -> Outcome:
    if eleves is not None:
        uniques = tuple(dict.fromkeys(eleves))
        connus, bits = listes.ajouter(annee.eleves, uniques)
        une = msgspec.structs.replace(une, liste=True, nombre=len(uniques), bits=bits, empreinte=listes.empreinte(uniques))
        annee = msgspec.structs.replace(annee, eleves=connus)
    apres = ctx.avec(_avec(ctx, annee, une))
    if eleves is not None and listes.place(apres.etablissement.annees) > ctx.reglages.place_eleves:
        return refuser(ctx, messages.trop_d_eleves(ctx.reglages.place_eleves))
    return conclure(ctx, apres, (*emis, suivi.occurrence(ctx, annee, une, "A_CONTROLER", True)), "élèves envoyés, à contrôler")


# --- the check -------------------------------------------------------------------------------------------------------


def integrer(ctx: Contexte) -> Outcome:
    """What the BEE integrated of a sending: the missing pupils are named (R-CHA-37)."""
    data: IntegrationBee = ctx.data
    annee = ctx.annee
    une = _controlee(annee, data.occurrence)
    if une is None or une.envoye_le is None:
        attente = Parked(prealable_envoi(ctx.uai, annee.annee), messages.ATTEND_ENVOI)
        return Outcome(Etat(etablissement=ctx.etablissement), parked=attente, because=f"attend : {messages.ATTEND_ENVOI}")
    le = data.controle_le or ctx.jour(annee)
    if not une.liste:
        return _controler(ctx, annee, une, le)
    attendus = listes.lire(annee.eleves, une.bits)
    vus = set(data.eleves)
    manquants = tuple(eleve for eleve in attendus if eleve not in vus)
    connus, bits = listes.ajouter(annee.eleves, manquants)
    premier = une.controle_le is None
    controlee = msgspec.structs.replace(une, controle_le=le, bits=bits, integres=une.nombre - len(manquants))
    if controlee == une:
        return ignorer(ctx, "doublon", "contrôle déjà connu")
    apres = ctx.avec(listes.resserrer(_avec(ctx, msgspec.structs.replace(annee, eleves=connus), controlee)))
    data_out = r.RapprochementEleves(
        uai=ctx.uai,
        annee=annee.annee,
        occurrence=une.nom,
        nombre_envoyes=controlee.nombre,
        nombre_integres=controlee.integres,
        ecart=len(manquants),
        non_integres=manquants,
        non_envoyes=tuple(sorted(vus - set(attendus))) if premier else (),
        message=messages.integration(controlee.nombre, controlee.integres),
    )
    emis = (
        suivi.publie("rapprochement_eleves", data_out, f"remontee/{annee.annee}"),
        suivi.occurrence(ctx, annee, controlee, "CONTROLEE", True),
    )
    return conclure(ctx, apres, emis, data_out.message)


def controler(ctx: Contexte, le: date, nom: str | None) -> Outcome:
    """Step 23 declared done by a person, without a list from the BEE."""
    annee = ctx.annee
    une = _controlee(annee, nom)
    if une is None or une.envoye_le is None:
        return refuser(ctx, messages.envoi_inconnu(nom) if nom is not None else messages.rien_a_controler())
    if une.controle_le is not None:
        return ignorer(ctx, "doublon", "envoi déjà contrôlé")
    return _controler(ctx, annee, une, le)


def _controler(ctx: Contexte, annee: Annee, une: Occurrence, le: date) -> Outcome:
    controlee = msgspec.structs.replace(une, controle_le=le, liste=False, bits=b"")
    if controlee == une:
        return ignorer(ctx, "doublon", "contrôle déjà connu")
    apres = ctx.avec(listes.resserrer(_avec(ctx, annee, controlee)))
    emis = (suivi.occurrence(ctx, annee, controlee, "CONTROLEE", True),)
    return conclure(ctx, apres, emis, messages.controle_sans_liste(une.nom))


# --- occurrences of a year -------------------------------------------------------------------------------------------


def _nommee(annee: Annee, nom: str) -> Occurrence | None:
    return next((each for each in annee.occurrences if each.nom == nom), None)


def _a_envoyer(annee: Annee) -> Occurrence | None:
    """The oldest one whose identifiers are in Charlemagne and whose pupils have not been sent."""
    return next((each for each in annee.occurrences if each.importe_le is not None and each.envoye_le is None), None)


def _du_jour(annee: Annee, le: date) -> Occurrence | None:
    """The one sent that day: it is told twice, by its step and by its list."""
    return next((each for each in reversed(annee.occurrences) if each.envoye_le == le), None)


def _controlee(annee: Annee, nom: str | None) -> Occurrence | None:
    """The one that a check is about: as named, else the oldest not checked, else the last checked."""
    if nom is not None:
        return _nommee(annee, nom)
    envoyees = [each for each in annee.occurrences if each.envoye_le is not None]
    attend = next((each for each in envoyees if each.controle_le is None), None)
    return attend or (envoyees[-1] if envoyees else None)


def _en_cours(annee: Annee) -> tuple[Occurrence, ...]:
    return tuple(each for each in annee.occurrences if each.controle_le is None)


def _nom_libre(annee: Annee) -> str:
    pris = {each.nom for each in annee.occurrences}
    return next(str(rang) for rang in range(1, len(pris) + 2) if str(rang) not in pris)


def _avec(ctx: Contexte, annee: Annee, une: Occurrence) -> Annee:
    """The year with this occurrence; the oldest checked ones leave when there are too many."""
    if _nommee(annee, une.nom) is None:
        occurrences = [*annee.occurrences, une]
    else:
        occurrences = [une if each.nom == une.nom else each for each in annee.occurrences]
    while len(occurrences) > ctx.reglages.occurrences_max:
        occurrences.remove(next(each for each in occurrences if each.controle_le is not None))
    return msgspec.structs.replace(annee, occurrences=tuple(occurrences))

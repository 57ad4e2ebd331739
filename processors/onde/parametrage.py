"""Chapters 1 and 2, and the pupils' sheets: what Charlemagne is set up with (R-ONDE-03 to 08)."""

import msgspec

from processors.onde import base, messages
from processors.onde.contexte import Contexte
from processors.onde.state import Classe
from schemas.outcome import Outcome
from schemas.records import charlemagne as c


def importer_formations(ctx: Contexte) -> Outcome:
    """« Import des formations du 1er degré », of the year that it names (R-ONDE-04)."""
    data: c.FormationsImportees = ctx.data
    if ctx.ecole.annee_formations == data.annee and ctx.ecole.formations == data.formations:
        return ctx.ignore("doublon", "formations déjà importées")
    importees = ctx.avec(annee_formations=data.annee, formations=data.formations)
    if ctx.ecole.formations == data.formations:
        return ctx.applique(importees, (), "formations importées")
    return ctx.modifie(importees, "formations importées")


def importer_langues(ctx: Contexte) -> Outcome:
    """Said as the guide says it (R-ONDE-05)."""
    return ctx.applique(ctx.ecole, (ctx.information("LANGUES_IMPORTEES", messages.LANGUES),), messages.LANGUES)


def regler_classe(ctx: Contexte) -> Outcome:
    """A class as it is set up; what it lacks is said by its chapter and stops the control (R-ONDE-06, R-ONDE-07)."""
    data: c.Classe = ctx.data
    if len(data.formations) > ctx.reglages.formations_max:
        return ctx.refuse(messages.trop("formations dans une classe", ctx.reglages.formations_max))
    classe = Classe(
        data.classe, data.code_rectorat.strip(), data.type_contrat.strip(), data.type_classe.strip(), tuple(dict.fromkeys(data.formations))
    )
    connue = base.classe_de(ctx.ecole, data.classe)
    if connue == classe:
        return ctx.ignore("doublon", "classe déjà connue")
    if connue is None and len(ctx.ecole.classes) >= ctx.reglages.classes_max:
        return ctx.refuse(messages.trop("classes", ctx.reglages.classes_max))
    autres = [each for each in ctx.ecole.classes if each.nom != classe.nom]
    classes = tuple(sorted([*autres, classe], key=lambda each: each.nom))
    return ctx.modifie(ctx.avec(classes=classes), "classe réglée")


def supprimer_classe(ctx: Contexte) -> Outcome:
    nom: str = ctx.data.classe
    if base.classe_de(ctx.ecole, nom) is None:
        return ctx.refuse(messages.classe_inconnue())
    return ctx.modifie(ctx.avec(classes=tuple(each for each in ctx.ecole.classes if each.nom != nom)), "classe supprimée")


def recevoir_base(ctx: Contexte) -> Outcome:
    """All the sheets at once: they replace those that were known."""
    data: c.BaseEleves = ctx.data
    if len(data.eleves) > ctx.reglages.eleves_max:
        return ctx.refuse(messages.trop("élèves", ctx.reglages.eleves_max))
    if len({fiche.eleve for fiche in data.eleves}) < len(data.eleves):
        return ctx.refuse(messages.eleve_en_double())
    connus = [each.eleve for each in ctx.ecole.eleves]
    if connus == [fiche.eleve for fiche in data.eleves] and all(base.meme_fiche(ctx.ecole, fiche) for fiche in data.eleves):
        return ctx.ignore("doublon", "base déjà connue")
    return ctx.modifie(base.avec_fiches(ctx.ecole, data.eleves, ctx.reglages.libelles_max), "base élèves reçue")


def recevoir_fiche(ctx: Contexte) -> Outcome:
    data: c.FicheEleve = ctx.data
    if base.meme_fiche(ctx.ecole, data):
        return ctx.ignore("doublon", "fiche déjà connue")
    recue = base.avec_fiche(ctx.ecole, data, ctx.reglages.libelles_max)
    if len(recue.eleves) > ctx.reglages.eleves_max:
        return ctx.refuse(messages.trop("élèves", ctx.reglages.eleves_max))
    return ctx.modifie(recue, "fiche d'élève reçue")


def retirer_eleve(ctx: Contexte) -> Outcome:
    eleves = tuple(each for each in ctx.ecole.eleves if each.eleve != ctx.data.eleve)
    if len(eleves) == len(ctx.ecole.eleves):
        return ctx.refuse(messages.eleve_inconnu())
    return ctx.modifie(msgspec.structs.replace(ctx.ecole, eleves=eleves), "élève sorti")

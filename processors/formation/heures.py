"""Hours of a month, entered for one stagiaire or for several together (R-EXT-45 to 52).

Entered together they are checked line by line as if each came alone, then all of them are kept, or none.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import NamedTuple

import msgspec

from processors.formation import messages
from processors.formation.calculs import CENTIEMES, en_centiemes, en_heures
from processors.formation.calendrier import dernier_jour, jours_du_mois, mois_de, mois_plus
from processors.formation.changements import lignes_remplacees, mois_remplace, restantes
from processors.formation.contexte import Contexte
from processors.formation.publications import anomalie, publie
from processors.formation.questions import est_confirme, ligne_de, mois_nomme, premier_mois, prevues_de, rang_de
from processors.formation.state import Action, Ligne, Mois, Stagiaire
from schemas.mois import periode
from schemas.outcome import Emitted, Outcome, Refusal
from schemas.records import extranet, safir
from schemas.records import formation as f

COMPTEURS: tuple[tuple[str, str], ...] = (
    ("centre_realisees", "Heures réalisées en centre"),
    ("centre_justifiees", "Heures non réalisées justifiées en centre"),
    ("centre_non_justifiees", "Heures non réalisées non justifiées en centre"),
    ("entreprise_realisees", "Heures réalisées en entreprise"),
    ("entreprise_justifiees", "Heures non réalisées justifiées en entreprise"),
    ("entreprise_non_justifiees", "Heures non réalisées non justifiées en entreprise"),
)
"""The six counters and their labels (R-EXT-48)."""

LIEUX: tuple[tuple[safir.LieuFormation, str], ...] = (("CENTRE", "centre"), ("ENTREPRISE", "entreprise"))

Saisie = extranet.HeuresSaisies | extranet.LigneSaisie
_valeurs: Callable[[Saisie], tuple[Decimal, ...]] = attrgetter(*(nom for nom, _ in COMPTEURS))


class Lue(NamedTuple):
    """A line whose stagiaire and counters were looked up once."""

    saisie: Saisie
    rang: int | None
    valeurs: tuple[Decimal, ...]
    centiemes: tuple[int, ...] | None
    """None: a counter has more than two decimals."""


Faute = tuple[int, Refusal]
"""Rank of the line, from 0, and what is wrong with it."""


def prealable_declaration(contrat: str, mois: str) -> str:
    return f"declaration {contrat}/{mois}"


# --- one stagiaire, or several ---------------------------------------------------------------------------------------


def saisir(ctx: Contexte) -> Outcome:
    """Keep the six counters of one stagiaire and month; money comes from them alone."""
    saisie: extranet.HeuresSaisies = ctx.data
    lues = [_lire(saisie, rang_de(ctx.action, saisie.stagiaire))]
    lignes = _lignes(ctx, saisie.mois, lues, lambda fautes: fautes[0][1])
    if isinstance(lignes, Outcome):
        return lignes
    retenues = f.HeuresRetenues(
        contrat=ctx.contrat,
        mois=saisie.mois,
        periode=periode(saisie.mois),
        **msgspec.structs.asdict(_retenue(lues[0], lignes[0])),
    )
    return _retenir(ctx, saisie.mois, lues, lignes, publie("heures_retenues", retenues))


def saisir_ensemble(ctx: Contexte) -> Outcome:
    """The same for several stagiaires, all or none: a refusal names each line that is wrong."""
    saisi: extranet.RealiseSaisi = ctx.data
    if not saisi.lignes:
        return ctx.refuse(messages.realise_vide())
    double = next((numero for numero, fois in Counter(ligne.stagiaire for ligne in saisi.lignes).items() if fois > 1), None)
    if double is not None:
        return ctx.refuse(messages.stagiaire_en_double(double))
    rangs = {un.numero: rang for rang, un in enumerate(ctx.action.stagiaires) if not un.retire}
    lues = [_lire(ligne, rangs.get(ligne.stagiaire)) for ligne in saisi.lignes]
    lignes = _lignes(ctx, saisi.mois, lues, lambda fautes: messages.realise_refuse(saisi.mois, _nommees(fautes, lues)))
    if isinstance(lignes, Outcome):
        return lignes
    retenu = f.RealiseRetenu(
        contrat=ctx.contrat,
        mois=saisi.mois,
        periode=periode(saisi.mois),
        lignes=tuple(map(_retenue, lues, lignes)),
    )
    return _retenir(ctx, saisi.mois, lues, lignes, publie("realise_retenu", retenu))


def _lire(saisie: Saisie, rang: int | None) -> Lue:
    valeurs = _valeurs(saisie)
    try:
        return Lue(saisie, rang, valeurs, tuple(map(en_centiemes, valeurs)))
    except ValueError:
        return Lue(saisie, rang, valeurs, None)


def _nommees(fautes: Sequence[Faute], lues: Sequence[Lue]) -> list[tuple[int, str, Refusal]]:
    return [(rang + 1, lues[rang].saisie.stagiaire, refus) for rang, refus in fautes]


def _lignes(ctx: Contexte, mois: str, lues: Sequence[Lue], refus_de: Callable[[Sequence[Faute]], Refusal]) -> list[Ligne] | Outcome:
    """The lines as the state keeps them, or what stops them."""
    maximum = jours_du_mois(mois) * ctx.reglages.heures_par_jour
    fautes = _fautes([_refus_du_stagiaire(ctx.action, lue) or _refus_au_dela_du_mois(lue, mois, maximum) for lue in lues])
    if fautes:
        return ctx.refuse(refus_de(fautes))
    refus = _refus_du_mois(ctx, mois)
    if refus is not None:
        return ctx.refuse(refus)
    fautes = _fautes([_refus_des_compteurs(lue) for lue in lues])
    if fautes:
        return ctx.refuse(refus_de(fautes))
    precedent = mois_plus(mois, -1)
    if mois > premier_mois(ctx.action) and not est_confirme(ctx.action, precedent):
        return ctx.attend(prealable_declaration(ctx.contrat, precedent), messages.attend_declaration(precedent))
    lignes = [Ligne(lue.rang, *lue.centiemes) for lue in lues if lue.rang is not None and lue.centiemes is not None]
    fautes = _fautes([_refus_apres_sortie(ctx.action, mois, lue.saisie, ligne) for lue, ligne in zip(lues, lignes, strict=True)])
    return ctx.refuse(refus_de(fautes)) if fautes else lignes


def _fautes(refus: Sequence[Refusal | None]) -> list[Faute]:
    return [(rang, un) for rang, un in enumerate(refus) if un is not None]


def _retenir(ctx: Contexte, nom: str, lues: Sequence[Lue], lignes: Sequence[Ligne], retenues: Emitted) -> Outcome:
    mois = mois_nomme(ctx.action, nom) or Mois(nom)
    action = mois_remplace(ctx.action, lignes_remplacees(mois, lignes))
    emis = [retenues]
    for lue, ligne in zip(lues, lignes, strict=True):
        emis += _anomalies(ctx, nom, lue.saisie, ligne)
    return ctx.applique(action, emis, "heures enregistrées")


def _retenue(lue: Lue, ligne: Ligne) -> f.LigneRetenue:
    """The counters as they were entered, and what the recap counts of them."""
    saisie = lue.saisie
    centre, entreprise = ligne.centre, ligne.entreprise
    return f.LigneRetenue(
        stagiaire=saisie.stagiaire,
        centre_realisees=saisie.centre_realisees,
        centre_justifiees=saisie.centre_justifiees,
        centre_non_justifiees=saisie.centre_non_justifiees,
        entreprise_realisees=saisie.entreprise_realisees,
        entreprise_justifiees=saisie.entreprise_justifiees,
        entreprise_non_justifiees=saisie.entreprise_non_justifiees,
        centre=en_heures(centre),
        entreprise=en_heures(entreprise),
        total=en_heures(centre + entreprise),
    )


# --- what may be wrong -----------------------------------------------------------------------------------------------


def _refus_du_stagiaire(action: Action, lue: Lue) -> Refusal | None:
    if lue.rang is None:
        return messages.stagiaire_inconnu(lue.saisie.stagiaire)
    return None if action.stagiaires[lue.rang].complet else messages.fiche_incomplete(lue.saisie.stagiaire)


def _refus_au_dela_du_mois(lue: Lue, mois: str, maximum: int) -> Refusal | None:
    """More hours than the month has."""
    if lue.centiemes is not None and sum(lue.centiemes) <= maximum * CENTIEMES:
        return None
    total = sum(lue.valeurs, en_heures(0))
    return messages.heures_au_dela_du_mois(total, maximum, mois) if total > maximum else None


def _refus_du_mois(ctx: Contexte, mois: str) -> Refusal | None:
    debut = ctx.action.debut_reel
    assert debut is not None
    if mois < mois_de(debut):
        return messages.mois_avant_le_debut(mois, debut)
    if mois > mois_de(ctx.jour):
        return messages.mois_a_venir(mois)
    if est_confirme(ctx.action, mois):
        return messages.declaration_verrouillee(mois)
    return None


def _refus_des_compteurs(lue: Lue) -> Refusal | None:
    absences = lue.saisie.absences
    if not absences and lue.centiemes is not None and min(lue.centiemes) >= 0:
        return None
    negatifs = [libelle for (_, libelle), valeur in zip(COMPTEURS, lue.valeurs, strict=True) if valeur < 0]
    if any(absence.heures < 0 for absence in absences):
        negatifs.append("Nombre d'heures d'absence")
    if negatifs:
        return messages.heures_negatives(negatifs)
    if lue.centiemes is None:
        return messages.heures_trop_fines()
    if any(absence.fin < absence.debut for absence in absences):
        return messages.absence_inversee()
    return None


def _refus_apres_sortie(action: Action, mois: str, saisie: Saisie, ligne: Ligne) -> Refusal | None:
    """After an early exit hours are due only for an admissible motive, until the end of the action (R-EXT-51)."""
    un = action.stagiaires[ligne.rang]
    if un.sortie is None or ligne.vide:
        return None
    absences = [absence.fin for absence in saisie.absences if absence.heures > 0]
    deborde = mois > mois_de(un.sortie) or (mois == mois_de(un.sortie) and any(fin > un.sortie for fin in absences))
    if not deborde:
        return None
    if not un.recevable or mois > mois_de(action.descriptif.fin_prevue):
        return messages.heures_apres_sortie(un.sortie)
    if mois > mois_de(un.sortie) and (
        ligne.centre_realisees or ligne.entreprise_realisees or ligne.centre_non_justifiees or ligne.entreprise_non_justifiees
    ):
        return messages.heures_realisees_apres_sortie(un.sortie)
    return _refus_au_dela_du_prevu(action, mois, un, ligne)


def _refus_au_dela_du_prevu(action: Action, mois: str, un: Stagiaire, ligne: Ligne) -> Refusal | None:
    prevues = prevues_de(action, un)
    reste_centre, reste_entreprise = restantes(action, ligne.rang, prevues)
    ancienne = ligne_de(mois_nomme(action, mois), ligne.rang)
    if ancienne is not None:
        reste_centre += ancienne.centre
        reste_entreprise += ancienne.entreprise
    if ligne.centre > reste_centre or ligne.entreprise > reste_entreprise:
        return messages.heures_au_dela_du_prevu(en_heures(reste_centre), en_heures(reste_entreprise))
    return None


def _anomalies(ctx: Contexte, mois: str, saisie: Saisie, ligne: Ligne) -> Iterator[Emitted]:
    """Reported, never refused: the guide's own samples show both (A-14, R-EXT-49)."""
    un = ctx.action.stagiaires[ligne.rang]
    if un.entree is not None and un.entree > dernier_jour(mois) and not ligne.vide:
        objet = f"{mois}/{saisie.stagiaire}"
        yield anomalie(ctx, "HEURES_AVANT_ENTREE", objet, messages.anomalie_avant_entree(mois, un.entree))
    if not (saisie.absences or ligne.non_realisees):
        return
    for lieu, prefixe in LIEUX:
        absences = sum((a.heures for a in saisie.absences if a.lieu == lieu), start=en_heures(0))
        compteurs: Decimal = getattr(saisie, f"{prefixe}_justifiees") + getattr(saisie, f"{prefixe}_non_justifiees")
        if absences != compteurs:
            objet = f"{mois}/{saisie.stagiaire}"
            yield anomalie(ctx, "ABSENCES_NON_CONCORDANTES", objet, messages.anomalie_absences(lieu, absences, compteurs))

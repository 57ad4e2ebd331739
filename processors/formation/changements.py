"""How an action's state is rewritten: one function for one change, all pure."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from processors.formation.calculs import Part
from processors.formation.questions import heures_de
from processors.formation.state import Accord, Action, AttentePiece, Facture, Ligne, Mois, Piece, Retenue, Stagiaire
from schemas.records.safir import ObjetAccord


def stagiaire_remplace(action: Action, rang: int, **champs: Any) -> Action:
    liste = list(action.stagiaires)
    liste[rang] = replace(liste[rang], **champs)
    return replace(action, stagiaires=tuple(liste))


def stagiaire_ajoute(action: Action, un: Stagiaire) -> Action:
    """A stagiaire deleted before takes its rank again: ranks name lines of other months."""
    for rang, ancien in enumerate(action.stagiaires):
        if ancien.numero == un.numero:
            liste = list(action.stagiaires)
            liste[rang] = un
            return replace(action, stagiaires=tuple(liste))
    return replace(action, stagiaires=(*action.stagiaires, un))


def sans_lignes_de(action: Action, rang: int) -> Action:
    return replace(action, mois=tuple(replace(m, lignes=tuple(ligne for ligne in m.lignes if ligne.rang != rang)) for m in action.mois))


def accord_ajoute(action: Action, objet: ObjetAccord, portee: str) -> Action:
    return replace(action, accords=(*action.accords, Accord(objet, portee)))


def accord_disponible(action: Action, objet: ObjetAccord, portee: str = "") -> bool:
    return Accord(objet, portee) in action.accords


def accord_use(action: Action, objet: ObjetAccord, portee: str = "") -> Action:
    """One agreement allows one modification."""
    accords = list(action.accords)
    if Accord(objet, portee) in accords:
        accords.remove(Accord(objet, portee))
    return replace(action, accords=tuple(accords))


# --- months ----------------------------------------------------------------------------------------------------------


def mois_remplace(action: Action, un: Mois) -> Action:
    """Put a month in its place, new or not."""
    autres = [m for m in action.mois if m.mois != un.mois]
    return replace(action, mois=tuple(sorted([*autres, un], key=lambda m: m.mois)))


def lignes_remplacees(mois: Mois, lignes: Iterable[Ligne]) -> Mois:
    """Put the lines of some stagiaires in their places, new or not."""
    par_rang = {ligne.rang: ligne for ligne in (*mois.lignes, *lignes)}
    return replace(mois, lignes=tuple(par_rang[rang] for rang in sorted(par_rang)))


def mois_confirme(action: Action, mois: Mois) -> Mois:
    """Its totals, and the justified hours whose papers are awaited (R-EXT-50)."""
    lignes = mois.lignes
    return replace(
        mois,
        confirmee=True,
        rouverte=False,
        centre_realisees=sum(ligne.centre_realisees for ligne in lignes),
        centre_justifiees=sum(ligne.centre_justifiees for ligne in lignes),
        entreprise_realisees=sum(ligne.entreprise_realisees for ligne in lignes),
        entreprise_justifiees=sum(ligne.entreprise_justifiees for ligne in lignes),
        stagiaires=sum(1 for ligne in lignes if ligne.centre or ligne.entreprise),
        attentes=tuple(
            AttentePiece(ligne.rang, ligne.centre_justifiees, ligne.entreprise_justifiees)
            for ligne in lignes
            if (ligne.centre_justifiees or ligne.entreprise_justifiees) and not piece_recue(action, ligne.rang, mois.mois)
        ),
    )


def piece_recue(action: Action, rang: int, mois: str) -> bool:
    """Papers of that month, or those of an early exit before that month."""
    if Piece(rang, mois) in action.pieces:
        return True
    un = action.stagiaires[rang]
    return un.justifiee and un.recevable and un.sortie is not None and mois > f"{un.sortie:%Y-%m}"


def attente_levee(action: Action, rang: int, mois: str) -> tuple[Action, int, int]:
    """The papers of a stagiaire's month are there: the state, and the hours (centre, entreprise) that become payable."""
    for un in action.mois:
        if un.mois == mois:
            levees = [a for a in un.attentes if a.rang == rang]
            reste = tuple(a for a in un.attentes if a.rang != rang)
            return (
                mois_remplace(action, replace(un, attentes=reste)),
                sum(a.centre for a in levees),
                sum(a.entreprise for a in levees),
            )
    return action, 0, 0


def mois_lies(action: Action, mois: tuple[str, ...], reference: str, *, rejetee: bool = False) -> Action:
    """Tie months to an invoice, or free them with an empty reference."""
    return replace(
        action,
        mois=tuple(replace(m, facture=reference, rejetee=m.rejetee or rejetee) if m.mois in mois else m for m in action.mois),
    )


def mois_plies(action: Action, mois: tuple[str, ...]) -> Action:
    """Fold the detail of months whose invoice is accepted into each stagiaire's totals; totals and awaited papers stay."""
    for un in action.mois:
        if un.mois not in mois or un.pliee:
            continue
        for ligne in un.lignes:
            ancien = action.stagiaires[ligne.rang]
            action = stagiaire_remplace(
                action,
                ligne.rang,
                plie_centre=ancien.plie_centre + ligne.centre,
                plie_entreprise=ancien.plie_entreprise + ligne.entreprise,
                a_des_heures=ancien.a_des_heures or not ligne.vide,
            )
        action = mois_remplace(action, replace(un, lignes=(), pliee=True))
    return replace(action, pieces=tuple(p for p in action.pieces if p.mois not in mois))


def restantes(action: Action, rang: int, prevues: tuple[int, int]) -> tuple[int, int]:
    """Planned hours of a stagiaire not yet declared, in hundredths; never negative."""
    centre, entreprise = heures_de(action, rang)
    return max(prevues[0] - centre, 0), max(prevues[1] - entreprise, 0)


# --- invoices --------------------------------------------------------------------------------------------------------


def facture_remplacee(action: Action, une: Facture) -> Action:
    """Put an invoice in the place of the one of the same reference, or last."""
    if any(f.reference == une.reference for f in action.factures):
        return replace(action, factures=tuple(une if f.reference == une.reference else f for f in action.factures))
    return replace(action, factures=(*action.factures, une))


def facture_retiree(action: Action, reference: str) -> Action:
    """An abandoned invoice leaves no trace in the state: its number was never issued."""
    return replace(action, factures=tuple(f for f in action.factures if f.reference != reference))


def retenues_prises(action: Action, parts: tuple[Part, ...]) -> tuple[Action, tuple[Retenue, ...]]:
    """Deduct what an invoice takes of the subcontracted amounts."""
    prises = {part.reference: part.montant for part in parts}
    action = replace(
        action,
        sous_traitances=tuple(replace(s, reste=s.reste - prises.get(s.reference, Decimal(0))) for s in action.sous_traitances),
    )
    return action, tuple(Retenue(part.reference, part.montant) for part in parts)


def retenues_rendues(action: Action, retenues: tuple[Retenue, ...]) -> Action:
    """An invoice is void: what it deducted is to be deducted again."""
    rendues = {retenue.reference: retenue.montant for retenue in retenues}
    return replace(
        action,
        sous_traitances=tuple(replace(s, reste=s.reste + rendues.get(s.reference, Decimal(0))) for s in action.sous_traitances),
    )

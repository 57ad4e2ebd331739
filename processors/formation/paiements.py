"""Which payment request a confirmation opens: monthly, quarterly from the start, three acomptes (R-EXT-38 to 41, 61 to 63)."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from processors.formation.calendrier import ecart, ouvre_un_trimestre, trimestre_de
from processors.formation.questions import (
    ENGAGEES,
    a_facturer,
    dernier_confirme,
    premier_mois,
    prochaine_fenetre,
    seuil_atteint,
)
from processors.formation.reglages import Reglages
from processors.formation.state import Action
from schemas.records.formation import PaiementOuvert as Nature

ACOMPTES: dict[int, Nature] = {1: "ACOMPTE_1", 2: "ACOMPTE_2", 3: "ACOMPTE_3"}


@dataclass(frozen=True, slots=True)
class PaiementOuvert:
    """What may be asked now, for which months, and when it may be confirmed."""

    nature: Nature
    mois: tuple[str, ...] = ()
    du: date | None = None
    au: date | None = None

    @property
    def acompte(self) -> int:
        """1 to 3 in three acomptes, else 0."""
        return next((rang for rang, nature in ACOMPTES.items() if nature == self.nature), 0)


AUCUN = PaiementOuvert("AUCUN")


def paiement_ouvert(action: Action, reglages: Reglages, jour: date) -> PaiementOuvert:
    """What the confirmed declarations that no invoice holds allow, on that day."""
    libres = a_facturer(action)
    if not libres:
        return PaiementOuvert("SOLDE") if _solde_seul(action, reglages) else AUCUN
    match action.frequence:
        case "TRIMESTRIEL":
            return _trimestriel(action, reglages, jour, libres)
        case "TROIS_ACOMPTES":
            return _trois_acomptes(action, reglages, jour, libres)
        case _:
            return _ouvert("MENSUEL", libres, libres[-1], action, reglages, jour)


def _ouvert(nature: Nature, mois: tuple[str, ...], dernier: str, action: Action, reglages: Reglages, jour: date) -> PaiementOuvert:
    du, au = fenetre_de_facture(action, reglages, jour, dernier)
    return PaiementOuvert(nature, mois, du, au)


def fenetre_de_facture(action: Action, reglages: Reglages, jour: date, dernier: str) -> tuple[date, date]:
    """First days of a month after the last invoiced one; of a quarter counted from the start in quarterly payment (R-EXT-63)."""
    debut = premier_mois(action) if action.frequence == "TRIMESTRIEL" else None
    return prochaine_fenetre(reglages, jour, dernier, debut)


def _trimestriel(action: Action, reglages: Reglages, jour: date, libres: tuple[str, ...]) -> PaiementOuvert:
    debut = premier_mois(action)
    for mois in libres:
        trimestre = trimestre_de(debut, mois)
        if set(trimestre) <= set(libres):
            return _ouvert("TRIMESTRIEL", trimestre, trimestre[-1], action, reglages, jour)
    return AUCUN


def _solde_seul(action: Action, reglages: Reglages) -> bool:
    return action.frequence == "TROIS_ACOMPTES" and seuil_atteint(action, reglages, reglages.seuil_solde)


def prochain_acompte(action: Action) -> int | None:
    """The first of the three that no living invoice is; None when all are."""
    pris = {f.acompte for f in action.factures if f.statut in ENGAGEES}
    return next((rang for rang in ACOMPTES if rang not in pris), None)


def acompte_pris_a_cette_confirmation(action: Action) -> bool:
    """One acompte at most per confirmation: the next needs a later declaration (R-EXT-40)."""
    bases = [f.base for f in action.factures if f.nature == "ACOMPTE" and f.statut in ENGAGEES]
    return bool(bases) and dernier_confirme(action) <= max(bases)


def _trois_acomptes(action: Action, reglages: Reglages, jour: date, libres: tuple[str, ...]) -> PaiementOuvert:
    if _solde_seul(action, reglages):
        return PaiementOuvert("SOLDE")
    rang = prochain_acompte(action)
    if rang is None or acompte_pris_a_cette_confirmation(action):
        return AUCUN
    if seuil_de(rang, action, reglages):
        return _ouvert(ACOMPTES[rang], libres, libres[-1], action, reglages, jour)
    if len(libres) >= reglages.mois_avant_repli:
        groupe = libres[: reglages.mois_avant_repli]
        return _ouvert("REPLI_TRIMESTRIEL", groupe, groupe[-1], action, reglages, jour)
    return AUCUN


def seuil_de(rang: int, action: Action, reglages: Reglages) -> bool:
    """Whether the rate allows that acompte; the third only needs a later confirmation below the solde's threshold (A-12)."""
    if rang == 1:
        return seuil_atteint(action, reglages, reglages.seuil_acompte_1)
    if rang == 2:
        return seuil_atteint(action, reglages, reglages.seuil_acompte_2)
    return True


def se_suivent(mois: tuple[str, ...]) -> bool:
    return all(ecart(avant, apres) == 1 for avant, apres in pairwise(mois))


def est_un_trimestre(action: Action, mois: tuple[str, ...]) -> bool:
    """Three consecutive months counted from the start (R-EXT-62)."""
    return len(mois) == 3 and se_suivent(mois) and ouvre_un_trimestre(premier_mois(action), mois[0])


def sont_des_trimestres(action: Action, mois: tuple[str, ...]) -> bool:
    """Whole quarters, one or more: what a rejected quarter may be taken up again with."""
    debut = premier_mois(action)
    return all(set(trimestre_de(debut, m)) <= set(mois) for m in mois)


def trimestre_attendu(action: Action, mois: str) -> tuple[str, ...]:
    return trimestre_de(premier_mois(action), mois)

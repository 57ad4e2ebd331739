"""What the Region may set. Frozen and versioned: each decision names the version it was taken with."""

from decimal import Decimal
from zoneinfo import available_timezones

import msgspec

from schemas.records.extranet import Frequence

LAST_DAY_OF_EVERY_MONTH = 28

MOTIFS_RECEVABLES = ("Motifs personnels (santé, mutation, déménagement...)",)
"""The one motive of the guide; a call for projects lists its own with the action (R-EXT-51)."""


class Reglages(msgspec.Struct, frozen=True, kw_only=True):
    """Defaults are those of the guide."""

    version: str = "2008.1"
    zone: str = "Europe/Paris"
    """Where an action that names no zone reads its calendar."""
    jours_confirmation: int = 15
    """First days of a month in which a declaration or an invoice may be confirmed (R-EXT-53, 63)."""
    seuil_acompte_1: Decimal = Decimal(30)
    seuil_acompte_2: Decimal = Decimal(60)
    seuil_solde: Decimal = Decimal(80)
    """From this rate on only the solde remains (R-EXT-40, A-12). Percent."""
    mois_avant_repli: int = 3
    """Declared months without an acompte after which a quarterly payment is available (R-EXT-41)."""
    taux_par_stagiaire: bool = True
    """True: planned hours are those of the action × its stagiaires; False: those of the action alone (A-10)."""
    taux_compte_justifiees: bool = True
    """Whether the rate counts justified hours, as the recap does (R-EXT-47)."""
    taux_tva: Decimal = Decimal("19.6")
    """Percent (R-EXT-71)."""
    cout_unitaire_centre: Decimal | None = None
    """Euros an hour for an action that gives none; None: such an action cannot be invoiced."""
    cout_unitaire_entreprise: Decimal | None = None
    heures_par_jour: int = 24
    """A stagiaire's hours of a month may not exceed its days × this."""
    stagiaires_max: int = 250
    """Of one action, whatever its effectif: keeps its state within the engine's bound."""
    mois_enquetes: tuple[int, int] = (6, 12)
    """Months after a stagiaire's own exit (R-EXT-83)."""
    motifs_recevables: tuple[str, ...] = MOTIFS_RECEVABLES
    frequences: tuple[Frequence, ...] = ("MENSUEL", "TRIMESTRIEL", "TROIS_ACOMPTES")
    """What may be chosen at opening (R-EXT-38, 60)."""

    def __post_init__(self) -> None:
        """Raises ValueError, in French, for what cannot be applied."""
        if not 1 <= self.jours_confirmation <= LAST_DAY_OF_EVERY_MONTH:
            raise ValueError(f"jours_confirmation : un nombre de 1 à {LAST_DAY_OF_EVERY_MONTH} est attendu")
        if not 0 < self.seuil_acompte_1 < self.seuil_acompte_2 < self.seuil_solde <= 100:
            raise ValueError("seuil_acompte_1, seuil_acompte_2 et seuil_solde : trois pourcentages croissants sont attendus")
        if self.zone not in available_timezones():
            raise ValueError("zone : une zone horaire comme Europe/Paris est attendue")
        if min(self.mois_avant_repli, self.heures_par_jour, self.stagiaires_max, *self.mois_enquetes) < 1:
            raise ValueError("mois_avant_repli, heures_par_jour, stagiaires_max et mois_enquetes : des nombres positifs sont attendus")
        if self.taux_tva < 0:
            raise ValueError("taux_tva : un pourcentage positif ou nul est attendu")

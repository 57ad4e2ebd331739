"""Settings that cannot be applied are refused at start."""

from decimal import Decimal
from typing import Any

import pytest

from processors.formation.reglages import Reglages


@pytest.mark.parametrize(
    ("named", "changes"),
    [
        ("jours_confirmation", {"jours_confirmation": 31}),
        ("jours_confirmation", {"jours_confirmation": 0}),
        ("seuil_acompte_1", {"seuil_acompte_1": Decimal(70)}),
        ("zone", {"zone": "Europe/Montpellier"}),
        ("mois_enquetes", {"mois_enquetes": (0, 12)}),
        ("taux_tva", {"taux_tva": Decimal(-1)}),
    ],
)
def test_a_setting_that_cannot_be_applied_is_named(named: str, changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=named):
        Reglages(**changes)


def test_the_defaults_are_those_of_the_guide() -> None:
    defaults = Reglages()
    assert (defaults.jours_confirmation, defaults.mois_enquetes, defaults.taux_tva) == (15, (6, 12), Decimal("19.6"))
    assert (defaults.seuil_acompte_1, defaults.seuil_acompte_2, defaults.seuil_solde) == (Decimal(30), Decimal(60), Decimal(80))

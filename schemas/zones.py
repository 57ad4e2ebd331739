"""The time zone of a school, told by its UAI where nothing else says it (R-BUS-07)."""

from collections.abc import Mapping

PARIS = "Europe/Paris"

ZONES: Mapping[str, str] = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "983": "Pacific/Noumea",
    "984": "Pacific/Tahiti",
    "986": "Pacific/Wallis",
}
"""First three characters of a UAI → IANA zone."""


def zone_of(uai: str) -> str:
    """The IANA zone of a school's business dates; that of Paris for metropolitan France."""
    return ZONES.get(uai[:3], PARIS)

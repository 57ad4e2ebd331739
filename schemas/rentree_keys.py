"""Keys of the calendar of the rentrée: a school by its UAI, its département by its first three characters, the country."""

NATIONAL = "national"
DEPARTEMENT = "departement/"
LENGTH = 3


def departement_de(uai: str) -> str:
    """`084` for 0840001V, and for the département itself."""
    return uai[:LENGTH]


def of_departement(departement: str) -> str:
    """`departement/084`."""
    return f"{DEPARTEMENT}{departement}"


def relays(key: str) -> bool:
    """Whether the key relays closures to others; else it is a school's."""
    return key == NATIONAL or key.startswith(DEPARTEMENT)

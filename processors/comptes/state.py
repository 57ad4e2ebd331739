"""What is remembered under a key: of an organisme its account, of an address the organismes it stands for. Never a password."""

import msgspec


class Rattachement(msgspec.Struct, frozen=True):
    """An organisme that an address stands for."""

    organisme: str
    identifiant: str


class Compte(msgspec.Struct, frozen=True, kw_only=True):
    """Of an organisme: `identifiant` and `adresse_cle`; of an address: `rattachements`."""

    identifiant: str | None = None
    """Login; None: the key is an address."""
    adresse_cle: str | None = None
    """Keyed hash of the organisme's present address."""
    rattachements: tuple[Rattachement, ...] = ()

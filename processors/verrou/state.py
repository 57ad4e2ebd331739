"""What the national lock remembers: who sends, who waits, what blocks. Never a dossier."""

from datetime import datetime
from typing import Literal

import msgspec


class Detenteur(msgspec.Struct, frozen=True):
    """The one sender of the whole country."""

    instructeur: str
    code: str
    jeton: int
    depuis: datetime
    appele: bool = False
    """The support was called about him: once (R-LUC-32)."""
    appele_pour: datetime | None = None
    """The instant that the call is for, thirty minutes of waiting for him: had he finished before, there was nothing to call about."""


class EnAttente(msgspec.Struct, frozen=True):
    """An instructor in the queue."""

    instructeur: str
    code: str
    demande: str
    """`ce_id` of his last command."""
    depuis: datetime
    """Of his first command: it gives his place."""
    vu: int
    """Token of the holder he was last told of."""


class Blocage(msgspec.Struct, frozen=True):
    """Everyone is blocked until the support unblocks (R-LUC-20, R-LUC-34)."""

    nature: Literal["INTERRUPTION", "COMPTEUR"]
    auteur: str
    depuis: datetime


class Verrou(msgspec.Struct, frozen=True):
    """The lock of the whole country."""

    jeton: int = 0
    """The last one given: each grant gives the next."""
    detenteur: Detenteur | None = None
    file: tuple[EnAttente, ...] = ()
    blocage: Blocage | None = None
    duree_moyenne: float = 0.0
    """Of the sends that ended well, in seconds; 0: none yet."""
    mesures: int = 0

"""What is kept under either sort of key: the pupils of a bucket of a school, or the schools of a pupil."""

from collections.abc import Mapping

import msgspec


class Presence(msgspec.Struct, frozen=True, array_like=True):
    """A pupil in a school."""

    eleve_id: str
    millesime: int | None = None


class Etat(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Of a bucket: `eleves` and `millesime`. Of a pupil: `ecoles`."""

    eleves: Mapping[str, str] = {}
    """Key of the pupil → ELEVE_ID."""
    millesime: int | None = None
    ecoles: Mapping[str, Presence] = {}
    """UAI → how the pupil is active there."""

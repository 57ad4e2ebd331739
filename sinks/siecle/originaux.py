"""The exports of SIECLE of one school as they came, for those who import them: their names and what claims their bytes."""

from collections.abc import Mapping
from typing import Any

import msgspec

from schemas.outcome import ConsignedFile, OutgoingFolder
from schemas.records.siecle import Fichier

KEPT = 3
"""Of one kind: what a bundle names is found though newer ones have come meanwhile."""


class Original(msgspec.Struct, frozen=True, array_like=True):
    """One export."""

    nom: str
    empreinte: str
    recu: str
    """What names its content."""
    millesime: int | None = None


Originaux = Mapping[str, tuple[Original, ...]]
"""Kind of export → the last ones, the newest last."""


def with_one_more(known: Originaux, data: Fichier) -> Originaux:
    """The same export again is the newest."""
    others = tuple(each for each in known.get(data.type, ()) if each.recu != data.recu)
    newest = Original(data.nom, data.empreinte, data.recu, data.millesime)
    return {**known, data.type: (*others, newest)[-KEPT:]}


def plain(original: Original) -> dict[str, str]:
    """For a payload."""
    return {"nom": original.nom, "empreinte": original.empreinte}


def folder_of(lot: int, payload: Mapping[str, Any]) -> OutgoingFolder:
    """`<UAI>_<millésime>_<lot, 6 digits>` with the files in it: a folder of its own for each delivery, so that none is ever half new."""
    name = "_".join(str(part) for part in (payload["uai"], payload["millesime"], f"{lot:06d}") if part is not None)
    return OutgoingFolder(name, tuple(ConsignedFile(each["nom"], each["empreinte"]) for each in payload["fichiers"]))

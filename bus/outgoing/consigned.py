"""Files of the consigne put in an outbox: a piece at a time, under their names once their digest is found right."""

import hashlib
import os
import shutil
from pathlib import Path

from bus.consigne import Consigne
from bus.outgoing.placing import sync, write
from schemas.outcome import ConsignedFile, OutgoingFolder


def place_consigned(folder: Path, file: ConsignedFile, consigne: Consigne, replaces: bool = False) -> bool:
    """Write one file. False when another content already stands under its name and is not to be replaced.

    Raises Forgotten or WrongDigest: nothing is then under its name that was not there before.
    """
    folder.mkdir(parents=True, exist_ok=True)
    final = folder / file.name
    if final.exists() and not replaces:
        return digest_of(final) == file.sha256
    partial = folder / f".{file.name}.tmp"
    try:
        write(partial, consigne.read(file.sha256))
        os.replace(partial, final)
    finally:
        partial.unlink(missing_ok=True)
    sync(folder)
    return True


def place_together(folder: Path, together: OutgoingFolder, consigne: Consigne) -> bool:
    """Write a folder of files in one rename. False when its name stands there with anything else in it.

    Raises Forgotten or WrongDigest: no folder of that name is then made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    final = folder / together.name
    if final.exists():
        return final.is_dir() and {path.name: digest_of(path) for path in final.iterdir()} == {
            each.name: each.sha256 for each in together.files
        }
    partial = folder / f".{together.name}.tmp"
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir()
        for each in together.files:
            write(partial / each.name, consigne.read(each.sha256))
        sync(partial)
        os.rename(partial, final)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    sync(folder)
    return True


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

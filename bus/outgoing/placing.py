"""Files put in an outbox so that nobody ever sees a part of one: written beside, synchronised, renamed."""

import os
from collections.abc import Iterable
from pathlib import Path

from schemas.outcome import OutgoingFile


def place(folder: Path, file: OutgoingFile, replaces: bool = False) -> bool:
    """Write the file. False when another content already stands under its name and is not to be replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    final = folder / file.name
    if final.exists() and not replaces:
        return final.read_bytes() == file.content
    partial = folder / f".{file.name}.tmp"
    write(partial, (file.content,))
    os.replace(partial, final)
    sync(folder)
    return True


def write(path: Path, pieces: Iterable[bytes]) -> None:
    """All the pieces, on the disk when this returns."""
    with path.open("wb") as stream:
        for piece in pieces:
            stream.write(piece)
        stream.flush()
        os.fsync(stream.fileno())


def sync(folder: Path) -> None:
    """Make what was renamed in a folder survive a power cut."""
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)

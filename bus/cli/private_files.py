"""Files that name people, written for whoever runs the command and for nobody else."""

import os
from pathlib import Path

OURS_ALONE = 0o600


def made(folder: Path) -> None:
    """The folder, its owner's alone when it is new."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def write(path: Path, content: bytes) -> None:
    """Nobody ever sees a part of it; a file of that name is replaced."""
    partial = path.with_name(f".{path.name}.tmp")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OURS_ALONE)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    partial.replace(path)

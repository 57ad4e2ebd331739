"""The folders of one system's inbox and the atomic moves between them. Names are never trusted, links never followed."""

import os
import re
import stat
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LONGEST_NAME = 180
"""Bytes: with the receipt before it and the report's suffix after it, a file system still takes it."""

REPORT_SUFFIX = ".compte_rendu.txt"
DATA_SUFFIX = ".compte_rendu.json"
MARKS = (".done", ".ok")

_UNFINISHED = (".tmp", ".part", ".filepart", ".crdownload")
_CLAIMED = re.compile(r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})__(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in a folder, without having been opened or followed."""

    name: str
    size: int
    changed: int
    """Nanoseconds of the modification time."""
    inode: int
    regular: bool


def is_left_alone(name: str) -> bool:
    """Hidden files, and names that senders give while they write."""
    return name.startswith((".", "~$")) or name.lower().endswith(_UNFINISHED)


def has_bad_name(name: str) -> bool:
    """Not UTF-8, too long, or with characters that a screen or a log would not show as they are."""
    try:
        raw = name.encode()
    except UnicodeEncodeError:
        return True
    return len(raw) > LONGEST_NAME or not name.isprintable() or name != name.strip()


def printable(name: str) -> str:
    """The name with what cannot be shown replaced, cut to what a file system takes."""
    shown = "".join(character if character.isprintable() and character not in "/\\" else "_" for character in name)
    cut = shown.encode(errors="replace")[:LONGEST_NAME]
    return cut.decode(errors="ignore").strip(" .") or "sans_nom"


@dataclass(frozen=True, slots=True)
class Folders:
    """`depot/` is where people drop; the rest is ours."""

    root: Path

    @classmethod
    def of(cls, inbox: Path, system: str) -> "Folders":
        return cls(inbox / system)

    @property
    def depot(self) -> Path:
        return self.root / "depot"

    @property
    def in_progress(self) -> Path:
        return self.root / "en_cours"

    def make(self) -> None:
        """Create what is missing, for the owner and the group alone."""
        for folder in (self.depot, self.in_progress, self.root / "archive", self.root / "quarantaine"):
            folder.mkdir(parents=True, exist_ok=True, mode=0o770)

    def dropped(self) -> list[Entry]:
        """What stands in `depot/`, oldest first; what is left alone is not listed."""
        found = [entry for entry in _entries(self.depot) if not is_left_alone(entry.name)]
        return sorted(found, key=lambda entry: (entry.changed, entry.name))

    def claimed(self) -> Iterator[tuple[str | None, str, Path]]:
        """Receipt, name and path of what stands in `en_cours/`; no receipt for what someone else put there."""
        for entry in _entries(self.in_progress):
            found = _CLAIMED.fullmatch(entry.name)
            path = self.in_progress / entry.name
            yield (found[1], found[2], path) if found else (None, entry.name, path)

    def claim(self, name: str, receipt: str, kept_name: str) -> Path | None:
        """Take a file out of `depot/`; None when another worker, or its sender, took it first."""
        return self._claim(self.depot / name, receipt, kept_name)

    def adopt(self, path: Path, receipt: str, kept_name: str) -> Path | None:
        """Give a receipt to what stands in `en_cours/` without one."""
        return self._claim(path, receipt, kept_name)

    def _claim(self, source: Path, receipt: str, kept_name: str) -> Path | None:
        target = self.in_progress / f"{receipt}__{kept_name}"
        try:
            source.rename(target)
        except FileNotFoundError:
            return None
        sync(source.parent)
        sync(self.in_progress)
        return target

    def drop_marks(self, name: str) -> None:
        """Remove the marks of a claimed file, unless a new one of that name was dropped meanwhile."""
        if not os.path.lexists(self.depot / name):
            for mark in MARKS:
                path = self.depot / f"{name}{mark}"
                if path.is_file() and not path.is_symlink():
                    path.unlink(missing_ok=True)

    def free_place(self, folder: str, name: str, receipt: str) -> str:
        """A name in a folder, relative to the root, that neither a file nor its reports have."""
        for candidate in (name, f"{receipt}__{name}"):
            place = f"{folder}/{candidate}"
            if not any(os.path.lexists(self.root / f"{place}{suffix}") for suffix in ("", REPORT_SUFFIX, DATA_SUFFIX)):
                return place
        return f"{folder}/{uuid.uuid4()}__{name}"

    def settle(self, path: Path, place: str) -> None:
        """Move a claimed file to its last place; nothing when it already is there."""
        target = self.root / place
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o770)
        if os.path.lexists(path):
            path.rename(target)
        sync(target.parent)
        sync(self.in_progress)

    def write_beside(self, place: str, suffix: str, text: str) -> None:
        """Write a report in one move: nobody reads half of it."""
        target = self.root / f"{place}{suffix}"
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o770)
        unfinished = target.parent / f".{uuid.uuid4()}.tmp"
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o640)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(unfinished, target)


def is_regular(path: Path) -> bool:
    """An ordinary file, links not followed."""
    return stat.S_ISREG(path.lstat().st_mode)


def sync(folder: Path) -> None:
    """Make the renames of a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _entries(folder: Path) -> Iterator[Entry]:
    with os.scandir(folder) as found:
        for each in found:
            try:
                info = each.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            yield Entry(each.name, info.st_size, info.st_mtime_ns, info.st_ino, stat.S_ISREG(info.st_mode))

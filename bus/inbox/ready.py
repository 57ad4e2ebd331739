"""Which dropped files may be taken: marked as finished, or unchanged from one scan to the next and complete.

A sender's clock is not trusted: time is counted from when a change was last seen here.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bus.inbox.folders import MARKS, Entry, has_bad_name

STABLE_SCANS = 2


@dataclass(frozen=True, slots=True)
class Ready:
    """A file to take; with a flaw it is taken to be refused."""

    name: str
    flaw: str | None = None


@dataclass(slots=True)
class _Seen:
    size: int
    changed: int
    inode: int
    scans: int
    since: float
    incomplete: bool = False
    """Its end was looked for and is not there: the same bytes are not read again at each scan."""

    def is_same(self, entry: Entry) -> bool:
        return (self.size, self.changed, self.inode) == (entry.size, entry.changed, entry.inode)


class Watch:
    """Remembers what the scans of one `depot/` saw."""

    def __init__(self, is_complete: Callable[[str], bool], quiet: float, patience: float) -> None:
        self._is_complete = is_complete
        self._quiet = quiet
        self._patience = patience
        self._seen: dict[str, _Seen] = {}

    def ready(self, entries: Iterable[Entry], now: float) -> Iterator[Ready]:
        """Those to take, in the order given. `now`: monotonic seconds.

        Unchanged means in two scans at least, and for `quiet` seconds. What stays incomplete for `patience` has a flaw.
        """
        listed = list(entries)
        names = {entry.name for entry in listed}
        self._seen = {name: seen for name, seen in self._seen.items() if name in names}
        for entry in listed:
            seen = self._observe(entry, now)
            if _marked_of(entry.name) in names:
                continue
            if entry.regular and not has_bad_name(entry.name) and any(f"{entry.name}{mark}" in names for mark in MARKS):
                yield Ready(entry.name)
            elif seen.scans >= STABLE_SCANS and now - seen.since >= self._quiet:
                yield from self._stable(entry, seen, now)

    def _observe(self, entry: Entry, now: float) -> _Seen:
        seen = self._seen.get(entry.name)
        if seen is not None and seen.is_same(entry):
            seen.scans += 1
            return seen
        self._seen[entry.name] = seen = _Seen(entry.size, entry.changed, entry.inode, 1, now)
        return seen

    def _stable(self, entry: Entry, seen: _Seen, now: float) -> Iterator[Ready]:
        patient = now - seen.since < self._patience
        if not entry.regular:
            yield Ready(entry.name, "PAS_UN_FICHIER")
        elif has_bad_name(entry.name):
            yield Ready(entry.name, "NOM_INTERDIT")
        elif entry.name.endswith(MARKS):
            if not patient:
                yield Ready(entry.name, "MARQUE_SANS_FICHIER")
        elif not seen.incomplete and self._is_complete(entry.name):
            yield Ready(entry.name)
        elif patient:
            seen.incomplete = True
        else:
            yield Ready(entry.name, "FICHIER_INCOMPLET")


def _marked_of(name: str) -> str | None:
    """The file that a mark is about."""
    return next((name.removesuffix(mark) for mark in MARKS if name.endswith(mark)), None)

"""What the stack says when it cannot do its work."""

from pathlib import Path

from bus.told import Told


class StackFailure(Told):
    """A sentence for a person, in French: what failed, and what to do."""


def last_lines(log: Path, count: int = 15) -> str:
    """The end of a log, for the person who must find out why a server did not start."""
    if not log.exists():
        return "(journal vide)"
    with log.open("rb") as stream:
        stream.seek(max(0, log.stat().st_size - 16_384))
        return "\n".join(stream.read().decode(errors="replace").splitlines()[-count:]) or "(journal vide)"

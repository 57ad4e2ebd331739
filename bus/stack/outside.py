"""The word by which a stack finds what it keeps outside its `var`, drawn at its first start and noted in `var`.

What stands outside outlives a `var` that somebody deletes. The next stack at the same path must not take it for its own: a
name that follows from the path would make it do so, and would let anybody take the name before us.
"""

import hashlib
import json
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path

from bus.stack import ports
from bus.stack.failure import StackFailure
from bus.stack.places import Places

NOTE = "outside.json"
WORD = re.compile(r"[0-9a-f]{12,64}")
"""The note names folders that are removed: nothing else is read from it."""


def word(places: Places) -> str:
    """The noted word; without one, that of releases before the note, which follows from the path of `var`. Raises StackFailure."""
    return _own(places.var) or of_path(places.var)


def claim(places: Places, take: Callable[[str], bool], stands: Callable[[str], bool]) -> None:
    """Note a word where none is. To be called alone, before the first start leaves anything in `var`.

    `take` makes what bears a new word and says no where something already does; `stands` says whether something of ours does.
    A `var` whose stack was started by a release before the note (its ports stand there) keeps what bears its word. One that was
    moved keeps its word; a copy gets its own.
    """
    found = _own(places.var)
    before = of_path(places.var)
    if found is None and not (places.var / NOTE).exists() and (places.var / ports.FILE).exists() and stands(before):
        found = before
    while found is None:
        drawn = secrets.token_hex(16)
        found = drawn if take(drawn) else None
    _note(places.var, found)


def of_path(var: Path) -> str:
    """The word of a `var` without a note."""
    return hashlib.sha256(str(var).encode()).hexdigest()[:12]


def _own(var: Path) -> str | None:
    """The noted word, unless the note was copied from a `var` that still has it."""
    noted = _read(var)
    if noted is None:
        return None
    found, home = noted
    return None if _has(home, found) and not home.samefile(var) else found


def _has(var: Path, found: str) -> bool:
    try:
        noted = _read(var)
    except (OSError, StackFailure):
        return False
    return noted is not None and noted[0] == found


def _read(var: Path) -> tuple[str, Path] | None:
    """The word and the `var` for which it was drawn."""
    try:
        noted = json.loads((var / NOTE).read_bytes())
        found, home = noted["word"], Path(noted["var"])
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValueError, KeyError, TypeError):
        found, home = "", var
    if not isinstance(found, str) or not WORD.fullmatch(found):
        raise StackFailure(
            f"{var / NOTE} ne dit plus où sont les données de la pile. Remettez-le d'une sauvegarde, ou supprimez {var} pour repartir "
            "de données vides."
        )
    return found, home


def _note(var: Path, found: str) -> None:
    """Whole or not at all."""
    draft = var / f"{NOTE}.tmp"
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump({"word": found, "var": str(var)}, stream)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(draft, var / NOTE)

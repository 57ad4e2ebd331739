"""Invented identifiers with valid keys. They start where no real one is known to start (99), so that none is a person's."""

from random import Random

from schemas.identifiants import INES_LETTERS, KEY_ALPHABET, check_letter, nne36_key

KINDS = ("BEA", "INES", "NNE36")
WEIGHTS = (45, 45, 10)
_LETTERS = sorted(INES_LETTERS)
_BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def uai(number: int) -> str:
    """A UAI of the imaginary département 099: 7 digits and their key."""
    digits = f"099{number:04d}"
    return digits + check_letter(int(digits))


def nne(random: Random, rank: int, kind: str | None = None) -> tuple[str, str]:
    """A valid identifier in Apogée's two columns; different ranks give different identifiers. INES: 9 + 2, others 10 + 1."""
    kind = kind or random.choices(KINDS, WEIGHTS)[0]
    if kind == "INES":
        return f"99{rank:07d}", random.choice(_LETTERS) + random.choice(_LETTERS)
    body = f"99{rank:08d}" if kind == "BEA" else f"ZZZZZ{_base36(rank, 5)}"
    return body, check_letter(int(body)) if kind == "BEA" else nne36_key(body)


def mistyped(cle: str) -> str:
    """A key that does not fit, and that no other of our identifiers has: what a slip of the keyboard leaves."""
    if len(cle) == 2:
        return f"{cle[0]}Z"
    return str((int(cle) + 1) % 10) if cle.isdigit() else KEY_ALPHABET[(KEY_ALPHABET.index(cle) + 1) % len(KEY_ALPHABET)]


def _base36(number: int, width: int) -> str:
    text = ""
    for _ in range(width):
        number, digit = divmod(number, 36)
        text = _BASE36[digit] + text
    return text

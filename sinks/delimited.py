"""Delimited files that systems and spreadsheets both read whole: UTF-8 with a byte order mark, `;`, CR LF, quotes where needed.

Without the mark a French Excel shows the accents wrong; a reader of files skips it (`utf-8-sig`). A text that a spreadsheet
would take for a formula is preceded by an apostrophe. For a spreadsheet, an identifier is written `="0100007108"`: it then
keeps its zeros and is never shown as `1,11E+10`.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

BYTE_ORDER_MARK = "\ufeff"
FORMULA_STARTS = ("=", "+", "-", "@")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_IDENTIFIER = re.compile(r"[0-9A-Za-z._/-]{1,40}")
_KEPT = re.compile(r'="([0-9A-Za-z._/-]{1,40})"')


def table(lines: Iterable[Sequence[str]]) -> str:
    """The text of the lines, without a byte order mark."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(lines)
    return text.getvalue()


def cell(value: Any) -> str:
    """One value as a text that no spreadsheet runs."""
    text = _CONTROLS.sub(" ", "" if value is None else str(value))
    return f"'{text}" if text.lstrip().startswith(FORMULA_STARTS) else text


def kept(identifier: str | None) -> str:
    """An identifier that a spreadsheet leaves as it is; a text that is none is written as a text."""
    if not identifier:
        return ""
    return f'="{identifier}"' if _IDENTIFIER.fullmatch(identifier) else cell(identifier)


def unkept(text: str) -> str:
    """What `kept` and `cell` wrote, as it was; a spreadsheet that saved the file gives the plain text."""
    found = _KEPT.fullmatch(text.strip())
    if found is not None:
        return found[1]
    plain = text.strip()
    return plain[1:] if plain.startswith("'") else plain


def closed(lines: Sequence[Sequence[str]], sums: Sequence[str]) -> bytes:
    """A file whose last line says that it is whole: `FIN`, `sums`, and the SHA-256 (hexadecimal) of all the bytes before it."""
    body = BYTE_ORDER_MARK + table(lines)
    digest = hashlib.sha256(body.encode()).hexdigest()
    last = ("FIN", *sums, digest)
    return (body + table([(*last, *[""] * (len(lines[0]) - len(last)))])).encode()

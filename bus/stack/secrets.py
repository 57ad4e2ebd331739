"""The secrets of an embedded installation, made once, readable by their owner alone. Production brings its own."""

import json
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

STUDENT_KEY = "student_key"
HTTP_TOKENS = "http_tokens.json"


def make(folder: Path, systems: Sequence[str]) -> None:
    """Make what is missing in `folder` and leave what is there: keys of students must never change by themselves.

    The token `local` may push for every one of `systems`: `[{"name": "local", "token": "…", "scopes": ["apogee", …]}]`.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write_new(folder / STUDENT_KEY, secrets.token_hex(32) + "\n")
    tokens = [{"name": "local", "token": secrets.token_urlsafe(32), "scopes": list(systems)}]
    _write_new(folder / HTTP_TOKENS, json.dumps(tokens, indent=2) + "\n")


def _write_new(file: Path, content: str) -> None:
    """Never over another file, never readable by others, never half written."""
    if file.exists():
        return
    draft = file.with_suffix(".tmp")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(draft, file)

"""The secrets of an embedded installation, made once, readable by their owner alone. Production brings its own."""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from bus import tokens
from bus.stack import compose_settings

STUDENT_KEY = "student_key"
HTTP_TOKENS = "http_tokens.json"
LOCAL_BEARER = "http_token"
LOCAL = "local"


def make(folder: Path, systems: Sequence[str]) -> None:
    """Make what is missing in `folder` and leave what is there: keys of students must never change by themselves.

    The token `local` may push for every one of `systems`: its hash is with the others, itself alone in `http_token`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    _write_new(folder / STUDENT_KEY, secrets.token_hex(32) + "\n")
    if not (folder / LOCAL_BEARER).exists():
        tokens_file = folder / HTTP_TOKENS
        if any(each.name == LOCAL and each.revoked is None for each in tokens.read(tokens_file)):
            tokens.revoke(tokens_file, LOCAL)
        token = tokens.create(tokens_file, LOCAL, [tokens.scope_of(system) for system in systems])
        _write_new(folder / LOCAL_BEARER, token + "\n")


def make_for_compose(folder: Path, systems: Sequence[str]) -> None:
    """The same, with the password that the containers share and the settings to fill in: what `docker-compose.yml` mounts.

    The folder is its owner's alone; the files are not, because the users of the containers are others than ours.
    """
    make(folder, systems)
    password = folder / "database_password"
    _write_new(password, secrets.token_urlsafe(32) + "\n")
    _write_new(folder / "registry.properties", f"apicurio.datasource.password={password.read_text()}")
    _write_new(folder / compose_settings.FILE, compose_settings.TEMPLATE)
    (folder / compose_settings.FOLDER).mkdir(exist_ok=True)
    for file in filter(Path.is_file, folder.rglob("*")):
        file.chmod(0o644)


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

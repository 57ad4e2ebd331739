"""Bearer tokens of the HTTP push: kept as hashes in one file of its owner alone, given in clear once.

A token is 32 random bytes, so a plain SHA-256 of it cannot be searched. The file: `[{"name", "sha256", "scopes",
"created", "revoked"}]`; a scope is `<system>:ecrire`, `<domaine>:lire`, or one of API Particulier's own (`cnous_identite`).
"""

import fcntl
import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bus.told import Told

WRITE = "ecrire"
_SCOPE = re.compile(r"[a-z][a-z0-9_]{0,30}:(?:ecrire|lire)|cnous_[a-z_]{1,30}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class TokensRefused(Told):
    """The tokens file, or what is asked of it, cannot be."""

    exit_code = 4


@dataclass(frozen=True, slots=True)
class Token:
    """Who may push what. The token itself is not here."""

    name: str
    """Shown in logs: the application's, never a person's."""
    sha256: str
    scopes: tuple[str, ...]
    created: str
    """ISO 8601, UTC."""
    revoked: str | None = None

    def may(self, scope: str) -> bool:
        return self.revoked is None and scope in self.scopes


def scope_of(system: str) -> str:
    """What pushing for a system needs."""
    return f"{system}:{WRITE}"


def read(file: Path) -> tuple[Token, ...]:
    """The tokens of the file, revoked ones included; none when there is no file. Raises TokensRefused."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        tokens = tuple(Token(**{**each, "scopes": tuple(each["scopes"])}) for each in found)
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, TypeError, KeyError):
        raise TokensRefused(f"Le fichier des jetons {file.name} est illisible : recréez-le par « passerelle tokens create ».") from None
    if not all(isinstance(each.sha256, str) and _SHA256.fullmatch(each.sha256) for each in tokens):
        raise TokensRefused(f"Le fichier des jetons {file.name} contient un jeton sans empreinte : recréez-le.")
    return tokens


def create(file: Path, name: str, scopes: Sequence[str]) -> str:
    """Make a token and keep its hash; the token, which nothing shows again. Raises TokensRefused."""
    if not _NAME.fullmatch(name):
        raise TokensRefused("Le nom d'un jeton a au plus 64 lettres, chiffres, points et tirets : celui de l'application qui l'utilise.")
    wrong = [scope for scope in scopes if not _SCOPE.fullmatch(scope)]
    if wrong or not scopes:
        raise TokensRefused(
            "Une portée s'écrit « <système>:ecrire » (« apogee:ecrire »), « <domaine>:lire » (« bourses:lire ») ou « cnous_… » ; "
            "il en faut au moins une."
        )
    token = secrets.token_urlsafe(32)
    with _changing(file) as tokens:
        if any(each.name == name and each.revoked is None for each in tokens):
            raise TokensRefused(f"Un jeton « {name} » est déjà en cours : révoquez-le d'abord, ou donnez un autre nom.")
        tokens.append(Token(name, digest(token), tuple(dict.fromkeys(scopes)), _now()))
    return token


def revoke(file: Path, name: str) -> None:
    """End a token; a server that runs sees it at its next request. Raises TokensRefused when there is none of that name."""
    with _changing(file) as tokens:
        current = [rank for rank, each in enumerate(tokens) if each.name == name and each.revoked is None]
        if not current:
            raise TokensRefused(f"Aucun jeton en cours ne s'appelle « {name} ».")
        for rank in current:
            tokens[rank] = replace(tokens[rank], revoked=_now())


def digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="surrogateescape")).hexdigest()


class TokenFile:
    """The tokens as the file has them now: read again whenever it changes."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._path = str(file)
        self._stamp: tuple[int, int, int] | None = None
        self._valid: dict[str, Token] = {}
        """Those that are not revoked, by their hash."""

    def holder(self, presented: str) -> Token | None:
        """The valid token of the file that was presented; None for an unknown one. Looked up by its hash, of which a caller cannot
        choose a single character: how long the look-up takes tells nothing of another's token."""
        return self._current().get(digest(presented))

    def _current(self) -> dict[str, Token]:
        try:
            info = os.stat(self._path)  # noqa: PTH116 - at each request: Path.stat costs twice as much
        except FileNotFoundError:
            self._stamp, self._valid = None, {}
            return self._valid
        stamp = (info.st_mtime_ns, info.st_size, info.st_ino)
        if stamp != self._stamp:
            self._valid = {token.sha256: token for token in read(self._file) if token.revoked is None}
            self._stamp = stamp
        return self._valid


@contextmanager
def _changing(file: Path) -> Iterator[list[Token]]:
    """The tokens to change, written back whole, one change at a time; nothing is written when the block raises."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = os.open(file.with_name(f".{file.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        tokens = list(read(file))
        yield tokens
        draft = file.with_name(f".{file.name}.tmp")
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(json.dumps([asdict(each) for each in tokens], ensure_ascii=False, indent=2) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(draft, file)
    finally:
        os.close(lock)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")

"""Secrets of an embedded installation."""

from pathlib import Path

from bus import tokens
from bus.stack import secrets


def _contents(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in folder.iterdir() if file.stat().st_size}


def test_secrets_are_made_once_and_readable_by_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    secrets.make(folder, ("apogee", "aglae"))
    files = _contents(folder)
    assert set(files) == {"student_key", "http_tokens.json", "http_token"}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}
    assert len(files["student_key"].strip()) == 64
    secrets.make(folder, ("apogee", "aglae"))
    assert _contents(folder) == files


def test_the_local_token_may_write_for_every_system_and_is_kept_as_a_hash(tmp_path: Path) -> None:
    secrets.make(tmp_path, ("apogee", "aglae"))
    token = (tmp_path / "http_token").read_text().strip()
    assert token not in (tmp_path / "http_tokens.json").read_text()
    holder = tokens.TokenFile(tmp_path / "http_tokens.json").holder(token)
    assert holder is not None
    assert all(holder.may(tokens.scope_of(system)) for system in ("apogee", "aglae"))


def test_two_installations_have_different_secrets(tmp_path: Path) -> None:
    secrets.make(tmp_path / "a", ("apogee",))
    secrets.make(tmp_path / "b", ("apogee",))
    assert not set(_contents(tmp_path / "a").values()) & set(_contents(tmp_path / "b").values())

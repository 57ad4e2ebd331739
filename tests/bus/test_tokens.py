"""Who may push: hashed, scoped, revocable, and never shown again."""

import json
import threading
from pathlib import Path

import pytest

from bus import tokens
from bus.stack import secrets
from bus.tokens import TokenFile, TokensRefused


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "secrets" / "http_tokens.json"


def test_a_token_is_given_once_and_kept_as_its_hash_for_its_owner_alone(file: Path) -> None:
    token = tokens.create(file, "scolarite", ["apogee:ecrire"])
    assert len(token) >= 43
    assert token not in file.read_text()
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    holder = TokenFile(file).holder(token)
    assert holder is not None
    assert (holder.name, holder.may("apogee:ecrire"), holder.may("aglae:ecrire")) == ("scolarite", True, False)


def test_a_revoked_token_is_unknown_at_the_next_request(file: Path) -> None:
    token = tokens.create(file, "scolarite", ["apogee:ecrire"])
    known = TokenFile(file)
    assert known.holder(token) is not None
    tokens.revoke(file, "scolarite")
    assert known.holder(token) is None
    renewed = tokens.create(file, "scolarite", ["apogee:ecrire"])
    assert known.holder(renewed) is not None
    assert [each.revoked is None for each in tokens.read(file)] == [False, True]


@pytest.mark.parametrize("presented", ["", "x", "é", "\udcff", "a" * 100_000])
def test_what_is_no_token_is_unknown(file: Path, presented: str) -> None:
    tokens.create(file, "scolarite", ["apogee:ecrire"])
    assert TokenFile(file).holder(presented) is None


def test_without_a_file_nobody_may(file: Path) -> None:
    assert TokenFile(file).holder("x") is None


@pytest.mark.parametrize(
    ("name", "scopes"),
    [
        ("", ["apogee:ecrire"]),
        ("Mme Testard", ["apogee:ecrire"]),
        ("a", []),
        ("a", ["apogee"]),
        ("a", ["apogee:effacer"]),
        ("a", ["cnous_"]),
    ],
)
def test_a_name_or_a_scope_that_cannot_be_is_refused(file: Path, name: str, scopes: list[str]) -> None:
    with pytest.raises(TokensRefused):
        tokens.create(file, name, scopes)
    assert not file.exists()


def test_two_tokens_in_force_never_share_a_name(file: Path) -> None:
    tokens.create(file, "a", ["apogee:ecrire"])
    with pytest.raises(TokensRefused, match="déjà en cours"):
        tokens.create(file, "a", ["apogee:ecrire"])
    with pytest.raises(TokensRefused, match="Aucun jeton"):
        tokens.revoke(file, "b")
    assert len(tokens.read(file)) == 1


@pytest.mark.parametrize("content", ["", "{", "[1]", '[{"name": "a", "token": "clair", "scopes": []}]', '[{"name": "a"}]'])
def test_a_file_that_is_not_ours_is_refused_and_never_believed(file: Path, content: str) -> None:
    file.parent.mkdir()
    file.write_text(content)
    with pytest.raises(TokensRefused):
        TokenFile(file).holder("clair")


def test_changes_made_at_once_are_all_kept(file: Path) -> None:
    makers = [threading.Thread(target=tokens.create, args=(file, f"a{number}", ["apogee:ecrire"])) for number in range(8)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert {each.name for each in tokens.read(file)} == {f"a{number}" for number in range(8)}


def test_the_embedded_installation_keeps_its_own_token_apart_from_the_hashes(tmp_path: Path) -> None:
    secrets.make(tmp_path, ("apogee",))
    local = (tmp_path / secrets.LOCAL_BEARER).read_text().strip()
    assert local not in (tmp_path / secrets.HTTP_TOKENS).read_text()
    holder = TokenFile(tmp_path / secrets.HTTP_TOKENS).holder(local)
    assert holder is not None
    assert holder.may("apogee:ecrire")
    secrets.make(tmp_path, ("apogee",))
    assert (tmp_path / secrets.LOCAL_BEARER).read_text().strip() == local
    (tmp_path / secrets.LOCAL_BEARER).unlink()
    secrets.make(tmp_path, ("apogee",))
    assert TokenFile(tmp_path / secrets.HTTP_TOKENS).holder(local) is None
    assert len(json.loads((tmp_path / secrets.HTTP_TOKENS).read_text())) == 2

"""The word of what stands outside `var`: drawn once, kept by an installation of before, never that of a `var` that is gone."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bus.stack import outside, ports, postgres
from bus.stack.failure import StackFailure
from bus.stack.places import Places


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return _made(tmp_path / "projet" / "var")


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """In place of `/var/tmp`; the server's user, another than ours where we are root, is ours otherwise."""
    folder = tmp_path / "partage"
    folder.mkdir()
    user = postgres._Account(folder, 65534 if os.geteuid() == 0 else os.geteuid(), os.getegid())

    def account(places: Places, word: str | None = None) -> postgres._Account:
        return postgres._Account(folder / f"passerelle-{word or outside.word(places)}", user.user, user.group)

    monkeypatch.setattr(postgres, "_account", account)
    yield folder
    assert all(found.is_symlink() or found.stat().st_mode & 0o777 == 0o700 for found in folder.iterdir()), "everything is closed"


def _made(var: Path) -> Places:
    var.mkdir(parents=True)
    return Places.of(var)


def _started_before_the_note(places: Places, shared: Path) -> Path:
    ports.remember(places.var / ports.FILE, ["a"])
    home = shared / f"passerelle-{outside.of_path(places.var)}"
    home.mkdir(mode=0o700)
    os.chown(home, postgres._account(places).user or os.geteuid(), -1)
    return home


def test_a_new_stack_draws_a_word_once_and_makes_its_home_closed(places: Places, shared: Path) -> None:
    postgres.claim(places)
    home = postgres.home(places)
    assert home.is_dir()
    assert home.name not in {f"passerelle-{outside.of_path(places.var)}"}
    assert (places.var / outside.NOTE).stat().st_mode & 0o777 == 0o600
    postgres.claim(places)
    assert postgres.home(places) == home
    assert list(shared.iterdir()) == [home]


def test_a_project_cloned_again_at_the_same_path_does_not_find_the_data_of_the_former(places: Places, shared: Path) -> None:
    postgres.claim(places)
    former = postgres.home(places)
    (former / "data").mkdir()
    shutil.rmtree(places.var)
    again = _made(places.var)
    postgres.claim(again)
    assert postgres.home(again) != former
    assert not list(postgres.home(again).iterdir())


def test_a_folder_of_before_alone_is_not_taken_up(places: Places, shared: Path) -> None:
    home = _started_before_the_note(places, shared)
    (places.var / ports.FILE).unlink()
    postgres.claim(places)
    assert postgres.home(places) != home


def test_an_installation_of_before_keeps_its_data(places: Places, shared: Path) -> None:
    home = _started_before_the_note(places, shared)
    assert postgres.home(places) == home
    postgres.claim(places)
    assert postgres.home(places) == home
    home.rmdir()
    assert postgres.home(places) == home, "what is noted does not hang on what stands"


@pytest.mark.parametrize("theirs", ["link", "file"])
def test_what_somebody_put_under_the_name_of_before_is_not_followed(places: Places, shared: Path, theirs: str) -> None:
    home = _started_before_the_note(places, shared)
    home.rmdir()
    if theirs == "link":
        (shared / "ailleurs").mkdir(mode=0o700)
        home.symlink_to(shared / "ailleurs")
    else:
        home.touch(mode=0o700)
        home.chmod(0o700)
    postgres.claim(places)
    assert postgres.home(places) != home


def test_a_name_that_is_taken_is_drawn_again(places: Places, shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shared / f"passerelle-{'a' * 32}").symlink_to(shared / "nulle-part")
    (shared / f"passerelle-{'b' * 32}").mkdir(mode=0o700)
    drawn = iter(("a" * 32, "b" * 32, "c" * 32))
    monkeypatch.setattr("bus.stack.outside.secrets.token_hex", lambda _bytes: next(drawn))
    postgres.claim(places)
    assert postgres.home(places).name == f"passerelle-{'c' * 32}"
    assert not (shared / "nulle-part").exists()


def test_a_project_that_moves_keeps_its_data_and_a_copy_has_its_own(places: Places, shared: Path, tmp_path: Path) -> None:
    postgres.claim(places)
    home = postgres.home(places)
    copy = Places.of(shutil.copytree(places.var, tmp_path / "copie"))
    assert postgres.home(copy) != home, "even a copy that was never started removes nothing of the other"
    postgres.claim(copy)
    assert postgres.home(copy) != home
    (tmp_path / "lien").symlink_to(places.var)
    assert postgres.home(Places.of(tmp_path / "lien")) == home
    moved = Places.of(places.var.rename(tmp_path / "ailleurs"))
    assert postgres.home(moved) == home
    postgres.claim(moved)
    assert json.loads((moved.var / outside.NOTE).read_text())["var"] == str(moved.var)
    assert postgres.home(moved) == home


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"word": "../../etc", "var": "/srv"}', '{"word": 7, "var": "/srv"}', '{"word": "a'])
def test_a_note_that_is_none_is_told_and_no_data_are_put_aside_in_silence(places: Places, shared: Path, content: str) -> None:
    (places.var / outside.NOTE).write_text(content)
    with pytest.raises(StackFailure, match="ne dit plus où sont les données"):
        postgres.claim(places)
    with pytest.raises(StackFailure, match="supprimez"):
        postgres.home(places)
    assert not list(shared.iterdir())

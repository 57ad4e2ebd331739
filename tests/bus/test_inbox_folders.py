"""When a dropped file may be taken, and what hostile names and things become."""

import os
import socket
from pathlib import Path

import pytest

from bus.inbox.complete import is_complete
from bus.inbox.folders import LONGEST_NAME, Entry, Folders, has_bad_name, is_left_alone, is_regular, printable
from bus.inbox.ready import Ready, Watch

RECEIPT = "0b0e7f5c-0000-4000-8000-000000000001"


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    made = Folders.of(tmp_path / "inbox", "apogee")
    made.make()
    return made


def entry(name: str, size: int = 1, changed: int = 1, inode: int = 1, regular: bool = True) -> Entry:
    return Entry(name, size, changed, inode, regular)


def names(watch: Watch, now: float, *entries: Entry) -> list[Ready]:
    return list(watch.ready(entries, now))


def test_a_file_is_taken_when_two_scans_saw_it_the_same_and_it_is_complete() -> None:
    watch = Watch(lambda _name: True, quiet=2.0, patience=60.0)
    assert names(watch, 0.0, entry("a.csv")) == []
    assert names(watch, 1.0, entry("a.csv")) == []
    assert names(watch, 2.0, entry("a.csv")) == [Ready("a.csv")]


@pytest.mark.parametrize("changed", [entry("a.csv", size=2), entry("a.csv", changed=2), entry("a.csv", inode=2)])
def test_a_file_that_changes_starts_its_wait_again(changed: Entry) -> None:
    watch = Watch(lambda _name: True, quiet=0.0, patience=60.0)
    names(watch, 0.0, entry("a.csv"))
    assert names(watch, 1.0, changed) == []
    assert names(watch, 2.0, changed) == [Ready("a.csv")]


def test_a_file_that_went_and_came_back_is_a_new_one() -> None:
    watch = Watch(lambda _name: True, quiet=0.0, patience=60.0)
    names(watch, 0.0, entry("a.csv"))
    names(watch, 1.0)
    assert names(watch, 2.0, entry("a.csv")) == []


@pytest.mark.parametrize("mark", [".done", ".ok"])
def test_a_mark_makes_a_file_ready_at_once_even_without_its_end(mark: str) -> None:
    watch = Watch(lambda _name: False, quiet=60.0, patience=60.0)
    assert names(watch, 0.0, entry("a.csv"), entry(f"a.csv{mark}", 0)) == [Ready("a.csv")]


def test_an_incomplete_file_is_left_alone_then_refused_after_the_patience() -> None:
    watch = Watch(lambda _name: False, quiet=0.0, patience=60.0)
    for now in (0.0, 1.0, 59.0):
        assert names(watch, now, entry("a.csv")) == []
    assert names(watch, 60.0, entry("a.csv")) == [Ready("a.csv", "FICHIER_INCOMPLET")]


def test_a_mark_without_its_file_is_said_after_the_patience() -> None:
    watch = Watch(lambda _name: True, quiet=0.0, patience=60.0)
    names(watch, 0.0, entry("a.csv.done", 0))
    assert names(watch, 1.0, entry("a.csv.done", 0)) == []
    assert names(watch, 61.0, entry("a.csv.done", 0)) == [Ready("a.csv.done", "MARQUE_SANS_FICHIER")]


def test_what_is_no_file_and_what_has_a_bad_name_is_taken_to_be_refused() -> None:
    watch = Watch(lambda _name: pytest.fail("opened"), quiet=0.0, patience=60.0)
    odd = [entry("folder", regular=False), entry("a\nb.csv")]
    names(watch, 0.0, *odd)
    assert names(watch, 1.0, *odd) == [Ready("folder", "PAS_UN_FICHIER"), Ready("a\nb.csv", "NOM_INTERDIT")]


@pytest.mark.parametrize("name", ["a.tmp", "a.csv.part", "a.FILEPART", ".a.csv", "..a", "~$a.csv", "a.crdownload"])
def test_unfinished_and_hidden_names_are_left_alone(name: str) -> None:
    assert is_left_alone(name)


@pytest.mark.parametrize(
    "name", ["a\nb.csv", "a\x1b[31m.csv", "é\udce9.csv", "x" * (LONGEST_NAME + 1), "é" * 91, " a.csv", "a\u202ecsv.exe", "a\u200b.csv"]
)
def test_names_that_a_screen_or_a_log_would_not_show_are_bad(name: str) -> None:
    assert has_bad_name(name)
    shown = printable(name)
    assert shown.isprintable()
    assert 0 < len(shown.encode()) <= LONGEST_NAME
    assert "/" not in shown


@pytest.mark.parametrize("name", ["Export Apogée (1).csv", "ExportXML_Communs(1).zip", "-rf", "été.json"])
def test_ordinary_names_are_kept(name: str) -> None:
    assert not has_bad_name(name)
    assert printable(name) == name


def test_a_claim_is_a_rename_that_only_one_wins(folders: Folders) -> None:
    (folders.depot / "a.csv").write_text("x")
    first = folders.claim("a.csv", RECEIPT, "a.csv")
    assert first is not None
    assert first.read_text() == "x"
    assert folders.claim("a.csv", RECEIPT.replace("1", "2"), "a.csv") is None
    assert [(receipt, name) for receipt, name, _ in folders.claimed()] == [(RECEIPT, "a.csv")]


def test_a_link_a_tube_a_socket_and_a_folder_are_moved_without_being_followed(folders: Folders, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    (folders.depot / "link.csv").symlink_to(secret)
    os.mkfifo(folders.depot / "tube.csv")
    (folders.depot / "folder.csv").mkdir()
    (folders.depot / "dangling.csv").symlink_to(tmp_path / "nothing")
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind(str(folders.depot / "socket.csv"))
        assert [each.name for each in folders.dropped() if each.regular] == []
        for number, each in enumerate(folders.dropped()):
            path = folders.claim(each.name, f"0b0e7f5c-0000-4000-8000-{number:012}", each.name)
            assert path is not None
            assert not is_regular(path)
            folders.settle(path, f"quarantaine/{each.name}")
    assert secret.read_text() == "secret"
    assert sorted(path.name for path in (folders.root / "quarantaine").iterdir()) == [
        "dangling.csv", "folder.csv", "link.csv", "socket.csv", "tube.csv"
    ]  # fmt: skip


def test_a_link_is_never_opened(folders: Folders, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("secret\n")
    (folders.depot / "link.csv").symlink_to(secret)
    with pytest.raises(OSError, match=r"link\.csv"):
        is_complete(folders.depot / "link.csv", "link.csv")


def test_two_refused_files_of_one_name_and_their_reports_all_stay(folders: Folders) -> None:
    assert folders.free_place("quarantaine", "a.csv", RECEIPT) == "quarantaine/a.csv"
    folders.write_beside("quarantaine/a.csv", ".compte_rendu.txt", "dit")
    assert folders.free_place("quarantaine", "a.csv", RECEIPT) == f"quarantaine/{RECEIPT}__a.csv"
    (folders.root / f"quarantaine/{RECEIPT}__a.csv").touch()
    third = folders.free_place("quarantaine", "a.csv", RECEIPT)
    assert third not in {"quarantaine/a.csv", f"quarantaine/{RECEIPT}__a.csv"}


ZIP_END = b"PK\x05\x06" + bytes(16)


@pytest.mark.parametrize(
    ("name", "content", "complete"),
    [
        ("a.csv", b"", False),
        ("a.dat", b"", False),
        ("a.csv", b"A;B\n1;2\n", True),
        ("a.csv", b"A;B\n1;2", False),
        ("A.CSV", "A;B\r\n".encode("utf-16"), True),
        ("a.json", b'{"a": [1, {"b": "}"}]}\n', True),
        ("a.json", b'[{"a": 1}', False),
        ("a.json", b'[{"a": 1}, {"b": 2}', False),
        ("a.json", b'{"a": "}]', False),
        ("a.json", b'{"a": "\\"}', False),
        ("a.json", b'{"a": "\\\\"}', True),
        ("a.json", b'[{"a": "' + b'\\"' * 200_000 + b'"}]', True),
        ("a.json", b"not json at all", True),
        ("a.json", '[{"a": 1}]'.encode("utf-16"), True),
        ("a.json", '[{"a": 1'.encode("utf-16"), False),
        ("a.xml", b'<?xml version="1.0"?><!-- <b> --><A><b/></A>\n<!-- end -->\n', True),
        ("a.xml", b"<A><b>", False),
        ("a.xml", b"<A><b/></A", False),
        ("a.xml", b"<A/>", True),
        ("a.xml", "<É></É>".encode(), True),
        ("a.zip", b"PK\x03\x04....", False),
        ("a.zip", b"PK\x03\x04...." + ZIP_END + b"\x00\x00", True),
        ("a.zip", b"PK\x03\x04...." + ZIP_END + b"\x05\x00abc", False),
        ("a.pdf", b"%PDF", True),
    ],
)
def test_a_file_without_its_end_is_not_complete(tmp_path: Path, name: str, content: bytes, complete: bool) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert is_complete(path, name) is complete

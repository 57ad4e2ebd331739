"""Archives that nobody trusts. Every hostile archive is built here."""

import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.transport.faults import CODES, Unreadable
from connectors.transport.zip import Limits, SafeArchive, is_zip, write_zip

XML = b"<a>" + b"x" * 200 + b"</a>"


def assert_known(refused: Unreadable) -> None:
    assert refused.fault.code in CODES


def zipped(*files: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return buffer.getvalue()


def code_of(content: bytes, limits: Limits | None = None) -> str:
    """The code with which an archive is refused, at its opening or while all of it is read."""
    with pytest.raises(Unreadable) as caught:
        SafeArchive(io.BytesIO(content), limits or Limits()).verify()
    assert caught.value.fault.code in CODES
    assert caught.value.fault.remede
    return caught.value.fault.code


def named(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("x")
    info.filename = name
    return info


def test_a_good_archive_is_read_to_its_bytes() -> None:
    archive = SafeArchive(io.BytesIO(zipped(("a.xml", XML), ("b.xml", b""))))
    assert [info.filename for info in archive.entries] == ["a.xml", "b.xml"]
    with archive.open(archive.entries[0]) as entry:
        assert entry.read() == XML
    archive.verify()


def test_what_we_write_is_read_back_and_does_not_depend_on_the_day() -> None:
    files = (("é.xml", XML), ("b/c.txt", b"\0" * 10))
    content = write_zip(files)
    assert content == write_zip(files)
    archive = SafeArchive(io.BytesIO(content))
    assert [(info.filename, archive.open(info).read()) for info in archive.entries] == list(files)


def test_an_archive_is_known_by_its_first_bytes_only() -> None:
    assert is_zip(zipped(("a", b"1")))
    assert is_zip(zipped())
    assert not is_zip(b"<?xml")
    assert not is_zip(b"")


@pytest.mark.parametrize(
    "name",
    ["../a.xml", "a/../../b.xml", "/etc/passwd", "C:/a.xml", "C:a.xml", "\\\\server\\a", "a\\b.xml", "a\nb.xml", "a\u202eb.xml", ".",
     "a/./b",     "a//b", "con /a", "x" * 201],
)  # fmt: skip
def test_names_that_leave_the_archive_are_refused(name: str) -> None:
    assert code_of(zipped((named(name), XML))) == "ZIP_NOM_INTERDIT"


def test_a_name_with_a_nul_is_refused() -> None:
    content = zipped((named("a@b.xml"), XML)).replace(b"a@b.xml", b"a\0b.xml")
    assert code_of(content) == "ZIP_NOM_INTERDIT"


@pytest.mark.parametrize("pair", [("a.xml", "a.xml"), ("a.xml", "A.XML"), ("\u00e9.xml", "e\u0301.xml"), ("dir/", "DIR")])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_that_would_be_one_file_elsewhere_are_refused(pair: tuple[str, str]) -> None:
    assert code_of(zipped((named(pair[0]), b""), (named(pair[1]), b""))) == "ZIP_DOUBLON"


def test_too_many_entries_are_refused() -> None:
    assert code_of(zipped(*((f"{rank}.xml", b"") for rank in range(501)))) == "ZIP_TROP_D_ENTREES"


def test_a_bomb_is_refused_by_its_ratio() -> None:
    assert code_of(zipped(("a.xml", b"0" * 20_000_000))) == "ZIP_RATIO"


def test_an_entry_that_is_too_big_is_refused() -> None:
    assert code_of(zipped(("a.xml", XML * 100), method=zipfile.ZIP_STORED), Limits(entry_size=1000)) == "FICHIER_TROP_GROS"


def test_entries_that_are_too_big_together_are_refused() -> None:
    two = zipped(("a.xml", XML), ("b.xml", XML), method=zipfile.ZIP_STORED)
    assert code_of(two, Limits(entry_size=1000, total_size=300)) == "FICHIER_TROP_GROS"


def test_a_directory_that_lies_about_a_size_is_caught_while_reading() -> None:
    content = zipped(("a.xml", b"0" * 5_000_000))
    lying = content.replace(struct.pack("<I", 5_000_000), struct.pack("<I", 100))
    assert lying != content
    assert code_of(lying) in ("ZIP_ABIME", "ZIP_RATIO")


def test_what_really_comes_out_is_counted_too() -> None:
    """The second lock, behind the directory's sizes: it holds even where the library would read on."""
    archive = SafeArchive(io.BytesIO(zipped(("a.xml", XML))))
    archive._limits = Limits(entry_size=10)
    with pytest.raises(Unreadable) as caught:
        archive.verify()
    assert caught.value.fault.code == "FICHIER_TROP_GROS"


def test_a_wrong_checksum_is_caught() -> None:
    content = zipped(("a.xml", XML), method=zipfile.ZIP_STORED)
    assert code_of(content.replace(b"xxxx", b"xxyx", 1)) == "ZIP_ABIME"


def test_a_broken_stream_is_caught() -> None:
    content = bytearray(zipped(("a.xml", bytes(range(256)) * 40)))
    content[60:70] = b"\xff" * 10
    assert code_of(bytes(content)) == "ZIP_ABIME"


@pytest.mark.parametrize("keep", [10, 40, 100, -1, -10, -21, -40])
def test_a_truncated_archive_is_refused(keep: int) -> None:
    assert code_of(zipped(("a.xml", XML), ("b.xml", XML))[:keep]) in ("ZIP_ILLISIBLE", "ZIP_ABIME", "ZIP_CHEVAUCHEMENT")


def test_overlapping_entries_are_refused() -> None:
    """Two names, one stretch of bytes (zbsm, CVE-2024-0450)."""
    body = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = body.compress(b"0" * 900_000) + body.flush()
    crc = zlib.crc32(b"0" * 900_000)
    local = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 8, 0, 33, crc, len(packed), 900_000, 5, 0) + b"a.xml" + packed
    directory = b"".join(
        struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, 20, 0, 8, 0, 33, crc, len(packed), 900_000, 5, 0, 0, 0, 0, 0, 0) + name
        for name in (b"a.xml", b"b.xml")
    )
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 2, 2, len(directory), len(local), 0)
    assert code_of(local + directory + end) == "ZIP_CHEVAUCHEMENT"


def test_an_entry_that_reaches_into_the_directory_is_refused() -> None:
    content = zipped(("a.xml", XML), method=zipfile.ZIP_STORED)
    longer = content.replace(struct.pack("<II", len(XML), len(XML)), struct.pack("<II", len(XML) + 60, len(XML) + 60))
    assert code_of(longer) in ("ZIP_CHEVAUCHEMENT", "ZIP_ABIME")


def test_encrypted_entries_are_refused() -> None:
    content = bytearray(zipped(("a.xml", XML)))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert code_of(bytes(content)) == "ZIP_CHIFFRE"


def test_links_are_refused() -> None:
    link = zipfile.ZipInfo("a.xml")
    link.external_attr = 0o120777 << 16
    assert code_of(zipped((link, b"/etc/passwd"))) == "ZIP_LIEN"


def test_devices_are_refused() -> None:
    device = zipfile.ZipInfo("a.xml")
    device.external_attr = 0o020666 << 16
    assert code_of(zipped((device, b""))) == "ZIP_LIEN"


def test_an_archive_in_an_archive_is_refused() -> None:
    assert code_of(zipped(("a.zip", zipped(("b.xml", XML))))) == "ZIP_IMBRIQUE"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_rare_compressions_are_refused(method: int) -> None:
    assert code_of(zipped(("a.xml", XML), method=method)) == "ZIP_COMPRESSION"


def test_bytes_before_an_archive_do_not_hide_what_it_holds() -> None:
    """Prefixed data shifts every offset: the archive is read where it truly is, or refused."""
    content = b"MZ" + b"\0" * 50 + zipped(("a.xml", XML))
    archive = SafeArchive(io.BytesIO(content))
    assert archive.open(archive.entries[0]).read() == XML


def test_what_systems_add_is_not_visible() -> None:
    archive = SafeArchive(io.BytesIO(zipped(("a.xml", XML), ("__MACOSX/._a.xml", b"x"), (".DS_Store", b"x"), ("dir/", b""))))
    assert [info.filename for info in archive.visible()] == ["a.xml"]


@given(st.binary(max_size=300), st.integers(0, 400), st.integers(0, 255))
def test_any_damaged_byte_is_read_truly_or_refused(content: bytes, place: int, value: int) -> None:
    good = bytearray(zipped(("a.xml", content), ("b.xml", b"b")))
    good[place % len(good)] = value
    try:
        archive = SafeArchive(io.BytesIO(bytes(good)))
        archive.verify()
    except Unreadable as refused:
        assert_known(refused)

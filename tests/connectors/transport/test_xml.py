"""XML that nobody trusts: entities, sizes, encodings, depth. Every hostile document is built here."""

import io
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.transport import xml as reading
from connectors.transport.document import open_document
from connectors.transport.faults import CODES, Unreadable
from connectors.transport.xml import XmlSource
from connectors.transport.zip import write_zip
from tests.connectors.deliveries import delivery


def assert_known(refused: Unreadable) -> None:
    assert refused.fault.code in CODES


LISTS = {"r": frozenset(("a",))}
ROWS: dict[str, frozenset[str] | None] = {**LISTS}


def as_rows(found: XmlSource) -> list[str | None]:
    return [element.text for _, element in found.rows(ROWS)]


def as_lists(found: XmlSource) -> list[str | None]:
    return [element.text for _, element in found.listed(LISTS)]


def source(content: bytes | str, limit: int = reading.STREAM_LIMIT) -> XmlSource:
    return XmlSource(io.BytesIO(content.encode() if isinstance(content, str) else content), limit)


def texts(content: bytes | str) -> list[str | None]:
    """Those of the rows, which are the same whichever way they are read."""
    found = as_rows(source(content))
    assert as_lists(source(content)) == found
    return found


def fault_code(content: bytes | str, limit: int = reading.STREAM_LIMIT) -> str:
    """The code with which a document is refused, whichever way it is read."""
    codes = set()
    for read in (as_rows, as_lists, XmlSource.tree):
        with pytest.raises(Unreadable) as caught:
            read(source(content, limit))
        assert caught.value.fault.code in CODES
        assert caught.value.fault.remede
        codes.add(caught.value.fault.code)
    assert len(codes) == 1, codes
    return codes.pop()


def document(encoding: str, text: str) -> bytes:
    return f'<?xml version="1.0" encoding="{encoding}"?>\n<a><r>{text}</r></a>'.encode(encoding)


@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-1", "ISO-8859-15", "windows-1252", "iso-8859-15", "latin-1"])
def test_the_declared_encoding_is_honoured(encoding: str) -> None:
    assert texts(document(encoding, "Éléonore d'Hérouville ÿ")) == ["Éléonore d'Hérouville ÿ"]


def test_the_euro_and_the_oe_of_latin_9_and_windows_are_read() -> None:
    assert texts(document("ISO-8859-15", "LEBŒUF €")) == ["LEBŒUF €"]
    assert texts(document("windows-1252", "LEBŒUF € “”")) == ["LEBŒUF € “”"]


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "ISO-8859-15"])
def test_every_byte_of_a_latin_encoding_is_the_character_that_it_says(encoding: str) -> None:
    every = bytes(range(0xA0, 0x100)).decode(encoding)
    assert texts(document(encoding, every)) == [every]


def test_without_declaration_it_is_utf_8() -> None:
    assert texts("<a><r>é</r></a>") == ["é"]


def test_a_byte_order_mark_is_honoured() -> None:
    assert texts(b"\xef\xbb\xbf" + document("UTF-8", "é")) == ["é"]
    for encoding in ("utf-16-le", "utf-16-be"):
        mark = "\ufeff".encode(encoding)
        text = '<?xml version="1.0" encoding="UTF-16"?><a><r>é</r></a>'.encode(encoding)
        assert texts(mark + text) == ["é"]


def test_a_byte_order_mark_wins_over_the_declaration() -> None:
    text = '<?xml version="1.0" encoding="ISO-8859-15"?><a><r>é</r></a>'
    assert texts(b"\xef\xbb\xbf" + text.encode()) == ["é"]


@pytest.mark.parametrize("encoding", ["UTF-7", "EBCDIC-CP-FR", "UTF-32", "x-inconnu", "IBM037", "rot13"])
def test_other_encodings_are_refused(encoding: str) -> None:
    assert fault_code(f'<?xml version="1.0" encoding="{encoding}"?><a/>') == "ENCODAGE_INCONNU"


def test_utf_16_without_mark_and_utf_32_are_refused() -> None:
    assert fault_code("<a><r/></a>".encode("utf-16-le")) == "XML_ENCODAGE"
    assert fault_code("<a><r/></a>".encode("utf-32")) == "XML_ENCODAGE"


def test_bytes_that_are_not_of_the_declared_encoding_are_refused_with_their_line() -> None:
    content = '<?xml version="1.0" encoding="UTF-8"?>\n<a>\n<r>é</r></a>'.encode("iso8859-15")
    assert fault_code(content) == "ENCODAGE_INVALIDE"
    with pytest.raises(Unreadable) as caught:
        texts(content)
    assert caught.value.fault.line == 3
    assert caught.value.fault.message.startswith("Ligne 3 :")


@pytest.mark.parametrize("read", [as_rows, as_lists, XmlSource.tree])
@pytest.mark.parametrize("prefix", [b"", b" " * 300_000])
def test_utf_8_under_a_latin_declaration_is_read_and_warned_about(prefix: bytes, read: Callable[[XmlSource], object]) -> None:
    content = b'<?xml version="1.0" encoding="ISO-8859-15"?><a>' + prefix + "<r>é</r></a>".encode()
    found = source(content)
    read(found)
    assert [fault.code for fault in found.warnings] == ["ENCODAGE_DOUTEUX"]


@pytest.mark.parametrize("read", [as_rows, as_lists, XmlSource.tree])
def test_true_latin_accents_raise_no_doubt(read: Callable[[XmlSource], object]) -> None:
    found = source(document("ISO-8859-15", "ÀÂÉÈÊËÎÏÔÙÛÜÇàâçéèêëîïôùûüÿœæ°«»§²"))
    read(found)
    assert found.warnings == ()


BILLION = (
    '<!DOCTYPE a [<!ENTITY l "lol">'
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1 if n > 1 else str()};" * 10}">' for n in range(1, 10))
    + "]><a><r>&l9;</r></a>"
)


@pytest.mark.parametrize(
    "content",
    [
        BILLION,
        '<!DOCTYPE a [<!ENTITY b "' + "x" * 1000 + '">]><a>' + "&b;" * 1000 + "</a>",
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a><r>&b;</r></a>',
        '<!DOCTYPE a [<!ENTITY b SYSTEM "http://127.0.0.1:1/">]><a><r>&b;</r></a>',
        '<!DOCTYPE a [<!ENTITY % b SYSTEM "file:///etc/passwd"> %b;]><a/>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a/>',
        '<!DOCTYPE a PUBLIC "-//X//EN" "file:///a.dtd"><a/>',
        "<!DOCTYPE a><a/>",
        '<?xml version="1.0"?>\n<!-- c --><?p x?>\n<!DOCTYPE a><a/>',
        "<!doctype html><html/>",
    ],
)  # fmt: skip
def test_any_doctype_is_refused_before_the_parser(content: str) -> None:
    assert fault_code(content) == "XML_DOCTYPE"
    assert fault_code("\ufeff".encode("utf-16-le") + content.encode("utf-16-le")) == "XML_DOCTYPE"
    assert fault_code(b"\xef\xbb\xbf" + content.encode()) == "XML_DOCTYPE"


def test_a_doctype_is_refused_at_its_line() -> None:
    with pytest.raises(Unreadable) as caught:
        source("<?xml version='1.0'?>\n\n<!DOCTYPE a><a/>")
    assert caught.value.fault.line == 3


def test_the_word_doctype_in_a_text_or_a_comment_is_no_doctype() -> None:
    assert texts("<!-- <!DOCTYPE a> --><a><r>&lt;!DOCTYPE a&gt;</r></a>") == ["<!DOCTYPE a>"]


def test_a_root_that_never_comes_is_refused() -> None:
    assert fault_code("<!-- " + "x" * 100_000 + " --><a/>") == "XML_MAL_FORME"
    assert fault_code("<!-- x") == "XML_MAL_FORME"
    assert fault_code(" " * 70_000 + "<a/>") == "XML_MAL_FORME"


@pytest.mark.parametrize(
    "content",
    [
        "<a><r></a>",
        "<a>",
        "<a><r>&inconnue;</r></a>",
        "<a b=1/>",
        "<a b='1' b='2'/>",
        "<a/><a/>",
        "<a>\x01</a>",
        "<a><r>1 < 2</r></a>",
        "<",
        "<a x",
    ],
)
def test_what_is_not_well_formed_is_refused(content: str) -> None:
    assert fault_code(content) == "XML_MAL_FORME"


def test_an_error_says_its_line_and_nothing_of_the_text() -> None:
    with pytest.raises(Unreadable) as caught:
        texts("<a>\n<r>DUPONT</r>\n<r>MARTIN</s>\n</a>")
    assert caught.value.fault.line == 3
    assert caught.value.fault.message == "Ligne 3 : une balise fermante ne correspond pas à la balise ouverte."


def test_what_is_neither_xml_nor_zip_is_refused() -> None:
    assert fault_code("UAI;NOM\n") == "FICHIER_INCONNU"
    assert fault_code(b"\x89PNG\r\n") == "FICHIER_INCONNU"
    assert fault_code("") == "FICHIER_VIDE"


def test_deep_nesting_is_refused() -> None:
    assert fault_code("<a>" * 300 + "</a>" * 300) == "XML_TROP_PROFOND"


def test_a_text_that_is_too_long_is_refused() -> None:
    assert fault_code("<a><r>" + "x" * 10_500_000 + "</r></a>") == "XML_TEXTE_TROP_LONG"


def test_a_document_that_is_too_big_is_refused_while_it_is_read() -> None:
    rows = "<r>" + "x" * 1000 + "</r>"
    assert fault_code("<a>" + rows * 2000 + "</a>", limit=1_000_000) == "FICHIER_TROP_GROS"


def test_unknown_elements_without_end_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "TREE_LIMIT", 2_000_000)
    for read in (as_rows, as_lists):
        endless = io.BytesIO(b"<a>" + b"<x/>" * 1_000_000 + b"</a>")
        with pytest.raises(Unreadable) as caught:
            read(XmlSource(endless))
        assert caught.value.fault.code == "FICHIER_TROP_GROS"
        assert endless.tell() < 3_500_000


def test_rows_are_dropped_as_they_stream() -> None:
    content = "<z><a>" + "<r>1</r><x/>" * 2000 + "</a><a>" + "<r>2</r>" * 2000 + "</a></z>"
    widest = 0
    for _, element in source(content).rows(ROWS):
        holder = element.getparent()
        assert holder is not None
        assert element.getprevious() is None
        widest = max(widest, sum(1 for _ in element.itersiblings(preceding=True)))
    assert widest == 0


def test_rows_are_those_of_their_parent_only() -> None:
    content = "<z><b><r>no</r></b><a><r>yes</r></a><r>no</r></z>"
    assert texts(content) == ["yes"]


@pytest.mark.parametrize("between", ["", "\n  ", "<!-- c -->", "<?p i?>", "<x><y/></x>", "text"])
@pytest.mark.parametrize("padding", ["", "y" * 70_000])
def test_rows_of_lists_are_read_wherever_the_chunks_end_and_whatever_stands_between(between: str, padding: str) -> None:
    several = between.join(f"<r n='{rank}'>é{rank}{'é' * (rank % 97)}<!-- c -->z<?p i?><![CDATA[&]]></r>" for rank in range(3000))
    content = f"<z>{between}<b><a>{between}<r>first</r></a></b><c><p>{padding}</p></c>{between}<a>{several}{between}</a><a/><r>no</r></z>"
    expected = ["first", *(f"é{rank}{'é' * (rank % 97)}z&" for rank in range(3000))]
    assert texts(content) == expected
    assert texts(b'<?xml version="1.0" encoding="ISO-8859-15"?>' + content.encode("iso8859-15")) == expected


@pytest.mark.parametrize("declaration", ["", '<?xml version="1.0"?>', "<?xml version='1.0' encoding='ISO-8859-15'\n?>\n"])
@pytest.mark.parametrize("prolog", ["", "<!-- ?> --><?style a='?'?>\n", "<?a?><?b?>"])
def test_what_stands_before_and_after_the_root_changes_nothing(declaration: str, prolog: str) -> None:
    content = f"{declaration}{prolog}<a><r>1<?p?>2</r><?p?><r><?p?></r></a><?p?><!-- c -->\n"
    assert texts(content) == ["12", None]
    with pytest.raises(Unreadable) as caught:
        as_lists(source(content.replace("</a>", "</b>")))
    assert caught.value.fault.line == 1 + declaration.count("\n") + prolog.count("\n")


def test_rows_of_lists_are_dropped_as_they_stream() -> None:
    content = "<z><a>" + "<r>1</r><x>2</x>\n" * 30_000 + "</a></z>"
    widest = 0
    for rank, (_, element) in enumerate(source(content).listed(LISTS)):
        holder = element.getparent()
        assert holder is not None
        widest = max(widest, len(holder)) if rank % 500 == 0 else widest
    assert 0 < widest < 10_000


def test_the_name_of_the_root_may_come_again() -> None:
    assert texts("<a><r>1</r><x><a><r>2</r></a></x></a>") == ["1", "2"]


def test_namespaces_and_attributes_of_the_root_are_told() -> None:
    found = source('<l:b xmlns:l="urn:x" v="7.0"><l:c/></l:b>')
    assert (found.root, found.namespace, dict(found.attributes)) == ("b", "urn:x", {"v": "7.0"})
    assert found.first_tags == {"b", "c"}


def test_the_digest_is_that_of_all_the_bytes() -> None:
    import hashlib

    content = ("<a>" + "<r>1</r>" * 100_000 + "</a>\n  ").encode()
    for read in (as_rows, as_lists):
        found = source(content)
        read(found)
        assert (found.sha256, found.size) == (hashlib.sha256(content).hexdigest(), len(content))


def test_external_things_are_never_fetched() -> None:
    content = (
        '<a xmlns:xi="http://www.w3.org/2001/XInclude" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:noNamespaceSchemaLocation="http://127.0.0.1:1/a.xsd"><r>1</r><xi:include href="file:///etc/passwd" parse="text"/></a>'
    )
    assert texts(content) == ["1"]
    assert source(content).tree().findtext("r") == "1"


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    assert_read_or_refused(content)


def assert_read_or_refused(content: bytes) -> None:
    """Alike both ways."""
    found: list[object] = []
    for read in (as_rows, as_lists):
        try:
            found.append(read(source(content)))
        except Unreadable as refused:
            assert_known(refused)
            found.append(refused.fault)
    assert found[0] == found[1]


@given(st.binary(max_size=60))
def test_any_bytes_inside_a_document_are_read_or_refused(inside: bytes) -> None:
    for head in (b"", b'<?xml version="1.0" encoding="ISO-8859-15"?>', b'<?xml version="1.0" encoding="windows-1252"?>'):
        assert_read_or_refused(head + b"<a><r>" + inside + b"</r></a>")


# --- a document in a delivery -----------------------------------------------------------------------------------------


def opened(content: bytes, name: str) -> Iterator[tuple[str, str | None, str]]:
    with open_document(delivery(content, name)) as document_:
        yield document_.name, document_.archive, document_.source.root


def test_a_bare_document_and_a_zipped_one_are_opened_alike() -> None:
    assert list(opened(b"<a/>", "n.xml")) == [("n.xml", None, "a")]
    zipped = write_zip((("dir/n.xml", b"<a/>"), ("__MACOSX/dir/._n.xml", b"junk")))
    assert list(opened(zipped, "n(1).zip")) == [("n.xml", "n(1).zip", "a")]


def test_what_it_is_called_does_not_decide() -> None:
    assert list(opened(write_zip((("n.bin", b"<a/>"),)), "n.xml")) == [("n.bin", "n.xml", "a")]


@pytest.mark.parametrize("files", [(), (("a.xml", b"<a/>"), ("b.xml", b"<b/>"))])
def test_an_archive_holds_exactly_one_document(files: tuple[tuple[str, bytes], ...]) -> None:
    with pytest.raises(Unreadable) as caught:
        list(opened(write_zip(files), "a.zip"))
    assert caught.value.fault.code == "ZIP_CONTENU"


def test_a_checksum_that_lies_is_caught_before_the_document_ends() -> None:
    good = write_zip((("a.xml", b"<a><r>1</r></a>"),))
    place = good.index(b"PK\x01\x02") + 16
    lying = good[:place] + b"\0\0\0\0" + good[place + 4 :]
    with pytest.raises(Unreadable) as caught, open_document(delivery(lying, "a.zip")) as found:
        list(found.source.rows(ROWS))
    assert caught.value.fault.code == "ZIP_ABIME"

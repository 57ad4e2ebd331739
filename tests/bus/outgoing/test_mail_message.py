"""Mails as bytes: what a reader finds, and what is refused so that nothing from outside adds to it."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.outgoing.mail_address import is_address
from bus.outgoing.mail_message import REPLACED, Unfit, compose, message_id, with_secret
from schemas.outcome import Attachment, DrawnSecret, OutgoingMail
from sinks.luciole.messages import OBJET_DRAAF, OBJETS_SUPPORT

ID = "5f0c7b1e-0000-5000-8000-000000000001"
TO = ("a@scenes.example",)


def composed(mail: OutgoingMail, **changes: Any) -> bytes:
    usual: dict[str, Any] = {
        "effect": ID,
        "sender": "passerelle@bus.example",
        "sender_name": "Passerelle",
        "recipients": TO,
        "replaced": None,
        "at": datetime(2026, 9, 1, 8, 0, tzinfo=UTC),
    }
    return compose(mail, (mail.text, mail.html), **{**usual, **changes})


def read(content: bytes) -> EmailMessage:
    found = message_from_bytes(content, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_a_plain_mail_reads_back_as_it_was_meant() -> None:
    found = read(composed(OutgoingMail("Élèves à vérifier : 28", "Voici la liste.\nÀ demain.\n.\n")))
    assert (found["Subject"], found["From"], found["To"]) == (
        "Élèves à vérifier : 28",
        "Passerelle <passerelle@bus.example>",
        "a@scenes.example",
    )
    assert found["Message-ID"] == message_id(ID, "passerelle@bus.example") == f"<{ID}@bus.example>"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["Date"].datetime == datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
    assert found.get_content().replace("\r\n", "\n") == "Voici la liste.\nÀ demain.\n.\n"
    assert found[REPLACED] is None


WORDS = st.lists(st.text("abcdefghij'éèàçôœÉ:,?.", min_size=1, max_size=20), min_size=1, max_size=14)


@given(WORDS)
def test_any_subject_of_words_goes_out_whatever_the_place_of_its_accents(words: list[str]) -> None:
    subject = " ".join(words)
    assert read(composed(OutgoingMail(subject, "Texte")))["Subject"] == subject


@pytest.mark.parametrize("subject", [*OBJETS_SUPPORT.values(), OBJET_DRAAF.format(fichier="PAIE-2026-0117")])
def test_every_subject_of_luciole_goes_out(subject: str) -> None:
    assert read(composed(OutgoingMail(subject, "Texte")))["Subject"] == subject


def test_every_server_can_carry_it_seven_bits_and_short_lines() -> None:
    content = composed(OutgoingMail("Sujet " + "é" * 200, "é" * 5_000 + "\n" + "x" * 5_000, html="<p>é</p>"))
    assert content.isascii()
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_html_and_csv_come_with_the_text() -> None:
    csv = "NNE;NOM\r\n0512345678A;Éa\r\n".encode()
    found = read(composed(OutgoingMail("Édition", "Texte", html="<p>Édition</p>", attachments=(Attachment("edition_1.csv", csv),))))
    body, rich = found.get_body(("plain",)), found.get_body(("html",))
    assert body is not None
    assert rich is not None
    assert (body.get_content().strip(), rich.get_content().strip()) == ("Texte", "<p>Édition</p>")
    [joined] = found.iter_attachments()
    assert (joined.get_filename(), joined.get_content_type(), joined.get_param("charset")) == ("edition_1.csv", "text/csv", "utf-8")
    assert joined.get_payload(decode=True) == csv


def test_a_test_mail_says_how_many_recipients_it_replaces_and_nothing_of_them() -> None:
    content = composed(OutgoingMail("Édition", "Texte"), recipients=("essai@bus.example",), replaced=3)
    found = read(content)
    assert (found["Subject"], found[REPLACED], found["To"]) == ("[essai] Édition", "3", "essai@bus.example")
    assert b"scenes.example" not in content


@pytest.mark.parametrize(
    "subject",
    [
        "Bonjour\r\nBcc: x@y.example",
        "Bonjour\nBcc: x@y.example",
        "Bonjour\rBcc: x@y.example",
        "Bonjour\x0bBcc",
        "Bonjour\x85Bcc: x@y.example",
        "Bonjour\u2028Bcc: x@y.example",
        "Bonjour\0",
        "=?utf-8?q?Bonjour=0D=0ABcc:_x@y.example?=",
        "=?utf-8?b?Qm9uam91cg0KQmNjOiB4QHkuZXhhbXBsZQ==?=",
        "x" * 400,
        "  ",
        "",
        "\ud800",
    ],
)
def test_a_subject_that_is_not_one_honest_line_is_refused(subject: str) -> None:
    with pytest.raises(Unfit):
        composed(OutgoingMail(subject, "Texte"))


@given(st.text(min_size=1, max_size=80), st.text(max_size=200))
def test_whatever_the_texts_no_header_is_added_and_no_recipient(subject: str, text: str) -> None:
    try:
        content = composed(OutgoingMail(subject, text))
    except Unfit:
        return
    found = read(content)
    assert found["Subject"] == subject.strip(" ")
    assert [address.addr_spec for address in found["To"].addresses] == list(TO)
    assert not {"Bcc", "Cc", "Reply-To"} & set(found.keys())


@pytest.mark.parametrize(
    "address",
    [
        "",
        "sans-arobase",
        "a@b",
        "a@b..fr",
        "@b.fr",
        "a b@c.fr",
        "a@b.fr\r\nRCPT TO:<x@y.fr>",
        "a@b.fr>",
        "<a@b.fr>",
        "a@b.fr,c@d.fr",
        '"a"@b.fr',
        "é@b.fr",
        "a@bé.fr",
        "a@-b.fr",
        "a@[127.0.0.1]",
        "x" * 65 + "@b.fr",
        "a@" + "b" * 250 + ".fr",
        "a@b.fr\n",
        ".a@b.fr",
    ],
)
def test_an_address_that_is_not_plain_is_refused(address: str) -> None:
    assert not is_address(address)
    with pytest.raises(Unfit):
        composed(OutgoingMail("Sujet", "Texte"), recipients=(address,))


@pytest.mark.parametrize("address", ["a@b.fr", "prenom.nom+bourses@univ-x.fr", "o'brien@etat.gouv.fr", "A_1@xn--cole-9oa.fr"])
def test_usual_addresses_are_accepted(address: str) -> None:
    assert is_address(address)
    assert read(composed(OutgoingMail("Sujet", "Texte"), recipients=(address,)))["To"].addresses[0].addr_spec == address


def test_nobody_to_write_to_is_said() -> None:
    with pytest.raises(Unfit, match="SANS_DESTINATAIRE"):
        composed(OutgoingMail("Sujet", "Texte"), recipients=())


@pytest.mark.parametrize("name", ["../x.csv", "a b.csv", 'a".csv', "é.csv", "", "a\r\nX: y.csv", ".cache"])
def test_a_file_name_that_is_not_plain_is_refused(name: str) -> None:
    with pytest.raises(Unfit, match="PIECE_JOINTE"):
        composed(OutgoingMail("Sujet", "Texte", attachments=(Attachment(name, b""),)))


def test_a_message_that_no_server_takes_is_refused_here() -> None:
    with pytest.raises(Unfit, match="TROP_GROS"):
        composed(OutgoingMail("Sujet", "Texte", attachments=(Attachment("a.csv", bytes(16_000_000)),)))


def test_a_secret_takes_its_place_in_the_text_and_escaped_in_the_html() -> None:
    mail = OutgoingMail("Sujet", "Mot : {mot_de_passe}", html="<b>{mot_de_passe}</b>", secret=DrawnSecret("mot_de_passe", ("OF1",)))
    assert with_secret(mail, "a<b&c12345") == ("Mot : a<b&c12345", "<b>a&lt;b&amp;c12345</b>")


def test_a_secret_without_a_place_is_refused() -> None:
    with pytest.raises(Unfit, match="SECRET"):
        with_secret(OutgoingMail("Sujet", "Texte", secret=DrawnSecret("mot_de_passe", ("OF1",))), "x")

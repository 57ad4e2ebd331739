"""One mail as bytes: UTF-8 text, optional HTML and attachments, headers that nothing from outside can add to."""

import email
import html
import re
from collections.abc import Sequence
from datetime import datetime
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from bus.outgoing.mail_address import domain_of, is_address
from schemas.outcome import Attachment, OutgoingMail

LONGEST_SUBJECT = 300
LARGEST = 20_000_000
"""Bytes of a whole message: many servers take no more."""
REPLACED = "X-Passerelle-Destinataires-Remplaces"
"""In a test: how many recipients the test address replaces. Their number alone, which says nothing of anybody."""
TEST_MARK = "[essai] "
_LINE_ENDING = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")
_HEADERS = frozenset({"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type", REPLACED})
_CARRIED = frozenset({"Content-Transfer-Encoding", "Content-Disposition"})
POLICY = SMTP.clone(cte_type="7bit")


class Unfit(Exception):
    """The message cannot be sent as it is; its text is a code of a bounded set."""


def message_id(effect: str, sender: str) -> str:
    """`<ce_id@domain>`: the same at each attempt, so that a mailbox and its owner recognise a second copy."""
    return f"<{effect}@{domain_of(sender)}>"


def check_recipients(recipients: Sequence[str]) -> None:
    """Raise Unfit unless there are some and each can be written to."""
    if not recipients:
        raise Unfit("SANS_DESTINATAIRE")
    if not all(is_address(recipient) for recipient in recipients):
        raise Unfit("ADRESSE_INVALIDE")


def with_secret(mail: OutgoingMail, drawn: str) -> tuple[str, str]:
    """The text and the HTML with the secret in its place. Raises Unfit when the text has no place for it."""
    assert mail.secret is not None
    place = "{" + mail.secret.name + "}"
    if place not in mail.text:
        raise Unfit("SECRET_SANS_PLACE")
    return mail.text.replace(place, drawn), mail.html.replace(place, html.escape(drawn))


def compose(
    mail: OutgoingMail,
    texts: tuple[str, str],
    *,
    effect: str,
    sender: str,
    sender_name: str,
    recipients: Sequence[str],
    replaced: int | None,
    at: datetime,
) -> bytes:
    """The whole message, lines ended by CR LF, all in 7 bits. `replaced`: how many recipients a test address stands for. Raises Unfit."""
    check_recipients(recipients)
    meant = mail.subject.strip(" ")
    subject = meant if replaced is None else TEST_MARK + meant
    if not meant.strip() or len(subject) > LONGEST_SUBJECT or _LINE_ENDING.search(subject):
        raise Unfit("OBJET_INVALIDE")
    message = EmailMessage(policy=POLICY)
    message["From"] = Address(sender_name, addr_spec=sender)
    message["To"] = [Address(addr_spec=recipient) for recipient in recipients]
    try:
        _set_subject(message, subject)
    except (ValueError, MessageError):
        raise Unfit("OBJET_INVALIDE") from None
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id(effect, sender)
    message["Auto-Submitted"] = "auto-generated"
    if replaced is not None:
        message[REPLACED] = str(replaced)
    text, rich = texts
    try:
        message.set_content(text)
        if rich:
            message.add_alternative(rich, subtype="html")
        for attachment in mail.attachments:
            _attach(message, attachment)
        whole = message.as_bytes()
    except UnicodeEncodeError:
        raise Unfit("TEXTE_INVALIDE") from None
    _read_back(whole, subject, len(recipients))
    return whole


def _set_subject(message: EmailMessage, subject: str) -> None:
    """A subject with accents is encoded from end to end: the policy's own folding of a word in the middle doubles the space before it."""
    if "=?" in subject or not subject.isprintable():
        raise ValueError("a subject is one line of text, not an encoded word")
    if subject.isascii():
        message["Subject"] = subject
    else:
        message.set_raw("Subject", Header(subject, "utf-8", header_name="Subject").encode(linesep="\r\n"))


def _attach(message: EmailMessage, attachment: Attachment) -> None:
    if not _FILE_NAME.fullmatch(attachment.name) or not _MEDIA_TYPE.fullmatch(attachment.media_type):
        raise Unfit("PIECE_JOINTE_INVALIDE")
    main, _, sub = attachment.media_type.partition("/")
    parameters = {"charset": "utf-8"} if main == "text" else {}
    message.add_attachment(attachment.content, maintype=main, subtype=sub, filename=attachment.name, params=parameters)


def _read_back(whole: bytes, subject: str, recipients: int) -> None:
    """What a reader will find must be what was meant: no header more, and the same subject (encoded words could hide a line)."""
    if len(whole) > LARGEST:
        raise Unfit("TROP_GROS")
    read = email.message_from_bytes(whole, policy=POLICY)
    strange = set(read.keys()) - _HEADERS - _CARRIED
    if strange or len(set(read.keys())) != len(read.keys()) or read["Subject"] != subject or len(read["To"].addresses) != recipients:
        raise Unfit("ENTETE_INVALIDE")

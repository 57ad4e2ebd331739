"""One message in one SMTP conversation, and what its end means.

The last line of a message, the lonely dot, is what makes a server responsible for it (RFC 5321 §4.1.1.4). Before it, a break
leaves nothing behind; after it and before the answer, nobody can know.
"""

import re
import smtplib
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from bus.outgoing.one_by_one import Verdict, done, later, refused, unavailable, uncertain
from bus.settings import SmtpSettings

END_OF_MESSAGE = b".\r\n"
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
_GONE = (OSError, smtplib.SMTPException)


class SmtpServer:
    """The server that takes our mails, as the settings name it. One connection a message."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings

    def send(self, sender: str, recipients: Sequence[str], message: bytes, engage: Callable[[], None]) -> Verdict:
        """Give the message to the server. `engage` is called when all but its last line was said."""
        try:
            link = self._connect()
        except _GONE as error:
            return unavailable(f"CONNEXION {_code(error)}")
        with _within(link, self._settings.conversation_seconds):
            try:
                answer = _envelope(link, sender, recipients) or _body(link, message)
            except _GONE as error:
                link.close()
                return later(f"RUPTURE {_code(error)}")
            if answer is not None:
                _leave(link)
                return answer
            try:
                engage()
            except BaseException:
                link.close()
                raise
            return _end(link)

    def _connect(self) -> smtplib.SMTP:
        """A connection that is encrypted and known as the settings ask; whatever the server lacks ends it."""
        chosen = self._settings
        context = None if chosen.security == "aucune" else ssl.create_default_context(cafile=chosen.ca_file)
        raw = socket.create_connection((chosen.host, chosen.port_number), chosen.timeout_seconds)
        link = smtplib.SMTP()
        link.sock = raw
        try:
            with _within(link, chosen.conversation_seconds):
                if context is not None and chosen.security == "tls":
                    link.sock = context.wrap_socket(raw, server_hostname=chosen.host)
                _greeted(*link.getreply())
                link.ehlo_or_helo_if_needed()
                if context is not None and chosen.security == "starttls":
                    _encrypt(link, context, chosen.host)
                if chosen.username is not None:
                    _log_in(link, chosen.username, chosen.password())
        except BaseException:
            link.close()
            raise
        return link


def _greeted(code: int, text: bytes) -> None:
    if code != 220:
        raise smtplib.SMTPConnectError(code, text)


def _log_in(link: smtplib.SMTP, user: str, password: str) -> None:
    """With what the server offers; smtplib knows only ASCII, so others go by PLAIN, which is UTF-8 (RFC 4616)."""
    if (user + password).isascii():
        link.login(user, password)
        return
    code, text = link.docmd("AUTH", "PLAIN " + b64encode(f"\0{user}\0{password}".encode()).decode())
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, text)


def _encrypt(link: smtplib.SMTP, context: ssl.SSLContext, host: str) -> None:
    """STARTTLS; nothing said before it is believed afterwards (RFC 3207 §4.2)."""
    code, text = link.docmd("STARTTLS")
    if code != 220:
        raise smtplib.SMTPResponseException(code, text)
    assert link.sock is not None
    if link.file is not None:
        link.file.close()
        link.file = None
    link.sock = context.wrap_socket(link.sock, server_hostname=host)
    link.helo_resp = link.ehlo_resp = None
    link.esmtp_features, link.does_esmtp = {}, False
    link.ehlo_or_helo_if_needed()


def _envelope(link: smtplib.SMTP, sender: str, recipients: Sequence[str]) -> Verdict | None:
    """From and to; None when all was taken. One recipient refused: nobody gets the message."""
    code, _ = link.mail(sender)
    if code != 250:
        return _negative("MAIL", code)
    for recipient in recipients:
        code, _ = link.rcpt(recipient)
        if code not in (250, 251):
            return _negative("RCPT", code)
    return None


def _body(link: smtplib.SMTP, message: bytes) -> Verdict | None:
    """Everything but the last line."""
    code, _ = link.docmd("DATA")
    if code != 354:
        return _negative("DATA", code)
    whole = message if message.endswith(b"\r\n") else message + b"\r\n"
    link.send(_LEADING_DOT.sub(b"..", whole))
    return None


def _end(link: smtplib.SMTP) -> Verdict:
    try:
        link.send(END_OF_MESSAGE)
        code, _ = link.getreply()
    except _GONE as error:
        link.close()
        return uncertain(f"FIN {_code(error)}")
    _leave(link)
    if code == 250:
        return done("250")
    if code // 100 not in (4, 5):
        return uncertain("FIN REPONSE")
    return _negative("FIN", code)


def _negative(stage: str, code: int) -> Verdict:
    """4xx: not now. 5xx: never. Anything else is no SMTP: not now."""
    if code == 421:
        return unavailable(f"{stage} {code}")
    return refused(f"{stage} {code}") if code // 100 == 5 else later(f"{stage} {code if code > 0 else 'REPONSE'}")


def _leave(link: smtplib.SMTP) -> None:
    """The answer is had: how the farewell goes changes nothing."""
    try:
        link.quit()
    except _GONE:
        link.close()


def _code(error: BaseException) -> str:
    """The server's own code, or the kind of the break: never its text, which may quote an address."""
    if isinstance(error, smtplib.SMTPResponseException):
        return str(error.smtp_code)
    return type(error).__name__


@contextmanager
def _within(link: smtplib.SMTP, seconds: float) -> Iterator[None]:
    """End the conversation after so long, even with a server that says one letter now and then."""

    def cut() -> None:
        if link.sock is not None:
            try:
                link.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()

"""Mail sinks: one effect, one message, one SMTP conversation (architecture §5, R-EXT-01, R-EXT-02, R-LUC-39)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from bus.outgoing import messages
from bus.outgoing.files import Mode
from bus.outgoing.mail_message import Unfit, check_recipients, compose, with_secret
from bus.outgoing.one_by_one import Errand, Misconfigured, Verdict, refused
from bus.outgoing.smtp_conversation import SmtpServer
from bus.settings import SmtpSettings
from schemas.outcome import DrawnSecret, MailSink, OutgoingMail

TEST_SECRET = "secret-d-essai"  # noqa: S105 - a redirected mail shows this instead: nobody's account is changed by a test


class NotDrawn(Exception):
    """The secret could not be had; `verdict` says whether to ask again."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.answer)
        self.verdict = verdict


class Drawer(Protocol):
    """Has a secret drawn by whoever owns the accounts, at the moment of sending. The same effect gives the same secret."""

    def __call__(self, sink: str, effect: str, secret: DrawnSecret) -> str:
        """Raises NotDrawn, or Misconfigured when nobody draws it."""
        ...


@dataclass(frozen=True, slots=True)
class MailCarrier:
    """Carries the effects of one mail sink."""

    sink: MailSink
    settings: SmtpSettings
    draw: Drawer
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    @property
    def name(self) -> str:
        return self.sink.name

    @property
    def hourly_ceiling(self) -> int:
        return self.sink.hourly_ceiling

    def carry(self, errand: Errand, engage: Callable[[], None]) -> Verdict:
        """See `bus.outgoing.one_by_one.Carrier`."""
        if not self.settings.host or not self.settings.sender:
            raise Misconfigured(messages.no_mail_server(self.name))
        try:
            recipients, message = self._prepared(errand)
        except Unfit as fault:
            return refused(f"MESSAGE {fault}")
        except NotDrawn as fault:
            return fault.verdict
        except (Misconfigured, OSError):
            raise
        except Exception as error:  # noqa: BLE001 - a sink's fault must not stop the others; the effect stays and is shown
            return refused(f"COMPOSITION {type(error).__name__}")
        return SmtpServer(self.settings).send(self.settings.sender, recipients, message, engage)

    def _prepared(self, errand: Errand) -> tuple[tuple[str, ...], bytes]:
        """Who gets the message, and the message."""
        mail = self.sink.compose(errand.payload)
        recipients, replaced = self._recipients(mail, errand)
        message = compose(
            mail,
            self._texts(mail, errand),
            effect=errand.id,
            sender=self.settings.sender,
            sender_name=self.settings.sender_name,
            recipients=recipients,
            replaced=replaced,
            at=self.now(),
        )
        return recipients, message

    def _recipients(self, mail: OutgoingMail, errand: Errand) -> tuple[tuple[str, ...], int | None]:
        """Who gets it, and in a test how many recipients the test address stands for."""
        meant = tuple(dict.fromkeys(mail.recipients)) if mail.recipients or not mail.desk else self._desk(mail.desk)
        check_recipients(meant)
        if errand.mode is not Mode.REDIRIGE:
            return meant, None
        if errand.target is None:
            raise Misconfigured(messages.no_target(self.name))
        return (errand.target,), len(meant)

    def _desk(self, names: tuple[str, ...]) -> tuple[str, ...]:
        address = self.settings.desk(names)
        if address is None:
            raise Misconfigured(messages.no_desk(self.name, names[-1]))
        return (address,)

    def _texts(self, mail: OutgoingMail, errand: Errand) -> tuple[str, str]:
        if mail.secret is None:
            return mail.text, mail.html
        return with_secret(mail, TEST_SECRET if errand.mode is Mode.REDIRIGE else self.draw(self.name, errand.id, mail.secret))

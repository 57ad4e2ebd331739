"""HTTP sinks: one effect, one call with an idempotency key, and what its answer means (architecture §5)."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bus.outgoing import messages
from bus.outgoing.files import Mode
from bus.outgoing.one_by_one import Errand, Misconfigured, Verdict, done, later, refused, unavailable, uncertain
from bus.safe_http import Answer, ClearTarget, EndUnknown, NotSent, PrivateTarget, SafeHttp
from bus.settings import OutgoingHttpSettings
from schemas.outcome import HttpSink

IDEMPOTENCY_KEY = "Idempotency-Key"
NOT_NOW = (408, 425, 429, 503)
"""The request was not taken: it may be made again."""
METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True)
class HttpCarrier:
    """Carries the effects of one HTTP sink."""

    sink: HttpSink
    settings: OutgoingHttpSettings
    client: SafeHttp
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    @property
    def name(self) -> str:
        return self.sink.name

    @property
    def hourly_ceiling(self) -> int:
        return self.sink.hourly_ceiling

    def carry(self, errand: Errand, engage: Callable[[], None]) -> Verdict:
        """See `bus.outgoing.one_by_one.Carrier`."""
        base = self._base(errand)
        try:
            request = self.sink.request(errand.payload)
        except Exception as error:  # noqa: BLE001 - a sink's fault must not stop the others; the effect stays and is shown
            return refused(f"COMPOSITION {type(error).__name__}")
        if request.method not in METHODS or not is_path(request.path):
            return refused("REQUETE INVALIDE")
        headers = {IDEMPOTENCY_KEY: errand.id, "Content-Type": request.media_type}
        # A test never shows the real token to whoever receives the test.
        token = self.settings.token(self.name) if errand.mode is Mode.ACTIF else None
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        try:
            answer = self.client.send(request.method, base.rstrip("/") + request.path, request.body, headers, engage)
        except PrivateTarget:
            raise Misconfigured(messages.private_target(self.name, self.name)) from None
        except ClearTarget:
            raise Misconfigured(messages.clear_target(self.name, self.name)) from None
        except NotSent as error:
            return unavailable(f"CONNEXION {error}")
        except EndUnknown as error:
            return uncertain(f"REPONSE {error}")
        return judged(answer, self.now())

    def _base(self, errand: Errand) -> str:
        if errand.mode is Mode.REDIRIGE:
            if errand.target is None:
                raise Misconfigured(messages.no_target(self.name))
            return errand.target
        url = self.settings.url(self.name)
        if url is None:
            raise Misconfigured(messages.no_url(self.name, self.name))
        return url


def judged(answer: Answer, now: datetime) -> Verdict:
    """2xx: done. 408, 425, 429, 503: not now. Other 4xx, and 3xx since no redirect is followed: refused. Else the end is unknown."""
    said = f"HTTP {answer.status}"
    if 200 <= answer.status < 300:
        return done(said)
    if answer.status in NOT_NOW:
        after = retry_after(answer.headers.get("retry-after", ""), now)
        return unavailable(said, after) if answer.status in (429, 503) else later(said, after)
    return refused(said) if 300 <= answer.status < 500 else uncertain(said)


def retry_after(text: str, now: datetime) -> float | None:
    """Seconds that the other side asks for, as a number or as a date (RFC 9110 §10.2.3); None when it says nothing readable."""
    words = text.strip()
    if words.isascii() and words.isdigit():
        return float(words[:9])
    try:
        date = parsedate_to_datetime(words)
    except (TypeError, ValueError):
        return None
    seconds = (date.replace(tzinfo=date.tzinfo or UTC) - now).total_seconds()
    return seconds if math.isfinite(seconds) and seconds > 0 else 0.0


def is_path(path: str) -> bool:
    """What a sink may add to the address of its settings: it cannot change the host nor climb out of the path."""
    if path == "":
        return True
    plain = path.startswith("/") and not path.startswith("//") and all("!" <= character <= "~" for character in path)
    return plain and "\\" not in path and "#" not in path and ".." not in path.lower().replace("%2e", ".").split("?", 1)[0].split("/")

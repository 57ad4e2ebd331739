"""Asks Pégase's change feed, one page a call, through the guards of every call to the outside."""

import io
from collections.abc import Callable
from datetime import UTC, datetime

from bus.pulling.outage import SourceAway, retry_after
from bus.safe_http import Answer, ClearTarget, EndUnknown, NotSent, PrivateTarget, SafeHttp
from bus.settings import PegaseSettings
from connectors.pegase.flux import PATH, Ask, BadPage, PegaseFlux, Unstable
from connectors.transport.faults import Unreadable
from connectors.transport.json_reader import read_json
from schemas.outcome import Pulled

_BY_STATUS = {401: "ACCES_REFUSE", 403: "ACCES_REFUSE", 429: "TROP_DE_REQUETES"}


class PegaseFeed:
    """See `schemas.outcome.PullConnector`."""

    name = PegaseFlux.name
    system = PegaseFlux.system
    topics: tuple[str, ...] = PegaseFlux.topics

    def __init__(
        self,
        flux: PegaseFlux,
        settings: PegaseSettings,
        client: SafeHttp,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._flux = flux
        self._settings = settings
        self._client = client
        self._clock = clock

    def pull(self, after: str | None) -> Pulled:
        now = self._clock()
        ask = self._flux.ask(after, now)
        answer = self._answer(ask)
        if answer.status != 200:
            raise SourceAway(outage_code(answer.status), str(answer.status), retry_after(answer.headers, now))
        try:
            page = read_json(lambda: io.BytesIO(answer.body), len(answer.body), max_bytes=self._settings.max_answer_bytes)
            return self._flux.pulled(after, ask, page, now)
        except Unreadable as unreadable:
            raise SourceAway("REPONSE_ILLISIBLE", unreadable.fault.code) from None
        except BadPage as bad:
            raise SourceAway("REPONSE_ILLISIBLE", str(bad)) from None
        except Unstable:
            raise SourceAway("FLUX_INSTABLE") from None

    def _answer(self, ask: Ask) -> Answer:
        """The token stands in a header, and nothing of a student in the address."""
        headers = {"Authorization": f"Bearer {self._settings.token()}", "Accept": "application/json"}
        try:
            return self._client.send("GET", f"{self._settings.url}{PATH}", b"", headers, lambda: None, ask.query())
        except (PrivateTarget, ClearTarget) as refused:
            raise SourceAway("ADRESSE_INTERDITE", type(refused).__name__) from None
        except (NotSent, EndUnknown, OSError) as broken:
            raise SourceAway("SOURCE_INJOIGNABLE", type(broken).__name__) from None


def outage_code(status: int) -> str:
    """What a status other than 200 means for the source."""
    return _BY_STATUS.get(status) or ("SOURCE_EN_ERREUR" if status >= 500 else "REPONSE_INATTENDUE")


def open_feed(settings: PegaseSettings, secret: bytes) -> PegaseFeed:
    """The feed of the settings. Nothing is asked yet."""
    return PegaseFeed(settings.connector(secret), settings, SafeHttp(settings.calls()))

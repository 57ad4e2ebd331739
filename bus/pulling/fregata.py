"""Asks FREGATA's API, one établissement a call, each request signed, through the guards of every call to the outside."""

import io
from collections.abc import Callable
from datetime import UTC, datetime

from bus.pulling.feed import outage_code
from bus.pulling.outage import SourceAway, retry_after
from bus.safe_http import Answer, ClearTarget, EndUnknown, NotSent, PrivateTarget, SafeHttp
from bus.settings import FregataSettings
from connectors.fregata.inscriptions import PATH, Ask, BadPage, FregataInscriptions
from connectors.fregata.signature import sign
from connectors.transport.faults import Unreadable
from connectors.transport.json_reader import read_json
from schemas.outcome import Pulled


class FregataApi:
    """See `schemas.outcome.PullConnector`."""

    name = FregataInscriptions.name
    system = FregataInscriptions.system
    topics: tuple[str, ...] = FregataInscriptions.topics

    def __init__(
        self,
        inscriptions: FregataInscriptions,
        settings: FregataSettings,
        client: SafeHttp,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._inscriptions = inscriptions
        self._settings = settings
        self._client = client
        self._clock = clock

    def pull(self, after: str | None) -> Pulled:
        now = self._clock()
        ask = self._inscriptions.ask(after, now)
        answer = self._answer(ask, now)
        if answer.status != 200:
            raise SourceAway(outage_code(answer.status), str(answer.status), retry_after(answer.headers, now))
        try:
            found = read_json(lambda: io.BytesIO(answer.body), len(answer.body), max_bytes=self._settings.max_answer_bytes)
            return self._inscriptions.pulled(ask, found)
        except Unreadable as unreadable:
            raise SourceAway("REPONSE_ILLISIBLE", unreadable.fault.code) from None
        except BadPage as bad:
            raise SourceAway("REPONSE_ILLISIBLE", str(bad)) from None

    def _answer(self, ask: Ask, now: datetime) -> Answer:
        """Signed anew at each call: a signature is good for some minutes only."""
        headers = {**sign(self._settings.key_id, self._settings.key(), now), "Accept": "application/json"}
        try:
            return self._client.send("GET", f"{self._settings.url}{PATH}", b"", headers, lambda: None, ask.query())
        except (PrivateTarget, ClearTarget) as refused:
            raise SourceAway("ADRESSE_INTERDITE", type(refused).__name__) from None
        except (NotSent, EndUnknown, OSError) as broken:
            raise SourceAway("SOURCE_INJOIGNABLE", type(broken).__name__) from None


def open_api(settings: FregataSettings, secret: bytes) -> FregataApi:
    """The API of the settings. Nothing is asked yet."""
    return FregataApi(FregataInscriptions(secret, settings.etablissements()), settings, SafeHttp(settings.calls()))

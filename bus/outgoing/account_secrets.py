"""Passwords that the owner of the accounts draws when a mail leaves (R-EXT-01, R-EXT-02): the bus asks, puts them in the mail, forgets.

Format interne, non homologué: `POST` to the address named after the secret in `PASSERELLE_OUTGOING_HTTP__URLS`, with an
`Idempotency-Key` (the same key must give the same secret) and `{"identifiants": […]}`; the answer is 200 and `{"<name>": "…"}`.
"""

import json
from datetime import UTC, datetime

from bus.outgoing import messages
from bus.outgoing.files import State
from bus.outgoing.http import IDEMPOTENCY_KEY, judged
from bus.outgoing.mail import NotDrawn
from bus.outgoing.one_by_one import Misconfigured, Verdict, refused, unavailable
from bus.safe_http import ClearTarget, EndUnknown, NotSent, PrivateTarget, SafeHttp
from bus.settings import OutgoingHttpSettings
from schemas.outcome import DrawnSecret

SHORTEST, LONGEST = 8, 128


class AccountSecrets:
    """See `bus.outgoing.mail.Drawer`."""

    def __init__(self, settings: OutgoingHttpSettings, client: SafeHttp) -> None:
        self._settings = settings
        self._client = client

    def __call__(self, sink: str, effect: str, secret: DrawnSecret) -> str:
        url = self._settings.url(secret.name)
        if url is None:
            raise Misconfigured(messages.no_url(sink, secret.name))
        headers = {IDEMPOTENCY_KEY: effect, "Content-Type": "application/json"}
        token = self._settings.token(secret.name)
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        body = json.dumps({"identifiants": list(secret.accounts)}).encode()
        try:
            answer = self._client.send("POST", url, body, headers, lambda: None)
        except PrivateTarget:
            raise Misconfigured(messages.private_target(sink, secret.name)) from None
        except ClearTarget:
            raise Misconfigured(messages.clear_target(sink, secret.name)) from None
        except (NotSent, EndUnknown) as error:
            # The key makes asking again safe.
            raise NotDrawn(unavailable(f"SECRET {error}")) from None
        verdict = judged(answer, datetime.now(UTC))
        if verdict.state is State.DONE:
            return _read(answer.body, secret.name)
        if verdict.state is State.UNCERTAIN:
            verdict = unavailable(verdict.answer)
        raise NotDrawn(Verdict(verdict.state, f"SECRET {verdict.answer}", verdict.after, verdict.whole_sink))


def _read(body: bytes, name: str) -> str:
    try:
        found = json.loads(body).get(name)
    except (ValueError, AttributeError, RecursionError):
        found = None
    if not isinstance(found, str) or not SHORTEST <= len(found) <= LONGEST or not found.isprintable():
        raise NotDrawn(refused("SECRET ILLISIBLE"))
    return found

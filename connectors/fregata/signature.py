"""Signed requests of FREGATA's HTTP API, as its public client APLyPro makes them (bursaries facts §5).

`Date: <HTTP-date>` and `Authorization: Signature keyId=<id>,algorithm=hmac-sha1,signature=<url-encoded base64 of the
HMAC-SHA-1 of "date: <Date>">`. Only the date is signed: a copied request is good until its window closes, and no longer.
The clock is the caller's: these functions are pure.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Literal
from urllib.parse import quote, unquote_to_bytes

ALGORITHM = "hmac-sha1"
WINDOW = timedelta(minutes=5)
"""How far the date of a request may be from the receiver's clock, either way."""
MAX_HEADER = 1_000
"""Characters of a header above which it is not even read."""

_SCHEME = re.compile(r"Signature +", re.IGNORECASE)
_PARAMETER = re.compile(r"\s*([A-Za-z]{1,20})\s*=\s*(?:\"([^\"]*)\"|([^\",\s]*))\s*")

Code = Literal["SIGNATURE_ABSENTE", "SIGNATURE_ILLISIBLE", "DATE_ILLISIBLE", "DATE_HORS_FENETRE", "CLE_INCONNUE", "SIGNATURE_FAUSSE"]

MESSAGES: Mapping[Code, str] = {
    "SIGNATURE_ABSENTE": "La requête n'a pas d'en-tête Authorization et Date signés.",
    "SIGNATURE_ILLISIBLE": "L'en-tête Authorization n'est pas une signature hmac-sha1 complète (keyId, algorithm, signature).",
    "DATE_ILLISIBLE": "L'en-tête Date n'est pas une date HTTP avec son fuseau.",
    "DATE_HORS_FENETRE": "La date de la requête s'écarte de plus de 5 minutes de l'heure du serveur : régler l'horloge et signer.",
    "CLE_INCONNUE": "L'identifiant de clé de la requête n'est pas connu.",
    "SIGNATURE_FAUSSE": "La signature ne correspond pas à la date de la requête.",
}


@dataclass(frozen=True, slots=True)
class Signed:
    """A request whose signature is good."""

    key_id: str
    at: datetime
    """Its date, UTC."""


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A request whose signature is not; the message quotes nothing of it."""

    code: Code

    @property
    def message(self) -> str:
        return MESSAGES[self.code]


def sign(key_id: str, secret: bytes, at: datetime) -> dict[str, str]:
    """The two headers of a request made at `at` (aware). Raises ValueError for a key id that a header cannot hold."""
    if not re.fullmatch(r"[\x21\x23-\x2b\x2d-\x7e]{1,100}", key_id):
        raise ValueError("identifiant de clé FREGATA : 1 à 100 caractères ASCII, sans espace, guillemet ni virgule")
    date = format_datetime(at.astimezone(UTC).replace(microsecond=0), usegmt=True)
    signature = quote(base64.b64encode(_digest(secret, date)).decode(), safe="")
    return {"Date": date, "Authorization": f"Signature keyId={key_id},algorithm={ALGORITHM},signature={signature}"}


def verify(headers: Mapping[str, str], secrets: Mapping[str, bytes], now: datetime, window: timedelta = WINDOW) -> Signed | Unsigned:
    """Whether a request is signed by one of `secrets` (by key id) within the window around `now`. Never raises for what it holds."""
    known = {name.lower(): value for name, value in headers.items()}
    date, authorization = known.get("date"), known.get("authorization")
    if not date or not authorization or len(date) > MAX_HEADER or len(authorization) > MAX_HEADER:
        return Unsigned("SIGNATURE_ABSENTE")
    parameters = _parameters(authorization)
    if parameters is None or parameters.get("algorithm", "").lower() != ALGORITHM:
        return Unsigned("SIGNATURE_ILLISIBLE")
    given = _decoded(parameters.get("signature", ""))
    key_id = parameters.get("keyid", "")
    if given is None or not key_id:
        return Unsigned("SIGNATURE_ILLISIBLE")
    at = _instant(date)
    if at is None:
        return Unsigned("DATE_ILLISIBLE")
    if abs(now - at) > window:
        return Unsigned("DATE_HORS_FENETRE")
    secret = secrets.get(key_id)
    if secret is None:
        return Unsigned("CLE_INCONNUE")
    return Signed(key_id, at) if hmac.compare_digest(given, _digest(secret, date)) else Unsigned("SIGNATURE_FAUSSE")


def _digest(secret: bytes, date: str) -> bytes:
    return hmac.digest(secret, f"date: {date}".encode(), "sha1")


def _parameters(authorization: str) -> dict[str, str] | None:
    """The parameters by lower-case name; None when one is written wrong or twice."""
    scheme = _SCHEME.match(authorization)
    if scheme is None:
        return None
    found: dict[str, str] = {}
    for part in authorization[scheme.end() :].split(","):
        parameter = _PARAMETER.fullmatch(part)
        if parameter is None or parameter[1].lower() in found:
            return None
        found[parameter[1].lower()] = parameter[2] if parameter[2] is not None else parameter[3]
    return found


def _decoded(text: str) -> bytes | None:
    """Base64, url-encoded or not (`+` is kept: it is not a blank here)."""
    try:
        return base64.b64decode(unquote_to_bytes(text), validate=True) or None
    except (binascii.Error, ValueError):
        return None


def _instant(date: str) -> datetime | None:
    try:
        read = parsedate_to_datetime(date)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return read.astimezone(UTC) if read.tzinfo is not None else None

"""FREGATA's signed requests, against values computed apart (openssl) and whatever a header may hold."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.fregata.signature import MESSAGES, Signed, Unsigned, sign, verify

AT = datetime(2026, 6, 5, 8, 12, 30, tzinfo=UTC)
SECRETS = {"passerelle": b"secret-de-test"}
HEADERS = {
    "Date": "Fri, 05 Jun 2026 08:12:30 GMT",
    "Authorization": "Signature keyId=passerelle,algorithm=hmac-sha1,signature=kvzFg8KRsNeqzvNZDbEHXMdeK5g%3D",
}


def code(headers: dict[str, str], now: datetime = AT) -> str | None:
    answer = verify(headers, SECRETS, now)
    return answer.code if isinstance(answer, Unsigned) else None


def test_a_request_is_signed_as_the_public_client_does() -> None:
    assert sign("passerelle", SECRETS["passerelle"], AT) == HEADERS


def test_a_signed_request_is_recognised_whatever_the_case_of_its_headers() -> None:
    lower = {name.lower(): value for name, value in HEADERS.items()}
    assert verify(lower, SECRETS, AT) == Signed("passerelle", AT)


def test_quoted_parameters_and_plain_base64_are_read() -> None:
    plain = HEADERS["Authorization"].replace("%2F", "/").replace("%3D", "=").replace("%2B", "+")
    key, algorithm, signature = plain.removeprefix("Signature ").split(",")
    quoted = ", ".join(f'{name}="{value}"' for name, value in (each.split("=", 1) for each in (key, algorithm, signature)))
    assert verify(HEADERS | {"Authorization": f"Signature {quoted}"}, SECRETS, AT) == Signed("passerelle", AT)


@pytest.mark.parametrize("shift", [timedelta(minutes=5), timedelta(minutes=-5)])
def test_the_window_is_five_minutes_either_way_and_no_more(shift: timedelta) -> None:
    assert code(HEADERS, AT + shift) is None
    assert code(HEADERS, AT + shift + (timedelta(seconds=1) if shift > timedelta() else timedelta(seconds=-1))) == "DATE_HORS_FENETRE"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"Authorization": ""}, "SIGNATURE_ABSENTE"),
        ({"Date": ""}, "SIGNATURE_ABSENTE"),
        ({"Authorization": "x" * 2_000}, "SIGNATURE_ABSENTE"),
        ({"Authorization": "Bearer abc"}, "SIGNATURE_ILLISIBLE"),
        ({"Authorization": HEADERS["Authorization"].replace("hmac-sha1", "none")}, "SIGNATURE_ILLISIBLE"),
        ({"Authorization": HEADERS["Authorization"].replace("algorithm=hmac-sha1,", "")}, "SIGNATURE_ILLISIBLE"),
        ({"Authorization": HEADERS["Authorization"] + ",signature=AAAA"}, "SIGNATURE_ILLISIBLE"),
        ({"Authorization": "Signature keyId=passerelle,algorithm=hmac-sha1,signature="}, "SIGNATURE_ILLISIBLE"),
        ({"Authorization": "Signature keyId=passerelle,algorithm=hmac-sha1,signature=***"}, "SIGNATURE_ILLISIBLE"),
        ({"Date": "hier"}, "DATE_ILLISIBLE"),
        ({"Date": "Fri, 05 Jun 2026 08:12:30 -0000"}, "DATE_ILLISIBLE"),
        ({"Authorization": HEADERS["Authorization"].replace("keyId=passerelle", "keyId=autre")}, "CLE_INCONNUE"),
        ({"Date": "Fri, 05 Jun 2026 08:12:31 GMT"}, "SIGNATURE_FAUSSE"),
        ({"Authorization": "Signature keyId=passerelle,algorithm=hmac-sha1,signature=AAAA"}, "SIGNATURE_FAUSSE"),
    ],
)
def test_what_is_wrong_has_its_code(changed: dict[str, str], expected: str) -> None:
    assert code(HEADERS | changed) == expected


@given(date=st.text(max_size=60), authorization=st.text(max_size=120))
def test_no_header_makes_it_fail_or_passes_by_chance(date: str, authorization: str) -> None:
    answer = verify({"Date": date, "Authorization": f"Signature {authorization}"}, SECRETS, AT)
    assert isinstance(answer, Unsigned)
    assert answer.message == MESSAGES[answer.code]


def test_a_key_id_that_would_break_the_header_is_refused() -> None:
    for wrong in ("", "a,b", 'a"b', "a b", "a\nb"):
        with pytest.raises(ValueError, match="identifiant de clé"):
            sign(wrong, b"s", AT)

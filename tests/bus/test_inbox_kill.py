"""A worker killed by SIGKILL at each step of a file's way: the ledger, the folders and the topic agree afterwards."""

import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas import identity
from tests.bus.inbox_kills import killed
from tests.bus.receiving import Receiving, receiving
from tests.connectors.apogee.samples import EXPORT
from tests.services import Services

LINES = 1_200
"""More than one window of the publisher, so that one step is in the middle of the publication."""

ACCEPTED = ("row_written", "claimed", "accepted", "prepared", "window_published", "published", "recorded", "moved", "settled")
REFUSED = ("refusal_recorded", "reported", "moved")
PROJECT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def bus(services: Services, prefix: str, schema: str, tmp_path: Path) -> Iterator[Receiving]:
    with receiving(services, prefix, schema, tmp_path) as made:
        yield made


def test_a_kill_at_any_step_loses_no_file_and_gives_every_record_one_id(bus: Receiving) -> None:
    head, line, _ = EXPORT.split("\r\n")[:3]
    good = "\r\n".join([head, *(line.replace("900001", str(number)) for number in range(LINES)), ""])
    bad = good.replace("12/03/2007", "31/02/2007", 1)
    orders = [{"name": f"bon_{step}.csv", "content": "good", "step": step} for step in ACCEPTED]
    orders += [{"name": f"mauvais_{step}.csv", "content": "bad", "step": step} for step in REFUSED]
    root = bus.folders().root
    ends = killed(bus, orders, {"good": good, "bad": bad})
    assert [(each["name"], each["killed"], each["finished"]) for each in ends] == [
        (order["name"], int(signal.SIGKILL), 0) for order in orders
    ]

    rows = {row["name"]: row for row in bus.rows()}
    assert Counter(row["name"] for row in bus.rows()) == {order["name"]: 1 for order in orders}
    assert {row["state"] for name, row in rows.items() if name.startswith("bon")} == {"ARCHIVED"}
    assert {row["state"] for name, row in rows.items() if name.startswith("mauvais")} == {"REFUSED"}
    assert all(row["settled_at"] for row in rows.values())

    expected = {
        identity.from_receipt(row["receipt"], f"ligne {number}")
        for name, row in rows.items()
        if name.startswith("bon")
        for number in range(2, LINES + 2)
    }
    values: dict[str, set[str]] = {}
    for one in bus.came():
        values.setdefault(one.envelope.ce_id, set()).add(f"{one.key} {one.envelope.ce_subject} {one.envelope.ce_time} {one.data}")
    assert set(values) == expected
    assert all(len(found) == 1 for found in values.values())

    assert sorted(path.name.split("__")[1] for path in (root / "archive").glob("*/*")) == sorted(f"bon_{step}.csv" for step in ACCEPTED)
    assert {path.name for path in (root / "quarantaine").iterdir()} == {
        f"mauvais_{step}.csv{suffix}" for step in REFUSED for suffix in ("", ".compte_rendu.txt", ".compte_rendu.json")
    }
    assert not [*(root / "depot").iterdir(), *(root / "en_cours").iterdir()]

"""The watchdog's judgement; that it really ends a hanging worker is shown in `tests/chaos/test_members.py`."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from types import SimpleNamespace
from typing import Any

import pytest

from bus import topic_admin
from bus.deployment import Deployment
from bus.engine.watchdog import Replaced, Standing, Standstill, Watchdog

PLACE = ("apogee.inscriptions.v1", 0)


def test_a_place_stands_once_its_checkpoint_stayed_below_an_end_for_longer_than_the_limit() -> None:
    standstill = Standstill(10)
    assert not standstill.observe(PLACE, 5, 9, 0)
    assert not standstill.observe(PLACE, 5, 12, 10)
    assert standstill.observe(PLACE, 5, 12, 10.1)


def test_a_place_that_moves_or_has_nothing_to_read_does_not_stand() -> None:
    standstill = Standstill(10)
    for now, checkpoint in enumerate((1, 2, 3, 4)):
        assert not standstill.observe(PLACE, checkpoint, 9, now * 9)
    assert not standstill.observe(PLACE, 9, 9, 100)
    assert not standstill.observe(PLACE, 9, 10, 101)
    assert not standstill.observe(PLACE, 9, 10, 110)


def test_a_revoked_place_starts_anew() -> None:
    standstill = Standstill(10)
    standstill.observe(PLACE, 5, 9, 0)
    standstill.forget_all_but(set())
    assert not standstill.observe(PLACE, 5, 9, 50)


@contextmanager
def _no_broker(_options: Any) -> Iterator[None]:
    yield None


def looking(monkeypatch: pytest.MonkeyPatch, ends: dict[Any, int], ids: dict[str, str], **runner: Any) -> Watchdog:
    monkeypatch.setattr(topic_admin, "administration", _no_broker)
    monkeypatch.setattr(topic_admin, "topic_ids", lambda *_: ids)
    seen = {"beat": monotonic(), "degraded": None, "progress": {PLACE: (5, 0.0)}, "topic_ids": {PLACE[0]: "a"}, **runner}
    watchdog = Watchdog(SimpleNamespace(**seen), {}, Deployment(), lambda _error: None, 0.0)  # type: ignore[arg-type]
    monkeypatch.setattr(watchdog, "_ends", lambda *_: ends)
    return watchdog


def test_a_topic_made_again_under_a_reading_task_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Replaced, match=PLACE[0]):
        looking(monkeypatch, {PLACE: 5}, {PLACE[0]: "b"})._look()
    looking(monkeypatch, {PLACE: 5}, {PLACE[0]: "a"})._look()


def test_a_loop_that_does_not_turn_is_seen_even_without_a_task(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Standing, match="boucle"):
        looking(monkeypatch, {}, {}, progress={}, beat=monotonic() - 1000)._look()


def test_waiting_for_the_outside_is_not_standing(monkeypatch: pytest.MonkeyPatch) -> None:
    watchdog = looking(monkeypatch, {PLACE: 9}, {PLACE[0]: "a"}, degraded="PostgreSQL (08006)")
    for _ in range(3):
        watchdog._look()


def test_what_the_watchdog_cannot_see_does_not_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    watchdog = looking(monkeypatch, {PLACE: 9}, {PLACE[0]: "a"})
    failed: list[BaseException] = []
    answers = iter([OSError("away"), ValueError("odd"), {PLACE: 9}, {PLACE: 9}, {PLACE: 9}])

    def ends(*_: Any) -> Any:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(watchdog, "_ends", ends)
    monkeypatch.setattr(watchdog, "_fail", failed.append)
    monkeypatch.setattr(watchdog, "_every", 0.001)
    watchdog._watch()
    assert [type(error) for error in failed] == [Standing]

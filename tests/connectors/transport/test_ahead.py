"""Pieces made ahead: the same pieces, the same order, the same end, and nobody left behind."""

import threading
from collections.abc import Callable, Iterator

import pytest

from connectors.transport.ahead import ahead
from tests.waiting import PATIENCE

PIECES = [b"a", b"bc", b"d", b""]


def from_list(pieces: list[bytes | Exception], made: list[bytes | Exception]) -> Callable[[], bytes]:
    def make() -> bytes:
        made.append(pieces[len(made)])
        if isinstance(made[-1], Exception):
            raise made[-1]
        return made[-1]

    return make


def threads() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name.startswith("ahead")]


@pytest.fixture(autouse=True)
def nobody_is_left() -> Iterator[None]:
    yield
    assert threads() == []


def test_pieces_come_in_their_order_until_there_is_none() -> None:
    made: list[bytes | Exception] = []
    assert list(ahead(from_list([*PIECES, b"never"], made))) == PIECES[:3]
    assert made == PIECES


def test_what_goes_wrong_is_said_after_what_came_before() -> None:
    pieces = ahead(from_list([b"a", b"b", ValueError("trop gros")], []))
    assert [next(pieces), next(pieces)] == [b"a", b"b"]
    with pytest.raises(ValueError, match="trop"):
        next(pieces)


def test_the_next_piece_is_made_while_the_caller_works_and_no_more_than_one() -> None:
    made: list[bytes | Exception] = []
    second, third = threading.Event(), threading.Event()
    give = from_list([*PIECES], made)

    def make() -> bytes:
        piece = give()
        if len(made) == 2:
            second.set()
        if len(made) == 3:
            third.set()
        return piece

    pieces = ahead(make)
    assert next(pieces) == b"a"
    assert second.wait(PATIENCE)
    assert not third.wait(0.05)
    assert list(pieces) == [b"bc", b"d"]


def test_closing_waits_for_the_piece_under_way_and_asks_for_no_other() -> None:
    made: list[bytes | Exception] = []
    begun, go_on = threading.Event(), threading.Event()
    give = from_list([b"a"] * 10, made)

    def make() -> bytes:
        if made:
            begun.set()
            go_on.wait(PATIENCE)
        return give()

    pieces = ahead(make)
    next(pieces)
    assert begun.wait(PATIENCE)
    threading.Timer(0.05, go_on.set).start()
    pieces.close()
    assert len(made) == 2

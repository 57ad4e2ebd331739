"""What waits until a delivery is known to be good comes back whole and in order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.transport import spool as waiting
from connectors.transport.spool import Spool


@given(st.lists(st.binary(max_size=200), max_size=50), st.integers(1, 300), st.integers(1, 500))
def test_items_come_back_in_order_as_often_as_asked(items: list[bytes], block: int, in_memory: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(waiting, "BLOCK", block)
        with Spool(in_memory) as spool:
            for item in items:
                spool.add(item)
            assert list(spool) == items
            assert list(spool) == items


def test_a_closed_spool_gives_nothing_more() -> None:
    spool = Spool(10)
    spool.add(b"x" * 100)
    spool.close()
    with pytest.raises(ValueError, match="closed"):
        list(spool)

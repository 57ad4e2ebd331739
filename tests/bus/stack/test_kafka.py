"""What the embedded broker is given before it starts."""

import uuid

import pytest

from bus.stack.kafka import new_cluster_id


def test_the_id_of_a_cluster_is_never_taken_for_an_option(monkeypatch: pytest.MonkeyPatch) -> None:
    """One random id in sixty-four begins with a dash: the first start of such an installation failed."""
    drawn = iter([uuid.UUID(bytes=b"\xf8" + bytes(15)), uuid.UUID(bytes=b"\xfb" + bytes(15)), uuid.UUID(bytes=b"\x04" + bytes(15))])
    monkeypatch.setattr(uuid, "uuid4", lambda: next(drawn))
    assert new_cluster_id() == "BAAAAAAAAAAAAAAAAAAAAA"

"""Waiting for a condition, never for seconds."""

import time
from collections.abc import Callable

PATIENCE = 300.0
"""Seconds after which a test says that what it waits for never comes. It measures nothing: a loaded machine takes several times
as long as a quiet one for the same steps, and only a test that fails waits to the end. The run's own limit is above it."""


def until(true: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Return once it is true. Fails the test when it never is."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)

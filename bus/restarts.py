"""When a worker that ended starts again. Pure: the supervisor brings the clock and the processes."""

from dataclasses import dataclass

EXIT_RESTART = 70
"""A worker that lost its task or met what it cannot mend itself: start it again, after a pause."""
EXIT_STOPPED = 75
"""A worker that must not go on before a person has acted (deleted topic, checkpoint lost, bad release)."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
HEALTHY_SECONDS = 60.0
"""A worker that lived so long is no longer counted as failing."""


@dataclass(frozen=True, slots=True)
class Next:
    """What to do after an end."""

    pause: float | None
    """Seconds to wait before the next start; None: wait for a person."""
    failures: int
    """Ends in a row without a healthy life between them."""


def after_exit(code: int, lifetime: float, failures: int) -> Next:
    """What follows the end of a worker nobody asked to end; `code` as in `Popen.returncode` (negative: a signal).

    Any code but EXIT_STOPPED starts it again, 0 too: a worker has no end of its own. The pause doubles at each failure.
    """
    if code == EXIT_STOPPED:
        return Next(None, 0)
    failures = 1 if lifetime >= HEALTHY_SECONDS else failures + 1
    return Next(min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE), failures)

"""When a worker that ended starts again."""

from bus.restarts import EXIT_RESTART, EXIT_STOPPED, after_exit


def test_the_pause_doubles_up_to_a_minute() -> None:
    pauses, failures = [], 0
    for _ in range(9):
        following = after_exit(EXIT_RESTART, 0.5, failures)
        pauses.append(following.pause)
        failures = following.failures
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_healthy_minute_forgets_the_failures() -> None:
    assert after_exit(EXIT_RESTART, 60.0, 8).pause == 1
    assert after_exit(EXIT_RESTART, 59.9, 8).pause == 60


def test_a_worker_that_stopped_on_purpose_waits_for_a_person() -> None:
    assert after_exit(EXIT_STOPPED, 1000.0, 3).pause is None


def test_a_signal_and_a_zero_start_it_again() -> None:
    assert after_exit(-9, 0.1, 0).pause == 1
    assert after_exit(0, 0.1, 0).pause == 1

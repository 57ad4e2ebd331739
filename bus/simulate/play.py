"""One scenario file from reading to verdicts."""

from pathlib import Path

from bus.simulate.expectations import check
from bus.simulate.installation import Installation
from bus.simulate.report import Played
from bus.simulate.runner import run, steps_of
from bus.simulate.scenario import load
from bus.simulate.variations import repeated, shuffled


def play(path: Path, installation: Installation, repeat: bool = False, seed: int | None = None) -> Played:
    """Run it and hold it against its expectations; then, when asked, twice, and in another order.

    Raises ScenarioWrong when the file is no right scenario, runner.Endless when its rules never come to rest.
    """
    scenario = load(path, installation)
    history = run(scenario, installation, steps_of(scenario, installation))
    variations: dict[str, tuple[str, ...]] = {}
    if repeat:
        variations["repeat"] = repeated(scenario, installation)
    if seed is not None:
        variations[f"shuffle {seed}"] = shuffled(scenario, installation, seed)
    return Played(scenario, history, check(scenario, history), variations)

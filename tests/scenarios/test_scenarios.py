"""Every scenario of the project holds, and so do the examples of its documentation."""

import re
from pathlib import Path

import pytest

from bus.simulate.installation import Installation
from bus.simulate.installed import installed
from bus.simulate.play import play
from bus.simulate.report import text

HERE = Path(__file__).parent
FILES = sorted(HERE.rglob("*.yaml"))
DOCUMENT = HERE.parents[1] / "docs" / "scenarios.md"


@pytest.fixture(scope="module")
def installation() -> Installation:
    return installed()


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(HERE).with_suffix("")) for path in FILES])
def test_scenario(path: Path, installation: Installation) -> None:
    played = play(path, installation)
    assert played.verdicts, "a scenario of the project expects something"
    assert played.holds, "\n".join(text(played))


def test_there_are_scenarios() -> None:
    assert FILES


def test_the_documented_examples_hold(tmp_path: Path, installation: Installation) -> None:
    examples = re.findall(r"```yaml\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert examples
    for rank, example in enumerate(examples):
        path = tmp_path / f"exemple_{rank}.yaml"
        path.write_text(example, encoding="utf-8")
        played = play(path, installation)
        assert played.holds, "\n".join(text(played))

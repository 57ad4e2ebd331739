"""Twice the same input, and the systems in another order: the same result, or the differences."""

from pathlib import Path

from bus.simulate.runner import steps_of
from bus.simulate.scenario import load
from bus.simulate.variations import reordered
from tests.bus.simulate.playing import HEAD, comes, play_text
from tests.bus.simulate.small_domain import installation

FILE = """  - at: 2026-06-05T10:00
    system: guichet
    file: depot.json
    content: '{"uai": "0781944P", "cod_anu": "2026", "cod_ind": "1", "cod_vrs_vet": "1", "cod_etu": "007", "cod_etp": "%s"}'
"""


def test_events_that_come_again_change_nothing(tmp_path: Path) -> None:
    given = comes("2026-06-05T10:00", "PUBLIE") + comes("2026-06-05T10:01", "LIGNE", more=", event_id: e")
    outcome = play_text(tmp_path, f"{HEAD}given:\n{given}", repeat=True)
    assert outcome.holds
    assert outcome.variations == {"repeat": ()}


def test_a_file_dropped_again_is_a_new_delivery_whose_effects_show(tmp_path: Path) -> None:
    outcome = play_text(tmp_path, f"{HEAD}given:\n{FILE % 'PUBLIE'}", repeat=True)
    assert not outcome.holds
    assert any("publié en plus au second passage : bourses.decisions.v1 situation" in text for text in outcome.variations["repeat"])


def test_a_state_dropped_again_is_known(tmp_path: Path) -> None:
    given = (FILE % "PUBLIE").replace("depot.json", "etat_1.json")
    assert play_text(tmp_path, f"{HEAD}given:\n{given}", repeat=True).variations == {"repeat": ()}


def test_a_row_changed_and_a_file_written_by_the_second_passage_are_told(tmp_path: Path) -> None:
    differences = play_text(tmp_path, f"{HEAD}given:\n{FILE % 'LIGNE'}", repeat=True).variations["repeat"]
    assert any(text.startswith("table guichet {cod_etu: 007} : montant 166.50 devient 333.00") for text in differences)
    assert any("fichier écrit en plus au second passage : sortie(2).csv" in text for text in differences)


def test_another_order_of_the_systems_is_told_when_it_changes_the_end(tmp_path: Path) -> None:
    given = comes("2026-06-05T10:00", "ORDRE") + comes("2026-06-05T10:01", "ORDRE", system="autre")
    found = {play_text(tmp_path, f"{HEAD}given:\n{given}", seed=seed).variations[f"shuffle {seed}"] for seed in range(10)}
    assert () in found, "some seed keeps the order written"
    assert ("table guichet {cod_etu: 007} : rang /autre devient /guichet",) in found


def test_another_order_that_leads_to_the_same_end_holds(tmp_path: Path) -> None:
    given = comes("2026-06-05T10:00", "ATTEND") + comes("2026-06-05T10:01", "OUVRE", system="autre")
    assert all(play_text(tmp_path, f"{HEAD}given:\n{given}", seed=seed).holds for seed in range(10))


def test_each_system_keeps_its_own_order_and_other_keys_keep_their_place(tmp_path: Path) -> None:
    given = "".join(
        comes(f"2026-06-05T10:0{minute}", "RIEN", student, system)
        for minute, (student, system) in enumerate((("1", "guichet"), ("1", "autre"), ("2", "guichet"), ("1", "guichet"), ("1", "autre")))
    )
    path = tmp_path / "essai.yaml"
    path.write_text(f"{HEAD}given:\n{given}", encoding="utf-8")
    steps = steps_of(load(path, installation()), installation())
    orders = set()
    for seed in range(50):
        mixed = reordered(steps, seed)
        ranks = [step.given.rank for step in mixed]
        assert [step.clock for step in mixed] == [step.clock for step in steps]
        assert ranks[2] == 3
        assert ranks.index(1) < ranks.index(4)
        assert ranks.index(2) < ranks.index(5)
        orders.add(tuple(ranks))
    assert len(orders) == 6

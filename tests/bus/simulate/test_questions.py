"""Synchronous questions in a scenario: `ask`, `answer`, `same`."""

from pathlib import Path

from bus.simulate.installed import installed
from bus.simulate.report import Played, values
from bus.simulate.report import text as report
from tests.bus.simulate.playing import HEAD, play_text

DOSSIER = (
    "  - at: 2026-07-01T08:00\n    system: aglae\n    event: dossier\n    data: {numero: 2026VER1111037734L, annee: 2026, "
    "numero_boursier: 1111037734L, etat: DEFINITIF, voeux: [{rang: 1, uai: 0781944P, cod_etp: L1}]}\n"
)


def ask(name: str, at: str = "2026-07-02T08:00", **asked: str) -> str:
    fields = ", ".join(f"{field}: {value}" for field, value in ({"bourse": "1111037734L", "annee": "2026"} | asked).items())
    return f"  - {{at: {at}, ask: {{{fields}}}, name: {name}}}\n"


def play(folder: Path, given: str, expect: str, *, repeat: bool = False) -> Played:
    return play_text(folder, f"{HEAD}given:\n{given}expect:\n{expect}", installed(), repeat=repeat)


def test_an_answer_is_held_against_what_is_expected(tmp_path: Path) -> None:
    given = DOSSIER + ask("oui", uai="0781944P") + ask("non", uai="0755890V")
    assert play(tmp_path, given, "  - {answer: oui, data: {reponse: POSITIVE}}\n  - {answer: non, data: {reponse: ATTENTE}}\n").holds
    assert not play(tmp_path, given, "  - {answer: oui, data: {reponse: ATTENTE}}\n").holds
    assert not play(tmp_path, given, "  - {answer: oui, at: 2026-07-03T08:00}\n").holds


def test_same_tells_answers_that_differ(tmp_path: Path) -> None:
    given = DOSSIER + ask("oui", uai="0781944P") + ask("non", uai="0755890V") + ask("autre", bourse="0906018155T")
    assert play(tmp_path, given, "  - same: [non, autre]\n").holds
    different = play(tmp_path, given, "  - same: [oui, non, autre]\n")
    assert not different.holds
    assert "POSITIVE" in different.verdicts[0].found


def test_a_question_is_answered_from_what_came_before_it(tmp_path: Path) -> None:
    given = ask("avant", at="2026-06-30T08:00", uai="0781944P") + DOSSIER + ask("apres", uai="0781944P")
    assert play(tmp_path, given, "  - {answer: avant, data: {reponse: ATTENTE}}\n  - {answer: apres, data: {reponse: POSITIVE}}\n").holds


def test_the_same_doubt_twice_is_one_detection_also_when_all_of_it_is_repeated(tmp_path: Path) -> None:
    given = ask("une", uai="0781944P") + ask("deux", uai="0781944P")
    seen = play(
        tmp_path, given, "  - {topic: bourses.detections.v1, count: 1}\n  - row: {table: bourses_detections, count: 1}\n", repeat=True
    )
    assert seen.holds, "\n".join(report(seen))


def test_a_question_is_in_the_timeline_of_both_reports(tmp_path: Path) -> None:
    seen = play(tmp_path, ask("une"), "  - {answer: une}\n")
    assert any("question « une »" in line and "ATTENTE" in line for line in report(seen))
    assert [each["name"] for each in values(seen)["timeline"] if each["entry"] == "answered"] == ["une"]

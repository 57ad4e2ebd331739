"""Time, waiting, deadlines, dead letters, rows and files in a simulation."""

from pathlib import Path

import pytest

from bus.simulate.history import Arrived, Decided, Died, Held, Ignored, Reached
from bus.simulate.report import text
from bus.simulate.runner import Endless
from tests.bus.simulate.playing import comes, holds, played
from tests.bus.simulate.small_domain import ENDLESS, Archive, installation

OUT = "bourses.decisions.v1"


def test_a_published_record_reaches_the_processors_that_read_its_topic(tmp_path: Path) -> None:
    given = comes("2026-06-05T10:00", "PUBLIE")
    assert holds(tmp_path, given, "- row: {table: suivi, data: {statut: DEFINITIF}, count: 1}")


def test_entries_are_played_in_the_order_of_at_and_equal_times_in_the_order_written(tmp_path: Path) -> None:
    late, early = comes("2026-06-05T10:01", "PUBLIE"), comes("2026-06-05T10:00", "RIEN")
    history = played(tmp_path, late + early + comes("2026-06-05T10:01", "REFUS"), f"- topic: {OUT}").history
    told = [(entry.at.minute, entry.counted or entry.refusal) for entry in history.entries if isinstance(entry, Decided)][:3]
    assert [minute for minute, _ in told] == [0, 1, 1]
    assert told[0][1] == "sans_effet"
    assert told[1][1] is None


def test_a_deadline_comes_back_at_its_instant_between_two_entries(tmp_path: Path) -> None:
    given = comes("2026-06-05T10:00", "DELAI") + comes("2026-06-05T11:00", "RIEN")
    expect = f"- {{topic: {OUT}, at: 2026-06-05T10:30, count: 1, data: {{motif: rappel}}}}"
    assert holds(tmp_path, given, expect)


def test_a_deadline_not_yet_due_at_the_end_does_not_come_back(tmp_path: Path) -> None:
    given = comes("2026-06-05T10:00", "DELAI") + "  - at: 2026-06-05T10:29\n"
    outcome = played(tmp_path, given, f"- none: {OUT}")
    assert outcome.holds
    assert [(name, due.minute) for _, name, due in outcome.history.pending] == [("rappel", 30)]


def test_time_passes_until_the_last_instant_that_an_expectation_names(tmp_path: Path) -> None:
    assert not holds(tmp_path, comes("2026-06-05T10:00", "DELAI"), f"- {{none: {OUT}, until: 2026-06-05T10:31}}")
    assert holds(tmp_path, comes("2026-06-05T10:00", "DELAI"), f"- {{none: {OUT}, until: 2026-06-05T10:30}}")


def test_what_arrives_at_the_due_instant_comes_before_the_deadline(tmp_path: Path) -> None:
    given = comes("2026-06-05T10:00", "DELAI") + comes("2026-06-05T10:30", "ANNULE") + "  - at: 2026-06-05T12:00\n"
    assert holds(tmp_path, given, f"- none: {OUT}")


def test_a_deadline_taken_back_or_replaced_no_longer_counts(tmp_path: Path) -> None:
    given = comes("2026-06-05T10:00", "DELAI") + comes("2026-06-05T10:10", "DELAI") + "  - at: 2026-06-05T12:00\n"
    history = played(tmp_path, given, f"- {{topic: {OUT}, at: 2026-06-05T10:40, count: 1}}").history
    assert [entry.at.minute for entry in history.entries if isinstance(entry, Reached)] == [40]


def test_thirty_minutes_are_elapsed_time_across_the_change_of_hour(tmp_path: Path) -> None:
    given = comes("2026-10-25T02:45", "DELAI") + "  - at: 2026-10-25T12:00\n"
    assert holds(tmp_path, given, f"- {{topic: {OUT}, at: 2026-10-25T01:15Z, count: 1}}")


def test_a_parked_event_is_released_once_by_its_prerequisite(tmp_path: Path) -> None:
    given = comes("2026-06-05T10:00", "ATTEND") + comes("2026-06-05T10:20", "OUVRE")
    expect = f"""
        - parked: {{system: guichet, waits_for: ouverture du guichet, released: 2026-06-05T10:20}}
          at: 2026-06-05T10:10
        - {{topic: {OUT}, at: 2026-06-05T10:20, count: 1}}
        - {{none: {OUT}, until: 2026-06-05T10:20}}
    """
    assert holds(tmp_path, given, expect)


def test_a_parked_event_that_waits_too_long_ends_in_a_refusal(tmp_path: Path) -> None:
    given = comes("2026-06-05T10:00", "ATTEND") + "  - at: 2026-07-06T10:00\n"
    expect = """
        - refusal: {code: ATTENTE_EXPIREE, system: guichet}
          at: 2026-07-05T10:00
          count: 1
        - parked: {released: 2026-07-05T10:00}
    """
    assert holds(tmp_path, given, expect)


def test_the_bound_of_waiting_events_refuses_the_next_one(tmp_path: Path) -> None:
    given = "".join(comes(f"2026-06-05T10:0{minute}", "ATTEND") for minute in range(3))
    assert holds(tmp_path, given, "- parked: {released: false}\n  count: 2\n- refusal: {code: ATTENTE_TROP_LONGUE}\n  count: 1")


def test_a_rule_that_fails_makes_a_dead_letter_that_holds_its_key(tmp_path: Path) -> None:
    given = comes("2026-06-05T10:00", "FAUTE") + comes("2026-06-05T10:01", "PUBLIE") + comes("2026-06-05T10:01", "PUBLIE", "008")
    outcome = played(tmp_path, given, f"- dead_letter: {{code: REGLE_EN_ERREUR}}\n  count: 1\n- {{topic: {OUT}, count: 1}}")
    assert outcome.holds
    assert [type(entry) for entry in outcome.history.entries if isinstance(entry, Died | Held)] == [Died, Held]


def test_a_record_against_its_contract_is_the_dead_letter_that_the_engine_makes_of_it(tmp_path: Path) -> None:
    assert holds(tmp_path, comes("2026-06-05T10:00", "HORS_CONTRAT"), "- dead_letter: {code: SORTIE_REFUSEE}")


def test_an_event_posted_again_under_its_own_id_is_ignored(tmp_path: Path) -> None:
    given = comes("2026-06-05T10:00", "PUBLIE", more=", event_id: e1") + comes("2026-06-05T10:01", "PUBLIE", more=", event_id: e1")
    outcome = played(tmp_path, given, f"- {{topic: {OUT}, count: 1}}")
    assert outcome.holds
    assert sum(isinstance(entry, Ignored) for entry in outcome.history.entries) == 1


def test_the_same_own_id_with_another_content_is_a_conflict(tmp_path: Path) -> None:
    given = comes("2026-06-05T10:00", "PUBLIE", more=", event_id: e1") + comes("2026-06-05T10:01", "RIEN", more=", event_id: e1")
    assert holds(tmp_path, given, "- dead_letter: {code: CONFLIT_IDENTIFIANT}\n  count: 1")


def test_rows_are_written_over_and_deleted_and_can_be_seen_at_an_instant(tmp_path: Path) -> None:
    steps = (("10:00", "LIGNE"), ("10:01", "LIGNE"), ("10:02", "EFFACE"))
    given = "".join(comes(f"2026-06-05T{at}", etape) for at, etape in steps)
    expect = """
        - {row: {table: guichet, data: {montant: 166.5, rang: null}, count: 1}, at: 2026-06-05T10:00}
        - {row: {table: guichet, data: {montant: "333,00", vu_le: 2026-06-05}, count: 1}, at: 2026-06-05T10:01}
        - {row: {table: guichet, count: 0}}
    """
    assert holds(tmp_path, given, expect)


def test_the_effects_of_an_instant_make_one_file(tmp_path: Path) -> None:
    given = comes("2026-06-05T10:00", "LIGNE") + comes("2026-06-05T10:00", "LIGNE", "008") + comes("2026-06-05T10:01", "LIGNE")
    expect = """
        - file: {sink: guichet.sortie, name: sortie(1).csv, contains: ["007;166.50", "008"]}
          at: 2026-06-05T10:00
          count: 1
        - file: {sink: guichet, name: "sortie*.csv"}
          count: 2
    """
    assert holds(tmp_path, given, expect)


def test_a_sink_gets_its_payloads_as_json_gave_them_back(tmp_path: Path) -> None:
    assert holds(tmp_path, comes("2026-06-05T10:00", "LIGNE"), '- file: {sink: guichet, contains: "007;166.50;2026-06-05T08:00:00Z"}')


def test_an_archive_is_known_by_its_members_and_their_texts(tmp_path: Path) -> None:
    given = comes("2026-06-05T10:00", "LIGNE")
    zipped = installation(sink=Archive())
    assert holds(tmp_path, given, '- file: {sink: guichet, name: LOT1.ZIP, contains: [eleves.csv, "166.50"]}', installed=zipped)
    assert not holds(tmp_path, given, "- file: {sink: guichet, contains: [profs.csv]}", installed=zipped)


def test_settings_change_what_rules_decide(tmp_path: Path) -> None:
    given = comes("2026-06-05T10:00", "DELAI") + "  - at: 2026-06-05T12:00\n"
    assert holds(tmp_path, given, f"- {{topic: {OUT}, at: 2026-06-05T11:30}}", head="settings: {delai_minutes: 90}\n")


def test_local_times_are_of_the_scenario_zone(tmp_path: Path) -> None:
    given = comes("2026-06-05T10:00", "PUBLIE")
    assert holds(tmp_path, given, f"- {{topic: {OUT}, at: 2026-06-04T23:00Z}}", head="zone: Pacific/Noumea\n")


def test_a_refused_delivery_gives_no_record_and_can_be_expected(tmp_path: Path) -> None:
    given = (
        comes("2026-06-05T10:00", "PUBLIE", "")
        + "  - {at: 2026-06-05T10:01, system: guichet, file: depot.json, content: '['}\n"
        + "  - {at: 2026-06-05T10:02, system: guichet, body: '{'}\n"
    )
    expect = """
        - refusal: {code: CHAMP_MANQUANT, event: inscription, contains: cod_etu}
          at: 2026-06-05T10:00
        - refusal: {code: JSON_INVALIDE, file: depot.json, line: 1, message: "Ligne 1 : JSON invalide."}
        - refusal: {code: JSON_INVALIDE}
          count: 2
        - none: apogee.inscriptions.v1
    """
    assert holds(tmp_path, given, expect)


def dropped(at: str, name: str, uai: str = "0781944P", etape: str = "PUBLIE") -> str:
    """A file of one registration; `etat_…` is the whole state of its school, any other an act."""
    content = f'{{"uai": "{uai}", "cod_anu": "2026", "cod_ind": "1", "cod_vrs_vet": "1", "cod_etu": "007", "cod_etp": "{etape}"}}'
    return f"  - {{at: {at}, system: guichet, file: {name}, content: '{content}'}}\n"


def test_a_state_equal_to_the_last_accepted_one_of_its_school_is_ignored_and_said_as_by_the_inbox(tmp_path: Path) -> None:
    given = "".join(
        (
            dropped("2026-06-05T10:00", "etat_1.json"),
            dropped("2026-06-05T10:01", "etat_2.json", uai="0840001V"),
            dropped("2026-06-05T10:02", "etat_3.json"),
            dropped("2026-06-05T10:03", "etat_4.json", etape="RIEN"),
            dropped("2026-06-05T10:04", "etat_5.json"),
        )
    )
    outcome = played(tmp_path, given, "- {topic: apogee.inscriptions.v1, count: 4}")
    assert outcome.holds
    arrived = [entry for entry in outcome.history.entries if isinstance(entry, Arrived)]
    assert [(entry.known, entry.records) for entry in arrived] == [(False, 1), (False, 1), (True, 0), (False, 1), (False, 1)]
    assert "fichier etat_3.json : identique au dernier accepté de cet établissement, ignoré (guichet.etat)" in "\n".join(text(outcome))


def test_an_act_counts_each_time_though_its_bytes_are_equal(tmp_path: Path) -> None:
    given = dropped("2026-06-05T10:00", "depot.json") + dropped("2026-06-05T10:01", "depot.json")
    assert holds(tmp_path, given, "- {topic: apogee.inscriptions.v1, count: 2}")


def test_a_warning_of_a_delivery_that_is_taken_can_be_expected(tmp_path: Path) -> None:
    step = comes("2026-06-05T10:00", "PUBLIE").replace("0781944P", "DOUTEUX")
    assert holds(tmp_path, step, "- warning: {code: CLE_UAI_INVALIDE, system: guichet}\n  count: 1")


def test_an_event_that_its_connector_only_takes_inside_files_enters_by_its_contract(tmp_path: Path) -> None:
    given = comes("2026-06-05T10:00", "PUBLIE", system="archives")
    assert holds(tmp_path, given, f"- {{topic: {OUT}, data: {{cod_etu: 007}}, count: 1}}")


def test_rules_that_never_come_to_rest_are_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bus.simulate.runner.MAX_EVENTS", 50)
    with pytest.raises(Endless, match="boucle"):
        played(tmp_path, comes("2026-06-05T10:00", "BOUCLE"), f"- none: {OUT}", installed=installation(ENDLESS))


def test_two_runs_tell_the_same_story_with_the_same_ids(tmp_path: Path) -> None:
    given = comes("2026-06-05T10:00", "PUBLIE") + comes("2026-06-05T10:01", "DELAI") + "  - at: 2026-06-05T12:00\n"
    one, other = (played(tmp_path, given, f"- topic: {OUT}").history.published for _ in range(2))
    assert one == other
    assert len({each.id for each in one}) == len(one)

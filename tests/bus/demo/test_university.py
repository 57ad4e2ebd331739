"""The demo's university: deterministic, invented, readable by the real connectors, and worth exactly what it announces."""

from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

import pytest

from bus.answers.rights import TOPIC, Rights
from bus.demo.university import CONDITIONAL, SHARES, Case, University, generate, write
from processors.bourses.reponse import Question, repondre
from schemas.identifiants import join_nne, read_ine, uai_warnings
from schemas.outcome import Event, Refused
from schemas.student_key import StudentKeys
from tests.bus.demo.heard import SECRET, accepted, folded, heard, statuses


@cache
def small() -> University:
    return generate(seed=7, registrations=1_200, dossiers=285)


def shuffled(first: list[Event], second: list[Event]) -> list[Event]:
    """The two topics mixed, each in its own order."""
    sides = [0] * len(first) + [1] * len(second)
    Random(3).shuffle(sides)
    queues = (iter(first), iter(second))
    return [next(queues[side]) for side in sides]


def test_the_same_seed_gives_the_same_university_and_another_one_another() -> None:
    assert generate(7, 300, 60) == generate(7, 300, 60)
    assert generate(7, 300, 60) != generate(8, 300, 60)


@pytest.mark.parametrize(
    "order",
    [lambda ia, files: ia + files, lambda ia, files: files + ia, shuffled],
    ids=["apogee_first", "aglae_first", "mixed"],
)
def test_the_rules_give_what_it_announces_in_any_order(order: Callable[[list[Event], list[Event]], list[Event]]) -> None:
    university = small()
    result = folded(order(*heard(university)))
    expected = university.expected
    assert statuses(result) == expected.statuts
    names = Counter(output.name for output in result.outputs)
    assert names["mise_en_paiement"] == names["validation"] == names["notification"] == expected.paiements
    assert names["dossier_marque"] == expected.marques
    assert result.counts["doublon"] == expected.doublons
    assert result.counts["parques"] >= expected.parques > 0
    assert result.counts["liberes"] == result.counts["parques"]
    assert (result.dead, result.counts["refuses"]) == ([], 0)


def test_the_bilan_that_the_rules_give_is_the_one_it_announces() -> None:
    university = small()
    result = folded(shuffled(*heard(university)))
    last = {(o.key, o.subject): o.data.bourse for o in result.outputs if o.name == "statut_apogee"}
    differing = {o.subject for o in result.outputs if o.name == "ecart_identifiant" and o.data.ouvert and o.data.differents}
    counts = Counter(last.values())
    assert (counts["DEFINITIVE"], counts["CONDITIONNELLE"], len(differing)) == university.expected.bilan


def test_the_desks_are_answered_what_it_announces_and_nothing_before() -> None:
    university, keys, rights = small(), StudentKeys(SECRET), Rights()
    result = folded(shuffled(*heard(university)))
    asked = [(each, Question(each.annee, each.uai, each.cod_etp)) for each in university.questions]
    assert {each.case for each, _ in asked} == set(Case) - {Case.ABSENT}
    assert {repondre(rights.of(keys.of_nne(each.nne)), question).reponse for each, question in asked} == {"ATTENTE"}
    for output in result.outputs:
        if output.topic == TOPIC:
            rights.take(output.key, output.data)
    assert all((repondre(rights.of(keys.of_nne(each.nne)), question).reponse == "POSITIVE") == each.certain for each, question in asked)


def test_three_registrations_out_of_four_come_by_the_web() -> None:
    university = small()
    created = {event["cod_ind"] for event in university.events if event["type"] == "IA_CREEE"}
    assert len(created) == university.expected.premieres * 0.75


def test_the_shares_are_those_of_the_university_of_the_requirements() -> None:
    assert sum(SHARES.values()) == 2_850
    assert SHARES[Case.CORRESPOND] + SHARES[Case.RETRAITE] == 1_871
    assert sum(SHARES[case] for case in CONDITIONAL) == 709
    assert SHARES[Case.AUTRE_NUMERO] == 28
    assert generate(7, 19_000, 2_850).expected.bilan == (1_871, 709, 28)
    assert sum(small().expected.statuts.values()) > small().expected.premieres


def test_identifiers_have_valid_keys_but_for_the_few_mistyped_ones() -> None:
    events = [event for event in small().events if event["type"] == "IA_CREEE"]
    numbers = [join_nne(event.get("nne"), event.get("cle_nne")) for event in events]
    doubtful = [number for number in numbers if number and read_ine(number).avertissements]
    assert 0 < len(doubtful) < len(events) * 0.02
    assert 0 < numbers.count(None) < len(events) * 0.05
    kinds = {read_ine(number).nature for number in numbers if number}
    assert len(kinds) == 3
    assert all(number.startswith(("99", "ZZZZZ")) for number in numbers if number)
    assert {uai_warnings(event["uai"]) for event in events} == {()}


def test_names_keep_accents_apostrophes_and_particles() -> None:
    names = {event["nom"] for event in small().events}
    assert any("É" in name for name in names)
    assert any("'" in name for name in names)
    assert any(" " in name for name in names)
    assert max(map(len, names)) <= 30


def test_the_two_bad_files_are_refused_and_say_why() -> None:
    refused = [accepted(each.name, each.content, each.system) for each in small().bad_files]
    assert [type(outcome) for outcome in refused] == [Refused, Refused]
    assert all(fault.remede for outcome in refused if isinstance(outcome, Refused) for fault in outcome.faults)


def test_more_dossiers_than_students_are_refused() -> None:
    with pytest.raises(ValueError, match="inscriptions"):
        generate(1, 10, 100)


def test_the_files_can_be_written_for_a_look(tmp_path: Path) -> None:
    university = small()
    written = write(university, tmp_path)
    assert len(written) == len(university.files) + 2
    assert (tmp_path / "apogee" / "apogee_ia_2026.csv").read_bytes().decode("iso-8859-1").startswith("UAI;COD_ANU;")

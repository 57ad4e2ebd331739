"""Correspondences: exact, proposed, chosen, none; never guessed (R-PRO-12 to 14)."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.correspondances import PROCESSOR
from processors.correspondances.rapprochement import exact, proposer
from processors.correspondances.state import Element, Etat
from schemas.outcome import Event, Outcome
from schemas.records import lsu, sts

UAI = "9830418M"
AT = datetime(2018, 8, 8, tzinfo=UTC)
PEOPLE = (Element("epp/1", "ARNAUD", "VERONIQUE"), Element("epp/2", "LE GOFF", "Anaïs"), Element("local/3", "BLANC"))


class Bus:
    def __init__(self) -> None:
        self.state: Etat | None = None

    def give(self, topic: str, name: str, data: Any) -> Outcome:
        outcome = PROCESSOR.decide(None, self.state, Event("e", name, AT, UAI, "", "/test", topic, data))
        self.state = self.state if outcome.refusal is not None else outcome.state
        return outcome

    def sts(self, rows: list[tuple[str, Any]], count: int | None = None, recu: str = "r") -> Outcome:
        topic = "sts.echanges.v1"
        self.give(topic, "instantane_debut", sts.InstantaneDebut(recu=recu, uai=UAI, type="sts_emp", fichier="sts.xml"))
        for name, row in rows:
            self.give(topic, name, row)
        number = len(rows) if count is None else count
        return self.give(topic, "instantane_fin", sts.InstantaneFin(recu=recu, uai=UAI, type="sts_emp", nombre=number, empreinte="e"))

    def ask(self, nature: Any, *elements: str) -> Outcome:
        return self.give("lsu.elements.v1", "elements_edt", lsu.ElementsEdt(uai=UAI, nature=nature, elements=elements))


def person(number: int, name: str, first: str | None, substitute: bool = False) -> tuple[str, Any]:
    return "individu", sts.Individu(uai=UAI, id=str(number), type="epp", suppleant=substitute, nom_usage=name, prenom=first)


def told(outcome: Outcome) -> dict[str, str]:
    return {each.data.edt: each.data.statut for each in outcome.emitted if each.name == "correspondance"}


@pytest.mark.parametrize("edt", ["ARNAUD VERONIQUE", "arnaud véronique", "ARNAUD  VERONIQUE"])
def test_equal_names_are_exact_without_regard_to_case_accents_or_spaces(edt: str) -> None:
    found = exact(edt, PEOPLE, personnes=True)
    assert found is not None
    assert found.sts == "epp/1"


@pytest.mark.parametrize("edt", ["ARNAUD", "BLANC", "VERONIQUE ARNAUD", "ARNAUD DELOY VERONIQUE"])
def test_anything_else_is_not_exact(edt: str) -> None:
    assert exact(edt, PEOPLE, personnes=True) is None


def test_two_people_of_one_name_are_proposed_and_neither_is_taken() -> None:
    twins = (Element("epp/1", "BARRA", "SYLVIE"), Element("epp/2", "BARRA", "SYLVIE"))
    assert exact("BARRA SYLVIE", twins, personnes=True) is None
    assert len(proposer("BARRA SYLVIE", twins, personnes=True)) == 2


@given(st.text(max_size=30), st.lists(st.tuples(st.text(max_size=10), st.text(max_size=10)), max_size=6))
def test_proposals_are_always_among_what_sts_web_has(edt: str, people: list[tuple[str, str]]) -> None:
    elements = tuple(Element(f"epp/{rank}", name, first) for rank, (name, first) in enumerate(people))
    assert set(proposer(edt, elements, personnes=True)) <= set(elements)


def test_nothing_is_matched_without_a_whole_sts_emp() -> None:
    bus = Bus()
    assert bus.ask("MATIERE", "ANGLAIS").refusal is not None
    outcome = bus.sts([person(1, "BARRA", "SYLVIE")], count=2)
    assert outcome.refusal is not None
    assert outcome.refusal.code == "INSTANTANE_INCOMPLET"
    assert bus.ask("MATIERE", "ANGLAIS").refusal is not None


def test_a_choice_outlives_the_next_file_as_long_as_sts_web_has_the_element() -> None:
    bus = Bus()
    bus.sts([person(1, "ARNAUD", "VERONIQUE")])
    bus.ask("MATIERE")
    assert told(bus.ask("PROFESSEUR", "ARNAUD DELOY VERONIQUE")) == {"ARNAUD DELOY VERONIQUE": "PROPOSEE"}
    choice = lsu.ChoixCorrespondance(uai=UAI, nature="PROFESSEUR", edt="ARNAUD DELOY VERONIQUE", sts="epp/1")
    assert told(bus.give("lsu.elements.v1", "choix_correspondance", choice)) == {"ARNAUD DELOY VERONIQUE": "CHOISIE"}
    assert told(bus.sts([person(1, "ARNAUD", "VERONIQUE"), person(2, "BARRA", "SYLVIE")], recu="s"))["ARNAUD DELOY VERONIQUE"] == "CHOISIE"
    assert told(bus.sts([person(7, "ARNAUD", "VERONIQUE")], recu="t")) == {"ARNAUD DELOY VERONIQUE": "PROPOSEE"}
    taken_back = lsu.ChoixCorrespondance(uai=UAI, nature="PROFESSEUR", edt="ARNAUD DELOY VERONIQUE")
    bus.sts([person(1, "ARNAUD", "VERONIQUE")], recu="u")
    assert told(bus.give("lsu.elements.v1", "choix_correspondance", taken_back)) == {"ARNAUD DELOY VERONIQUE": "PROPOSEE"}


def test_substitutes_are_no_choice_for_a_teacher() -> None:
    bus = Bus()
    bus.sts([person(1, "BARRA", "SYLVIE", substitute=True)])
    bus.ask("MATIERE")
    assert told(bus.ask("PROFESSEUR", "BARRA SYLVIE")) == {"BARRA SYLVIE": "SANS"}


def test_a_large_lycee_fits_in_a_state() -> None:
    bus = Bus()
    rows = [person(number, f"NOM-DE-FAMILLE-{number}", f"Prénom{number}") for number in range(280)]
    rows += [
        ("matiere", sts.Matiere(uai=UAI, code_matiere=f"{number:06d}", libelle_long=f"MATIERE DE LIBELLE ORDINAIRE {number}"))
        for number in range(250)
    ]
    rows += [("groupe", sts.Groupe(uai=UAI, code_structure=f"GROUPE{number}")) for number in range(350)]
    rows += [
        ("service", sts.Service(uai=UAI, code_structure=f"GROUPE{number % 350}", type_structure="G", code_matiere=f"{number:06d}"))
        for number in range(700)
    ]
    bus.sts(rows)
    bus.ask("MATIERE", *(f"MATIERE DE LIBELLE ORDINAIRE {number}" for number in range(100)))
    bus.ask("PROFESSEUR", *(f"NOM-DE-FAMILLE-{number} Prénom{number}" for number in range(280)))
    assert len(msgspec.msgpack.encode(bus.state)) < 64 * 1024

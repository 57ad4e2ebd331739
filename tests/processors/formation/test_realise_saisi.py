"""Hours of several stagiaires entered together: as if each came alone, and all or none."""

from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.records.extranet import Absence, LigneSaisie
from tests.processors.formation.driver import COMPTEURS, Driver, after, at, codes, line, named, opened

NUMBERS = ("S1", "S2", "S3")
HOURS = st.decimals(Decimal("-0.02"), Decimal(240), places=2)
ABSENCES = st.lists(
    st.builds(
        Absence,
        debut=st.just(date(2006, 10, 5)),
        fin=st.dates(date(2006, 10, 4), date(2006, 10, 9)),
        motif=st.just("Maladie"),
        lieu=st.sampled_from(["CENTRE", "ENTREPRISE"]),
        heures=st.sampled_from([Decimal(-1), Decimal(7), Decimal(14)]),
    ),
    max_size=2,
).map(tuple)
COUNTERS = st.fixed_dictionaries(dict.fromkeys(COMPTEURS, HOURS))
LINES = st.lists(
    st.builds(
        lambda number, counters, absences: LigneSaisie(stagiaire=number, **counters, absences=absences),
        st.sampled_from([*NUMBERS, "S9"]),
        COUNTERS,
        ABSENCES,
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda each: each.stagiaire,
)


def alone(driver: Driver, each: LigneSaisie) -> list[str]:
    """Enter one line by itself; the codes of its refusal."""
    counters = [getattr(each, name) for name in COMPTEURS]
    return codes(driver.hours(each.stagiaire, "2006-10", *counters, absences=each.absences))


@settings(max_examples=200, deadline=None)
@given(LINES)
def test_together_is_one_by_one_when_all_are_good_and_nothing_when_one_is_not(lines: list[LigneSaisie]) -> None:
    apart, together = opened(numeros=NUMBERS), opened(numeros=NUMBERS)
    before = together.action
    refused = [code for each in lines for code in alone(apart, each)]
    said = together.hours_together("2006-10", lines)
    if refused:
        assert len(codes(said)) == 1
        assert codes(said)[0] in refused
        assert together.action == before
        return
    assert together.action == apart.action
    retained = [(h.stagiaire, h.centre, h.entreprise, h.total) for h in named(apart.outputs, "heures_retenues")]
    assert [(h.stagiaire, h.centre, h.entreprise, h.total) for h in named(said, "realise_retenu")[0].lignes] == retained
    assert [a.objet for a in named(together.outputs, "anomalie")] == [a.objet for a in named(apart.outputs, "anomalie")]


def test_a_refusal_names_each_line_that_is_wrong_and_says_that_nothing_is_kept() -> None:
    driver = opened(numeros=NUMBERS)
    lines = [line("S1", 10), line("S2", 745), line("S9", 10)]
    refus = named(driver.hours_together("2006-10", lines), "refus")[0]
    assert refus.code == "HEURES_AU_DELA_DU_MOIS"
    assert refus.message.startswith("Rien n'est enregistré pour « Octobre 2006 » : ligne 2 (stagiaire S2) : 745 heures déclarées")
    assert "ligne 3 (stagiaire S9) : Le stagiaire S9 n'est pas inscrit" in refus.message
    assert refus.remede.endswith("Puis renvoyer toutes les lignes.")
    assert not driver.action.mois


def test_many_wrong_lines_are_counted_beyond_five() -> None:
    driver = opened()
    refus = named(driver.hours_together("2006-10", [line(f"X{n}", 1) for n in range(8)]), "refus")[0]
    assert refus.message.count("ligne ") == 5
    assert refus.message.endswith("et 3 autres lignes")


def test_a_stagiaire_has_one_line() -> None:
    driver = opened(numeros=NUMBERS)
    assert codes(driver.hours_together("2006-10", [line("S1", 1), line("S2", 1), line("S1", 2)])) == ["STAGIAIRE_EN_DOUBLE"]


def test_a_declaration_without_a_line_is_refused() -> None:
    assert codes(opened().hours_together("2006-10", [])) == ["REALISE_VIDE"]


def test_lines_entered_again_replace_those_of_their_stagiaires_only() -> None:
    driver = opened(numeros=NUMBERS)
    driver.hours_together("2006-10", [line("S3", 30), line("S1", 10), line("S2", 20)])
    driver.hours_together("2006-10", [line("S2", 25)])
    driver.hours("S3", "2006-10", 35)
    assert [(each.rang, each.centre_realisees) for each in driver.action.mois[0].lignes] == [(0, 1000), (1, 2500), (2, 3500)]


def test_the_next_months_lines_wait_and_their_confirmation_waits_behind_them() -> None:
    driver = opened()
    driver.hours_together("2006-10", [line("S1", 10)])
    assert driver.hours_together("2006-11", [line("S1", 20)], at(2006, 11, 5, 8)) == []
    assert driver.confirm("2006-11", at(2006, 11, 6, 8)) == []
    released = driver.confirm("2006-10", at(2006, 11, 7, 8))
    assert [r.mois for r in named(released, "realise_retenu")] == ["2006-11"]
    assert codes(released) == ["PERIODE_NON_TERMINEE"]
    assert [d.mois for d in named(driver.confirm("2006-11"), "declaration_recapitulee")] == ["2006-11"]


def test_another_organisme_and_an_action_not_open_are_refused_as_for_one_line() -> None:
    driver = Driver()
    driver.describe()
    driver.stagiaire("S1")
    assert codes(driver.hours_together("2006-10", [line("S1", 1)], at(2006, 9, 25, 8))) == ["ACTION_NON_OUVERTE"]
    driver.open()
    said = driver.act("realise_saisi", after("2006-10"), organisme="OF-2", mois="2006-10", lignes=(line("S1", 1),))
    assert codes(said) == ["ACCES_REFUSE"]

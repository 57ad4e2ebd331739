"""Pégase's feed: what a registration becomes, what is refused, how spans and pages follow one another."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from connectors.pegase.flux import Ask, BadPage, PegaseFlux, Unstable
from connectors.transport.faults import CODES
from schemas.codec import encode
from schemas.outcome import Pulled
from schemas.student_key import StudentKeys
from tests.connectors.deliveries import SECRET
from tests.connectors.pegase.samples import MODIFIED, PERSONAL, page, vue

NOW = datetime.fromtimestamp(MODIFIED + 3_600, UTC)
PRESENT = MODIFIED + 3_600
FLUX = PegaseFlux(SECRET)


def pulled(*elements: Any) -> Pulled:
    return FLUX.pulled(None, FLUX.ask(None, NOW), page(*elements), NOW)


def data_of(**changes: Any) -> Any:
    [record] = pulled(vue(**changes)).records
    return record.data


# --- mapping ----------------------------------------------------------------------------------------------------------


def test_a_registration_of_the_feed_is_one_of_apogee() -> None:
    [record] = pulled(vue()).records
    data = record.data
    assert (data.uai, data.cod_anu, data.cod_ind, data.cod_etu) == ("0781944P", "2026", "00000001-6b0b-4d57-9a35-0d8c0b1c7f01", "000000001")
    assert (data.nne, data.cle_nne, data.nom, data.prenom, data.date_nai) == ("000000001AB", None, "TESTARD", "Zélie", date(2007, 3, 12))
    assert (data.cod_etp, data.cod_vrs_vet, data.cod_rgi, data.cod_brs, data.cod_dip) == ("L1-INFO", "P2026", "1", "01", None)
    assert (data.type, data.eta_iae, data.eta_pmt_iae, data.tem_iae_prm) == ("IA_CONSTATEE", "E", "P", True)
    assert record.time == data.dat_mod_iae == datetime(2026, 9, 7, 9, 0, tzinfo=UTC)
    assert record.key == StudentKeys(SECRET).of_nne("000000001AB")
    assert encode(record.topic, record.name, data, 1)


def test_a_student_without_ine_has_the_key_of_the_establishment() -> None:
    [record] = pulled(vue(INE=None)).records
    assert record.key == StudentKeys(SECRET).without_nne("0781944P", "000000001")


@pytest.mark.parametrize(
    ("changes", "field", "read"),
    [
        ({"statutInscription": "annulee"}, "eta_iae", "A"),
        ({"statutInscription": None, "statusInscription": "annulee"}, "eta_iae", "A"),
        ({"statutPaiement": "en_attente"}, "eta_pmt_iae", "A"),
        ({"statutPaiement": "non_paye"}, "eta_pmt_iae", "non_paye"),
        ({"statutPaiement": "valide"}, "eta_pmt_iae", "valide"),
        ({"statutPaiement": None}, "eta_pmt_iae", None),
        ({"anneeUniversitaire": 2026}, "cod_anu", "2026"),
        ({"anneeUniversitaire": "2026-2027"}, "cod_anu", "2026"),
        ({"anneeUniversitaire": {"code": "2027"}}, "cod_anu", "2027"),
        ({"formation": "M1-DROIT", "periode": "P1"}, "cod_etp", "M1-DROIT"),
        ({"boursesCompletes": [], "bourses": [{"code": "02"}]}, "cod_brs", "02"),
        ({"boursesCompletes": [{"code": "B2"}, {"code": "A1"}, {"code": "A1"}]}, "cod_brs", "A1+B2"),
        ({"boursesCompletes": [{"code": "X" * 12}, {"code": "A" * 12}]}, "cod_brs", "A" * 12),
        ({"boursesCompletes": None}, "cod_brs", None),
        ({"inscriptionPrincipale": False}, "tem_iae_prm", False),
    ],
)
def test_each_field_is_read_in_the_forms_that_it_may_have(changes: dict[str, Any], field: str, read: Any) -> None:
    assert getattr(data_of(**changes), field) == read


EACH: tuple[dict[str, Any], ...] = ({}, {}, {"statutInscription": "annulee"})


def test_what_is_given_again_has_the_same_id_and_a_change_another() -> None:
    [first], [again], [changed] = (pulled(vue(1, **changes)).records for changes in EACH)
    assert first.own_id == again.own_id != changed.own_id
    assert first.position == changed.position


def test_records_of_a_page_come_in_the_order_of_their_modification() -> None:
    records = pulled(vue(1, derniereModification=MODIFIED + 9), vue(2), vue(3, derniereModification=MODIFIED + 5)).records
    assert [record.data.cod_etu for record in records] == ["000000002", "000000003", "000000001"]


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "code", "name"),
    [
        ({"UAI": "781944P"}, "IDENTIFIANT_INVALIDE", "UAI"),
        ({"codeApprenant": None}, "CHAMP_MANQUANT", "codeApprenant"),
        ({"idApprenant": 12}, "TYPE_INATTENDU", "idApprenant"),
        ({"formation": {"libelle": "TESTARD"}}, "TYPE_INATTENDU", "formation"),
        ({"statutInscription": "brouillon"}, "CODE_INCONNU", "statutInscription"),
        ({"statutPaiement": "gratuit"}, "CODE_INCONNU", "statutPaiement"),
        ({"dateDeNaissance": "12/03/07"}, "DATE_INVALIDE", "dateDeNaissance"),
        ({"dateDeNaissance": "0007-03-12"}, "DATE_ABSURDE", "dateDeNaissance"),
        ({"derniereModification": MODIFIED * 1000}, "DATE_ABSURDE", "derniereModification"),
        ({"derniereModification": "hier"}, "TYPE_INATTENDU", "derniereModification"),
        ({"derniereModification": True}, "TYPE_INATTENDU", "derniereModification"),
        ({"anneeUniversitaire": "26"}, "IDENTIFIANT_INVALIDE", "anneeUniversitaire"),
        ({"boursesCompletes": "TESTARD"}, "TYPE_INATTENDU", "boursesCompletes"),
        ({"statutInscription": "valide", "statusInscription": "annulee"}, "ETAT_INCOHERENT", "statusInscription"),
        ({"inscriptionPrincipale": "O"}, "TYPE_INATTENDU", "inscriptionPrincipale"),
    ],
)
def test_a_bad_registration_is_refused_and_its_neighbours_are_taken(changes: dict[str, Any], code: str, name: str) -> None:
    found = pulled(vue(1), vue(2, **changes), vue(3))
    assert len(found.records) == 2
    [refused] = found.not_taken
    [fault] = refused.faults
    assert fault.code == code in CODES
    assert name in fault.message
    said = f"{refused.place} {fault.message} {fault.remede}"
    assert not [value for value in PERSONAL if value in said], said


def test_doubtful_keys_are_said_and_the_registration_is_taken() -> None:
    found = pulled(vue(1, INE="1111037734L"), vue(2, INE="1111037734M", UAI="0781944A"))
    assert len(found.records) == 2
    [doubted] = found.doubted
    assert doubted.place == found.records[1].position
    assert {warning.code for warning in doubted.warnings} == {"CLE_NNE_INVALIDE", "CLE_UAI_INVALIDE"}
    said = " ".join(f"{doubted.place} {warning.message} {warning.remede}" for warning in doubted.warnings)
    assert not [value for value in PERSONAL if value in said], said


@pytest.mark.parametrize("element", [None, "TESTARD", 1, [], [{}], {}, {"UAI": {"code": {}}}, {"UAI": "\ud800", "formation": []}])
def test_an_element_of_another_form_is_refused_alone(element: Any) -> None:
    found = pulled(vue(), element)
    assert len(found.records) == 1
    [refused] = found.not_taken
    assert refused.faults
    assert "TESTARD" not in " ".join(fault.message for fault in refused.faults)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        page(vue()) | {"resultats": None},
        page(vue()) | {"resultats": [vue()] * 501},
        page(vue()) | {"page": 1},
        page(vue()) | {"page": -1},
        page(vue()) | {"totalElements": "1"},
        page(vue()) | {"totalPages": True},
        page(pages=2, total=600),
    ],
)
def test_what_is_no_page_is_not_read(answer: Any) -> None:
    with pytest.raises(BadPage) as bad:
        FLUX.pulled(None, FLUX.ask(None, NOW), answer, NOW)
    assert "TESTARD" not in str(bad.value)


# --- how far ----------------------------------------------------------------------------------------------------------


class Sweep:
    """The calls that follow one another."""

    def __init__(self, flux: PegaseFlux = FLUX) -> None:
        self.flux = flux
        self.cursor: str | None = None
        self.now = NOW

    def ask(self) -> Ask:
        return self.flux.ask(self.cursor, self.now)

    def answered(self, total: int, pages: int) -> bool:
        ask = self.ask()
        found = self.flux.pulled(self.cursor, ask, page(vue(), number=ask.page, total=total, pages=pages), self.now)
        self.cursor = found.cursor
        return found.complete


def test_the_first_sweep_asks_for_everything_up_to_the_present() -> None:
    assert FLUX.ask(None, NOW) == Ask(0, PRESENT, 0, 500)
    assert PegaseFlux(SECRET, since=77, size=50).ask(None, NOW).query() == {
        "depuis": "77", "jusqua": str(PRESENT), "page": "0", "taille": "50",
    }  # fmt: skip


def test_pages_are_turned_within_one_span_although_time_passes() -> None:
    sweep = Sweep()
    assert not sweep.answered(total=3, pages=3)
    sweep.now = datetime.fromtimestamp(PRESENT + 900, UTC)
    assert sweep.ask() == Ask(0, PRESENT, 1, 500)
    assert not sweep.answered(total=3, pages=3)
    assert sweep.answered(total=3, pages=3)
    assert sweep.ask() == Ask(PRESENT - 900, PRESENT + 900, 0, 500), "an overlap before the end of the span, not of the calls"


def test_a_feed_that_gives_nothing_ends_its_sweep() -> None:
    sweep = Sweep()
    ask = sweep.ask()
    found = FLUX.pulled(None, ask, page(), NOW)
    assert (found.records, found.complete) == ((), True)


def test_a_total_that_changes_while_pages_are_turned_begins_the_span_again_shorter() -> None:
    """A registration that left its page moved its neighbours: one may have been jumped over."""
    sweep = Sweep(PegaseFlux(SECRET, since=PRESENT - 10_000))
    sweep.answered(total=900, pages=2)
    assert not sweep.answered(total=899, pages=2)
    assert sweep.ask() == Ask(PRESENT - 10_000, PRESENT - 5_000, 0, 500)
    sweep.answered(total=450, pages=2)
    assert not sweep.answered(total=450, pages=2), "there is more up to the present"
    assert sweep.ask() == Ask(PRESENT - 5_900, PRESENT, 0, 500), "then longer again"
    sweep.answered(total=450, pages=2)
    assert sweep.answered(total=450, pages=2)


def test_a_total_that_changes_even_on_the_shortest_span_is_an_outage() -> None:
    sweep = Sweep(PegaseFlux(SECRET, since=PRESENT - 960))
    sweep.answered(total=900, pages=2)
    with pytest.raises(Unstable):
        sweep.answered(total=899, pages=2)


def test_shorter_spans_always_come_to_the_present() -> None:
    sweep = Sweep(PegaseFlux(SECRET, since=PRESENT - 100_000))
    sweep.answered(total=9, pages=2)
    for calls in range(300):
        shaken = calls < 20 and sweep.ask().page == 1 and sweep.ask().until - sweep.ask().start > 960
        if sweep.answered(total=8 if shaken else 9, pages=2):
            break
    assert sweep.ask().start == PRESENT - 900


def test_the_start_never_goes_back() -> None:
    sweep = Sweep(PegaseFlux(SECRET, since=PRESENT - 60))
    sweep.answered(total=1, pages=1)
    assert sweep.ask().start == PRESENT - 60

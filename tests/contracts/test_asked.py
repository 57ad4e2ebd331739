"""What every asked source must keep, tested once: one class a source of the registry."""

from abc import ABC, abstractmethod
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest

from connectors.apogee.completion import ApogeeComplements, Cause, completed, correction_of
from connectors.apogee.service_answers import Etape, Identifiants
from connectors.apogee.vue import ApogeeVue
from connectors.fregata.inscriptions import FregataInscriptions
from connectors.pegase.flux import PegaseFlux
from connectors.registry import pull_connectors, push_connectors
from connectors.transport.faults import CODES
from schemas.codec import encode
from schemas.identity import from_source
from schemas.outcome import Pulled
from schemas.records.apogee import Inscription
from schemas.student_key import StudentKeys
from tests.connectors.apogee import test_vue as view_rows
from tests.connectors.deliveries import SECRET
from tests.connectors.fregata.samples import inscription
from tests.connectors.pegase.samples import page, vue
from topics.catalogue import CATALOGUE

NOW = datetime(2026, 9, 7, 12, tzinfo=UTC)
OTHER = b"another-secret-of-32-bytes-long!"


class AskedContract(ABC):
    """Subclass it once per source."""

    source_class: ClassVar[type]
    personal: ClassVar[tuple[str, ...]]

    @abstractmethod
    def read(self, secret: bytes = SECRET) -> Pulled:
        """One page with good and, where the source can give some, bad elements."""

    def test_its_topics_are_in_the_catalogue(self) -> None:
        assert set(self.source_class.topics) <= {topic.name for topic in CATALOGUE}  # type: ignore[attr-defined]

    def test_its_name_begins_with_its_system(self) -> None:
        source: Any = self.source_class
        assert source.name.startswith(f"{source.system}.")

    def test_every_record_is_of_its_topics_contract_and_has_an_id_of_its_own(self) -> None:
        records = self.read().records
        assert records
        for record in records:
            assert record.topic in self.source_class.topics  # type: ignore[attr-defined]
            assert encode(record.topic, record.name, record.data, 1)
            assert record.own_id
            assert record.time.tzinfo is not None
        assert len({from_source("x", record.own_id or "") for record in records}) == len(records)

    def test_the_same_page_twice_gives_the_same_records(self) -> None:
        assert self.read() == self.read()

    def test_nothing_but_the_data_names_a_person(self) -> None:
        found = self.read()
        said = [f"{record.key}|{record.subject}|{record.position}|{record.own_id}" for record in found.records]
        said += [f"{each.place} {fault.message} {fault.remede}" for each in found.not_taken for fault in each.faults]
        said += [f"{each.place} {fault.message} {fault.remede}" for each in found.doubted for fault in each.warnings]
        said.append(found.cursor if self.source_class is not ApogeeVue else "")
        assert not [(value, text) for value in self.personal for text in said if value.upper() in text.upper()]

    def test_the_secret_makes_the_keys_and_the_ids(self) -> None:
        ours, theirs = self.read().records, self.read(OTHER).records
        assert {record.key for record in ours}.isdisjoint(record.key for record in theirs)
        assert {record.own_id for record in ours}.isdisjoint(record.own_id for record in theirs)

    def test_faults_have_a_known_code_and_a_remedy(self) -> None:
        for each in self.read().not_taken:
            assert each.faults
            assert all(fault.code in CODES and fault.message and fault.remede for fault in each.faults)

    def test_what_is_doubtful_was_taken_and_is_said_with_a_remedy(self) -> None:
        found = self.read()
        assert {each.place for each in found.doubted} <= {record.position for record in found.records}
        for each in found.doubted:
            assert each.warnings
            assert all(fault.code in CODES and fault.message and fault.remede for fault in each.warnings)


class TestApogeeVue(AskedContract):
    source_class = ApogeeVue
    personal = view_rows.PERSONAL

    def read(self, secret: bytes = SECRET) -> Pulled:
        rows = [view_rows.row(), view_rows.row(COD_NNE_IND=None, COD_CLE_NNE_IND=None, COD_IND="900002"), view_rows.row(ETA_IAE="Zélie")]
        return ApogeeVue(secret).pulled(None, view_rows.window(), rows, (view_rows.row(None),), False, NOW)


class TestPegaseFlux(AskedContract):
    source_class = PegaseFlux
    personal = ("TESTARD", "Zélie", "2007-03-12", "000000001", "000000002", "zelie@")

    def read(self, secret: bytes = SECRET) -> Pulled:
        flux = PegaseFlux(secret)
        given = page(vue(1), vue(2, INE=None), vue(3, statutInscription="TESTARD"), "TESTARD")
        return flux.pulled(None, flux.ask(None, NOW), given, NOW)


class TestApogeeComplements(AskedContract):
    source_class = ApogeeComplements
    personal = ("21907", "900001", "1111037734", "0906018155")

    def read(self, secret: bytes = SECRET) -> Pulled:
        bare = Inscription(uai="0781944P", cod_anu="2026", cod_ind="900001", cod_etu="21907", cod_etp="L1INFO", cod_vrs_vet="120")
        cause = Cause("1df4106b-4db6-5ce7-a2c8-7761b25181be", StudentKeys(secret).without_nne("0781944P", "21907"), "ia/x", NOW)
        said, steps = Identifiants("1111037734", "L", "0906018155T"), (Etape("2026", "L1INFO", "120", "LINFO"),)
        made = (correction_of(bare, said, cause, secret), completed(bare, said, steps, cause, secret))
        return Pulled(tuple(record for record in made if record is not None), "")


class TestFregataInscriptions(AskedContract):
    source_class = FregataInscriptions
    personal = ("TESTARD", "Zélie", "2009-03-12", "9900000001T", "9900000002T", "Essais")

    def read(self, secret: bytes = SECRET) -> Pulled:
        source = FregataInscriptions(secret, ("0341088Y",))
        given = [inscription(1), inscription(2), inscription(3, statutApprenant="TESTARD"), "TESTARD"]
        return source.pulled(source.ask(None, NOW), given)


def test_every_registered_source_has_its_class_of_the_contract() -> None:
    assert {type(source) for source in pull_connectors(SECRET)} == {each.source_class for each in AskedContract.__subclasses__()}


def test_names_are_unique_among_all_that_comes_in() -> None:
    names = [source.name for source in pull_connectors(SECRET)] + [connector.system for connector in push_connectors(SECRET)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("source", pull_connectors(SECRET), ids=lambda source: str(source.name))
def test_a_source_never_shows_the_secret(source: Any) -> None:
    assert SECRET.decode() not in repr(source)

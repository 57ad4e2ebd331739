"""What the Extranet sends is read exactly: French numbers, both decimal marks, months in words, own instants."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from connectors.extranet.connector import Extranet
from connectors.safir.connector import Safir
from schemas.outcome import Refused
from schemas.records.extranet import Absence, HeuresSaisies
from tests.connectors.deliveries import RECEIVED, SECRET, codes_of, delivery, records_of
from tests.connectors.extranet.samples import FICHE, HEURES, HEURES_CSV
from tests.connectors.safir.samples import ACTION, DECISIONS_CSV

EXTRANET, SAFIR = Extranet(SECRET), Safir(SECRET)
ABOUT = ("evenement", "identifiant", "instant", "contrat", "organisme", "mois")
"""What is said once for all the lines of a month."""


def test_a_posted_line_and_the_same_line_of_a_file_give_the_same_hours() -> None:
    posted = records_of(EXTRANET.accept(delivery(json.dumps(HEURES))))[0]
    dropped = records_of(EXTRANET.accept(delivery(HEURES_CSV, "heures_saisies.csv")))[0]
    assert isinstance(posted.data, HeuresSaisies)
    assert posted.data.mois == dropped.data.mois == "2006-10"
    assert posted.data.centre_realisees == dropped.data.centre_realisees == Decimal("120.50")
    assert posted.data.entreprise_realisees == dropped.data.entreprise_realisees == Decimal("40.25")
    absence = Absence(debut=date(2006, 10, 5), fin=date(2006, 10, 6), motif="Maladie de TESTARD", lieu="CENTRE", heures=Decimal("14.00"))
    assert posted.data.absences[0] == dropped.data.absences[0] == absence
    assert posted.time == dropped.time == datetime(2006, 10, 31, 16, tzinfo=UTC)


def test_hours_of_several_stagiaires_may_come_together() -> None:
    line = {name: value for name, value in HEURES.items() if name not in ABOUT}
    posted = {name: HEURES[name] for name in ABOUT} | {"evenement": "realise_saisi"}
    both = posted | {"lignes": [line, line | {"stagiaire": "ST-02", "absences": []}]}
    record = records_of(EXTRANET.accept(delivery(json.dumps(both))))[0]
    alone = records_of(EXTRANET.accept(delivery(json.dumps(HEURES))))[0]
    assert (record.key, record.subject, record.data.mois) == (alone.key, "declaration/2006-10", "2006-10")
    first, second = record.data.lignes
    assert {name: getattr(first, name) for name in first.__struct_fields__} == {
        name: getattr(alone.data, name) for name in first.__struct_fields__
    }
    assert (second.stagiaire, second.absences) == ("ST-02", ())


def test_a_bad_line_among_several_is_named_by_its_place() -> None:
    line = {name: value for name, value in HEURES.items() if name not in ABOUT}
    posted = {name: HEURES[name] for name in ABOUT} | {"evenement": "realise_saisi"}
    answer = EXTRANET.accept(delivery(json.dumps(posted | {"lignes": [line, line | {"centre_realisees": "dix"}]})))
    assert isinstance(answer, Refused)
    assert "lignes[2].centre_realisees" in answer.faults[0].message


def test_the_lines_of_a_month_may_stand_in_one_cell_of_a_file() -> None:
    file = "CONTRAT;ORGANISME;MOIS;LIGNES\n2006QCA0101;OF;10/2006;ST-01~120,50~14~0~40,25~0~0|ST-02~1~0~0~0~0~0\n"
    lines = records_of(EXTRANET.accept(delivery(file, "realise_saisi_2006-10.csv")))[0].data.lignes
    assert [(each.stagiaire, each.centre_realisees, each.entreprise_realisees) for each in lines] == [
        ("ST-01", Decimal("120.50"), Decimal("40.25")),
        ("ST-02", Decimal("1.00"), Decimal("0.00")),
    ]
    assert codes_of(EXTRANET.accept(delivery(file.replace("~40,25", ""), "realise_saisi.csv"))) == ["NOMBRE_DE_CHAMPS"]


def test_thousands_may_be_grouped() -> None:
    assert records_of(EXTRANET.accept(delivery(HEURES_CSV, "heures_saisies.csv")))[1].data.centre_realisees == Decimal("1200.50")


def test_negative_hours_pass_the_connector_so_that_the_rule_says_what_is_wrong() -> None:
    record = records_of(EXTRANET.accept(delivery(json.dumps(HEURES | {"centre_realisees": -1}))))[0]
    assert record.data.centre_realisees == Decimal(-1)


def test_the_sources_own_identifier_names_the_event_for_ever() -> None:
    first, second = (records_of(EXTRANET.accept(delivery(json.dumps(HEURES), "", ""))) for _ in range(2))
    assert first[0].own_id == second[0].own_id == "heures_saisies/e-2"


def test_without_an_instant_an_event_happened_when_it_was_received() -> None:
    record = records_of(EXTRANET.accept(delivery(json.dumps({k: v for k, v in HEURES.items() if k != "instant"}))))[0]
    assert record.time == RECEIVED


def test_a_path_in_one_json_object_keeps_its_periods() -> None:
    parcours = records_of(EXTRANET.accept(delivery(json.dumps(FICHE))))[0].data.parcours
    assert parcours.heures_centre == Decimal("300.50")
    assert parcours.periodes[0].fin == date(2006, 10, 31)


def test_a_path_in_a_file_has_columns_of_its_own() -> None:
    line = "CONTRAT;ORGANISME;STAGIAIRE;ENREGISTREMENT;PARCOURS_HEURES_CENTRE;PARCOURS_VAE\n2006QIA0101;OF;S1;PARTIEL;12,5;O\n"
    data = records_of(EXTRANET.accept(delivery(line, "stagiaire_saisi.csv")))[0].data
    assert (data.parcours.heures_centre, data.parcours.vae) == (Decimal("12.50"), True)


@pytest.mark.parametrize("name", ["heures_saisies.csv", "heures_saisies_2006-10.csv", "HEURES_SAISIES-3.CSV"])
def test_a_file_is_known_by_the_event_that_begins_its_name(name: str) -> None:
    assert records_of(EXTRANET.accept(delivery(HEURES_CSV, name)))


@pytest.mark.parametrize("name", ["heures.csv", "heures_saisiesbis.csv", "x.csv"])
def test_a_file_of_another_name_is_refused_with_the_known_ones(name: str) -> None:
    assert codes_of(EXTRANET.accept(delivery(HEURES_CSV, name))) == ["FICHIER_INCONNU"]


def test_an_unknown_event_is_refused_with_the_known_ones() -> None:
    assert codes_of(EXTRANET.accept(delivery(json.dumps(HEURES | {"evenement": "heures"})))) == ["CODE_INCONNU"]


def test_a_forgotten_password_is_keyed_by_the_address_whatever_its_case() -> None:
    def key(address: str, secret: bytes = SECRET) -> str:
        body = json.dumps({"evenement": "mot_de_passe_oublie", "adresse_electronique": address})
        return records_of(Extranet(secret).accept(delivery(body)))[0].key

    assert key("a@scenes.example") == key("A@Scenes.example")
    assert "scenes" not in key("a@scenes.example")
    assert key("a@scenes.example") != key("a@scenes.example", b"another-secret-of-32-bytes-long!")


def test_the_address_of_an_action_has_the_key_of_a_forgotten_password() -> None:
    titulaire = records_of(SAFIR.accept(delivery(json.dumps(ACTION))))[1]
    body = json.dumps({"evenement": "mot_de_passe_oublie", "adresse_electronique": ACTION["adresse_electronique"]})
    assert titulaire.data.adresse_cle == records_of(EXTRANET.accept(delivery(body)))[0].key
    assert titulaire.key == "OF-SCENES"


def test_an_action_keeps_its_zeros_and_what_is_not_given() -> None:
    action = records_of(SAFIR.accept(delivery(json.dumps(ACTION))))[0].data
    assert (action.numero_operation, action.effectif_total, action.prix_total) == ("007874", None, Decimal("44590.00"))


def test_an_action_not_yet_online_gives_nobody_an_account() -> None:
    assert len(records_of(SAFIR.accept(delivery(json.dumps(ACTION | {"en_ligne": False}))))) == 1


def test_a_decision_is_of_its_local_minute() -> None:
    first = records_of(SAFIR.accept(delivery(DECISIONS_CSV, "decision_facture.csv")))[0]
    assert first.time == datetime(2007, 9, 13, 15, 31, tzinfo=UTC)
    assert first.subject == "facture/1"


@pytest.mark.parametrize("contrat", ["2007QC0266", "07QCA0266", "2007QCB0266", "2007QCA02661", "2007Q1A0266", "2007QCA026", ""])
def test_a_contract_number_has_the_regions_form(contrat: str) -> None:
    for connector, sample in ((EXTRANET, HEURES), (SAFIR, ACTION)):
        assert isinstance(connector.accept(delivery(json.dumps(sample | {"contrat": contrat}))), Refused)


@pytest.mark.parametrize("contrat", ["2008QIA0970", "2008QCA0971", "2007QCA0266", "2007qca0266"])
def test_the_contract_numbers_of_the_guide_are_taken(contrat: str) -> None:
    assert records_of(EXTRANET.accept(delivery(json.dumps(HEURES | {"contrat": contrat}))))[0].key == contrat.upper()


@pytest.mark.parametrize("marche", ["7S00075", "07S0075", "07T00075", "07S000755"])
def test_a_market_number_has_the_regions_form(marche: str) -> None:
    assert isinstance(SAFIR.accept(delivery(json.dumps(ACTION | {"numero_marche": marche}))), Refused)

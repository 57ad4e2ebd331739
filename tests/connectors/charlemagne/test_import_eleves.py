"""IMPORT_ELEVES files of a private software: round trip, old versions, checks that the schema does not make."""

import hashlib
import io
from datetime import date, datetime

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from connectors.charlemagne import import_eleves, model
from connectors.charlemagne.connector import Charlemagne
from connectors.transport.xml import XmlSource
from schemas.outcome import Accepted, Refused
from tests.connectors.deliveries import codes_of, delivery, records_of
from tests.connectors.structs import structs_of

BASE = "0840001VPRIVE2025250906101112"
LEGAL = model.Responsable(id_prv_per="1", code_parente="10", heberge_eleve="true")
ELEVE = model.Eleve(
    id_prv_ele="7", id_national="070832327JA", nom_de_famille="D'HÉROUVILLE", prenom="Zoé", date_naiss="2013-12-22", code_pays="100",
    adhesion_transport="false", code_regime="2", doublement="0",
    responsables_eleve=model.ResponsablesEleve(legal=(LEGAL,)),
    scolarite_active=model.ScolariteActive(
        code_mef="10310019110", code_division="3 A", code_statut="ST", date_deb_sco="2025-09-01",
        options=(model.Option(code_matiere="030201", code_modalite_elect="O"),),
    ),
)  # fmt: skip
FILE = model.ImportEleves(
    version="3.1",
    parametres=model.Parametres(uaj="0840001V", annee_scolaire="2025", date_import="06/09/2025", num_envoi="1", logiciel="CHARLEMAGN"),
    donnees=model.Donnees(personnes=(model.Personne(id_prv_per="1", nom_de_famille="ÉLOI", prenom="Léa"),), eleves=(ELEVE,)),
)


def with_pupils(*eleves: model.Eleve) -> model.ImportEleves:
    assert FILE.donnees is not None
    return msgspec.structs.replace(FILE, donnees=msgspec.structs.replace(FILE.donnees, eleves=eleves))


def accept(file: model.ImportEleves, base: str = BASE) -> Accepted | Refused:
    return Charlemagne().accept(delivery(import_eleves.write_archive(file, base), f"{base}.zip"))


def warnings_of(answer: Accepted | Refused) -> list[str]:
    assert isinstance(answer, Accepted), answer
    return [fault.code for fault in answer.warnings]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(structs_of(model.ImportEleves))
def test_what_is_written_is_read_back_equal(file: model.ImportEleves) -> None:
    unknown: set[str] = set()
    assert import_eleves.read(XmlSource(io.BytesIO(import_eleves.write(file))), unknown) == file
    assert not unknown


def test_a_good_file_becomes_records() -> None:
    answer = accept(FILE)
    assert warnings_of(answer) == []
    debut, personne, eleve, fin, fichier = records_of(answer)
    assert fichier.topic == "charlemagne.fichiers.v1"
    assert (debut.data.type, debut.data.millesime, debut.data.application) == ("import_eleves_prive", 2025, "CHARLEMAGN")
    assert personne.data.id_prv_per == "1"
    assert (eleve.data.code_division, eleve.data.date_deb_sco, eleve.data.doublement) == ("3 A", date(2025, 9, 1), False)
    assert [(each.nature, each.id_prv_per, each.heberge_eleve) for each in eleve.data.responsables] == [("legal", "1", True)]
    assert fin.data.nombre == 2


def test_older_versions_are_read() -> None:
    content = """<?xml version="1.0" encoding="UTF-8"?><IMPORT_ELEVES VERSION="2.0"><PARAMETRES><UAJ>0840001V</UAJ>
    <ANNEE_SCOLAIRE>2012</ANNEE_SCOLAIRE></PARAMETRES><DONNEES><PERSONNES><PERSONNE><ID_PRV_PER>1</ID_PRV_PER><NOM>A</NOM></PERSONNE>
    </PERSONNES>
    <ELEVES><ELEVE><ID_PRV_ELE>7</ID_PRV_ELE><NOM>É</NOM><PRENOM>Z</PRENOM><DATE_NAISS>2001-01-01</DATE_NAISS><RESPONSABLES_ELEVE>
    <LEGAL1><ID_PRV_PER>1</ID_PRV_PER><CODE_PARENTE>10</CODE_PARENTE><FINANCIER>1</FINANCIER></LEGAL1></RESPONSABLES_ELEVE></ELEVE></ELEVES>
    </DONNEES></IMPORT_ELEVES>"""
    eleve = records_of(Charlemagne().accept(delivery(content, "x.xml")))[2].data
    assert eleve.nom_de_famille == "É"
    assert [(each.nature, each.paie_frais_scolaires) for each in eleve.responsables] == [("legal", True)]


@pytest.mark.parametrize("name", ["id_prv_ele", "id_national", "ine_bea", "ine_rnie"])
def test_an_identifier_given_twice_is_refused(name: str) -> None:
    first = msgspec.structs.replace(ELEVE, ine_bea="0113014881M", ine_rnie="070832327JA")
    second = msgspec.structs.replace(first, id_prv_ele="8", id_national="070832328JA", ine_bea="0113014882N", ine_rnie="070832328JA")
    assert isinstance(accept(with_pupils(first, second)), Accepted)
    same = msgspec.structs.replace(second, **{name: getattr(first, name)})
    answer = accept(with_pupils(first, same))
    assert codes_of(answer) == ["IDENTIFIANT_EN_DOUBLE"]
    assert isinstance(answer, Refused)
    assert name.upper() in answer.faults[0].message


def test_a_file_without_pupils_is_refused() -> None:
    assert codes_of(accept(with_pupils())) == ["LISTE_VIDE"]


def test_a_responsible_who_is_not_in_the_file_is_a_warning() -> None:
    links = model.ResponsablesEleve(legal=(msgspec.structs.replace(LEGAL, id_prv_per="99"),))
    assert warnings_of(accept(with_pupils(msgspec.structs.replace(ELEVE, responsables_eleve=links)))) == ["REFERENCE_INCONNUE"]


def test_a_pupil_without_legal_responsible_is_a_warning_unless_gone() -> None:
    contact = model.ResponsablesEleve(contact=(model.Responsable(id_prv_per="1", code_parente="38"),))
    alone = msgspec.structs.replace(ELEVE, responsables_eleve=contact)
    assert warnings_of(accept(with_pupils(alone))) == ["REFERENCE_INCONNUE"]
    gone = msgspec.structs.replace(alone, date_sortie="2025-10-01", code_motif_sortie="10")
    assert warnings_of(accept(with_pupils(gone))) == []


def test_a_one_digit_link_is_a_warning_because_siecle_rejects_it() -> None:
    links = model.ResponsablesEleve(legal=(msgspec.structs.replace(LEGAL, code_parente="1"),))
    assert warnings_of(accept(with_pupils(msgspec.structs.replace(ELEVE, responsables_eleve=links)))) == ["CODE_INCONNU"]


@pytest.mark.parametrize(
    ("base", "codes"),
    [(BASE, []), ("eleves", ["NOM_DE_FICHIER"]), (BASE.replace("2025", "2024", 1), ["NOM_ET_CONTENU_DIFFERENTS"])],
)
def test_names_that_siecle_would_refuse_are_warnings(base: str, codes: list[str]) -> None:
    assert warnings_of(accept(FILE, base)) == codes


def test_a_bad_date_is_refused_without_its_value() -> None:
    answer = accept(with_pupils(msgspec.structs.replace(ELEVE, date_naiss="2013-02-30")))
    assert codes_of(answer) == ["DATE_IMPOSSIBLE"]
    assert isinstance(answer, Refused)
    assert "2013" not in answer.faults[0].message


def test_the_links_import_of_the_same_root_is_not_taken() -> None:
    content = "<IMPORT_ELEVES VERSION='1.4'><PARAMETRES/><DONNEES><ELEVES><ELEVE><GROUPES/></ELEVE></ELEVES></DONNEES></IMPORT_ELEVES>"
    assert Charlemagne().accept(delivery(content, BASE + ".xml")).kind == "inconnu"


def test_names_are_made_as_siecle_wants_them() -> None:
    assert import_eleves.base_name("0590181B", "2006", datetime.fromisoformat("2006-10-11T10:01:59")) == "0590181BPRIVE2006061011100159"


def test_an_archive_that_siecle_would_take_is_claimed_from_the_consigne_under_its_name() -> None:
    content = import_eleves.write_archive(FILE, BASE)
    answer = Charlemagne().accept(delivery(content, f"{BASE}.zip"))
    assert isinstance(answer, Accepted)
    assert answer.kept_for == "charlemagne.fichiers.v1"
    fichier = records_of(answer)[-1].data
    assert (fichier.nom, fichier.taille, fichier.empreinte) == (f"{BASE}.zip", len(content), hashlib.sha256(content).hexdigest())
    assert (fichier.uai, fichier.millesime) == ("0840001V", 2025)


@pytest.mark.parametrize(
    ("name", "content", "codes"),
    [
        (f"{BASE}.xml", import_eleves.write(FILE), ["PAS_UNE_ARCHIVE"]),
        ("eleves.zip", import_eleves.write_archive(FILE, "eleves"), ["NOM_DE_FICHIER"]),
        (f"{BASE}.zip", import_eleves.write_archive(FILE, "eleves"), ["NOM_ZIP_DIFFERENT"]),
        (f"{BASE}.zip", import_eleves.write_archive(msgspec.structs.replace(FILE, version="3.0"), BASE), ["VERSION_NON_IMPORTEE"]),
    ],
)
def test_what_siecle_would_not_take_is_read_and_goes_no_further_and_that_is_said(name: str, content: bytes, codes: list[str]) -> None:
    answer = Charlemagne().accept(delivery(content, name))
    assert warnings_of(answer) == codes
    assert isinstance(answer, Accepted)
    assert answer.kept_for == ""
    assert {record.topic for record in records_of(answer)} == {"charlemagne.dossiers.v1"}
    assert all("le bus ne" in fault.message for fault in answer.warnings)

"""ELEGROUPE files: names, structure, exact messages of SIECLE, round trip."""

import hashlib
import io
from datetime import date, datetime

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.pronote import elegroupe, model, names
from connectors.pronote.connector import Pronote
from connectors.transport.binding import binding
from connectors.transport.passthrough import LARGEST_CARRIED
from connectors.transport.xml import XmlSource
from connectors.transport.zip import write_zip
from schemas.outcome import Accepted, Refused
from schemas.records import pronote
from tests.connectors.deliveries import delivery, records_of
from tests.connectors.structs import structs_of

BASE = "9830418MELEGROUPE2017180724091341"
GROUPE = model.Groupe(code_groupe="4EME LV2 AJE", date_debut_groupe="2018-02-19", date_fin_groupe="2018-12-15")
ELEVE = model.Eleve(eleve_id="210167", nom_de_famille="D'HÉROUVILLE", prenom="Zoé", date_naiss="2005-04-02", groupes=(GROUPE,))
FILE = model.Elegroupe(
    version="1.4",
    parametres=model.Parametres(uaj="9830418M", annee_scolaire="2017", date_import="24/07/2018", num_envoi="1", logiciel="PRONOTE"),
    donnees=model.Donnees(eleves=(ELEVE, msgspec.structs.replace(ELEVE, eleve_id=None, id_prv_ele="12"))),
)


def with_pupil(**changes: object) -> model.Elegroupe:
    return msgspec.structs.replace(FILE, donnees=model.Donnees(eleves=(msgspec.structs.replace(ELEVE, **changes),)))


def accept(file: model.Elegroupe | bytes, base: str = BASE, inner: str | None = None) -> Accepted | Refused:
    content = file if isinstance(file, bytes) else elegroupe.write(file)
    return Pronote().accept(delivery(write_zip(((f"{inner or base}.xml", content),)), f"{base}.zip"))


def messages_of(answer: Accepted | Refused) -> list[str]:
    assert isinstance(answer, Refused)
    assert answer.kind == "pronote.elegroupe"
    return [fault.message for fault in answer.faults]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(structs_of(model.Elegroupe))
def test_what_is_written_is_read_back_equal(file: model.Elegroupe) -> None:
    tree = XmlSource(io.BytesIO(elegroupe.write(file))).tree()
    assert binding(model.Elegroupe).read(tree) == file


def test_a_good_deposit_becomes_records() -> None:
    answer = accept(FILE)
    debut, first, second, fin, *_ = records_of(answer)
    assert debut.data == pronote.InstantaneDebut(
        recu=fin.data.empreinte, uai="9830418M", type="elegroupe", millesime=2017, fichier=f"{BASE}.xml", archive=f"{BASE}.zip",
        version="1.4", date_export=date(2018, 7, 24), application="PRONOTE", num_envoi="1",
    )  # fmt: skip
    assert first.data.groupes == (
        pronote.Groupe(code_groupe="4EME LV2 AJE", date_debut_groupe=date(2018, 2, 19), date_fin_groupe=date(2018, 12, 15)),
    )
    assert (first.data.rang, first.data.eleve_id, second.data.rang, second.data.id_prv_ele) == (1, "210167", 2, "12")
    assert fin.data.nombre == 2
    assert [record.name for record in (debut, first, fin)] == ["instantane_debut", "eleve", "instantane_fin"]


def test_a_bare_document_is_taken_as_well() -> None:
    records = records_of(Pronote().accept(delivery(elegroupe.write(FILE), f"{BASE}.xml")))
    assert len([record for record in records if record.topic == "pronote.liens_eleve_groupe.v1"]) == 4


@pytest.mark.parametrize("extension", ["xml", "zip"])
def test_the_file_itself_is_carried_byte_for_byte_under_its_name(extension: str) -> None:
    content = elegroupe.write(FILE)
    content = write_zip(((f"{BASE}.xml", content),)) if extension == "zip" else content
    records = records_of(Pronote().accept(delivery(content, f"{BASE}.{extension}")))
    head, piece = (record.data for record in records if record.topic == "pronote.fichiers.v1")
    assert (head.nom, head.taille, head.empreinte, head.morceaux) == (
        f"{BASE}.{extension}",
        len(content),
        hashlib.sha256(content).hexdigest(),
        1,
    )
    assert (piece.contenu, piece.empreinte) == (content, head.empreinte)


def test_a_large_file_is_claimed_from_the_consigne_and_a_small_one_is_not() -> None:
    eleves = tuple(msgspec.structs.replace(ELEVE, eleve_id=str(number)) for number in range(1, 200))
    file = msgspec.structs.replace(FILE, donnees=model.Donnees(eleves=eleves))
    content = elegroupe.write(file)
    assert len(content) > LARGEST_CARRIED
    answer = Pronote().accept(delivery(content, f"{BASE}.xml"))
    assert isinstance(answer, Accepted)
    assert answer.kept_for == "pronote.fichiers.v1"
    (head,) = (record.data for record in records_of(answer) if record.topic == "pronote.fichiers.v1")
    assert (head.consigne, head.morceaux, head.taille) == (True, 0, len(content))
    assert head.empreinte == hashlib.sha256(content).hexdigest()
    small = accept(FILE)
    assert isinstance(small, Accepted)
    assert small.kept_for == ""


def test_version_1_3_with_its_old_name_is_read_and_written() -> None:
    old = msgspec.structs.replace(with_pupil(nom="ÉLOI", nom_de_famille=None), version="1.3")
    assert b"<NOM>" in elegroupe.write(old)
    assert records_of(accept(old))[1].data.nom_de_famille == "ÉLOI"


def test_a_long_group_is_read_and_named_in_a_warning() -> None:
    answer = accept(FILE)
    assert isinstance(answer, Accepted)
    assert [(fault.code, "4EME LV2 AJE" in fault.message) for fault in answer.warnings] == [("GROUPE_TROP_LONG", True)]
    assert records_of(accept(with_pupil(groupes=(model.Groupe(code_groupe="x" * 20),))))
    assert messages_of(accept(with_pupil(groupes=(model.Groupe(code_groupe="x" * 21),))))


def test_a_value_that_is_not_valid_is_not_said_to_be_given_twice_and_one_given_twice_is() -> None:
    _, *too_long = messages_of(accept(with_pupil(groupes=(model.Groupe(code_groupe="x" * 21),))))
    assert [said.endswith("la valeur est trop longue.") for said in too_long] == [True]
    _, *twice = messages_of(accept(with_pupil(groupes=(GROUPE, GROUPE))))
    assert [said.endswith("une valeur qui doit être unique est donnée deux fois.") for said in twice] == [True]


@pytest.mark.parametrize(
    "name",
    [f"{BASE} (1)", BASE.lower(), BASE[:-1], f"{BASE}0", BASE.replace("0724", "1324"), BASE.replace("0913", "2413"), "export", f"x{BASE}"],
)
def test_a_malformed_name_gets_the_exact_message(name: str) -> None:
    assert messages_of(accept(FILE, base=name)) == ["Nom du fichier mal formaté!"]


def test_an_archive_and_a_document_of_other_names_get_the_exact_message() -> None:
    other = BASE[:-2] + "42"
    assert messages_of(accept(FILE, base=other, inner=BASE)) == [
        "Nom de fichier .zip incorrect ! Le nom du fichier .zip doit être indique à celui du fichier .xml."
    ]


def test_a_name_of_another_year_than_the_content_gets_the_exact_message() -> None:
    assert messages_of(accept(FILE, base=BASE.replace("2017", "2018"))) == ["Année du fichier différente de l'année utilisée !"]


def test_a_name_of_another_school_than_the_content_is_refused() -> None:
    assert "établissement" in messages_of(accept(FILE, base=BASE.replace("9830418M", "9830649N")))[0]


def test_the_year_in_use_is_not_decided_here() -> None:
    """It is configuration of the school (R-PRO-07): a coherent file of any year is read."""
    assert FILE.parametres is not None
    next_year = msgspec.structs.replace(FILE, parametres=msgspec.structs.replace(FILE.parametres, annee_scolaire="2018"))
    assert records_of(accept(next_year, base=BASE.replace("2017", "2018")))[0].data.millesime == 2018


INVALID = "Fichier XML non valide. Impossible d'importer ce fichier."


@pytest.mark.parametrize(
    "file",
    [
        with_pupil(date_naiss="2005-02-30"),
        with_pupil(date_naiss="02/04/2005"),
        with_pupil(eleve_id=None),
        with_pupil(id_national="070832327JA"),
        with_pupil(eleve_id=None, id_prv_ele="100000"),
        with_pupil(eleve_id=None, id_national="070832327J"),
        with_pupil(prenom=None),
        with_pupil(prenom=""),
        with_pupil(groupes=None),
        with_pupil(groupes=()),
        with_pupil(groupes=(GROUPE, GROUPE)),
        with_pupil(groupes=(model.Groupe(),)),
        with_pupil(groupes=(msgspec.structs.replace(GROUPE, date_fin_groupe=""),)),
        msgspec.structs.replace(FILE, donnees=model.Donnees(eleves=(ELEVE, ELEVE))),
        msgspec.structs.replace(FILE, donnees=model.Donnees(eleves=())),
        msgspec.structs.replace(FILE, donnees=None),
    ],
)
def test_an_invalid_structure_gets_the_exact_message_then_where(file: model.Elegroupe) -> None:
    first, *others = messages_of(accept(file))
    assert first == INVALID
    assert others
    assert all(other.startswith("Ligne ") for other in others)
    assert not any(value in " ".join(others) for value in ("HÉROUVILLE", "Zoé", "2005", "210167", "070832327"))


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.95])
def test_a_truncated_document_gets_the_exact_message(cut: float) -> None:
    content = elegroupe.write(FILE)
    assert messages_of(accept(content[: int(len(content) * cut)]))[0] == INVALID


def test_a_broken_archive_of_a_good_name_gets_the_exact_message() -> None:
    content = write_zip(((f"{BASE}.xml", elegroupe.write(FILE)),))
    assert messages_of(Pronote().accept(delivery(content[:-30], f"{BASE}.zip")))[0] == INVALID


def test_the_other_import_of_the_same_root_is_not_taken() -> None:
    content = "<IMPORT_ELEVES VERSION='3.1'><PARAMETRES/><DONNEES><PERSONNES/><ELEVES/></DONNEES></IMPORT_ELEVES>"
    answer = Pronote().accept(delivery(content, "x.xml"))
    assert isinstance(answer, Refused)
    assert (answer.kind, answer.faults[0].code) == ("inconnu", "XML_RACINE")


def test_spaces_of_a_group_are_kept() -> None:
    file = with_pupil(groupes=(model.Groupe(code_groupe=" 4  AJE "),))
    assert records_of(accept(file))[1].data.groupes[0].code_groupe == " 4  AJE "


@given(st.datetimes(min_value=datetime.fromisoformat("2000-01-01"), max_value=datetime.fromisoformat("2068-12-31")))
def test_a_made_name_is_parsed_back(made: datetime) -> None:
    base = names.base_name("9830418M", "2017", made)
    parsed = names.parse(f"{base}.zip")
    assert parsed == names.Name("9830418M", "2017", made.replace(microsecond=0), "zip")
    assert parsed.base == base


def test_the_seeds_names_are_parsed() -> None:
    parsed = names.parse("9830418MELEGROUPE2017180713110235.xml")
    assert parsed is not None
    assert parsed.made == datetime.fromisoformat("2018-07-13T11:02:35")

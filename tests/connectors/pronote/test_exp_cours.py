"""EXP_COURS of EDT: recognised by its root element, typed, all or nothing, no value of a person in what is said of it."""

from decimal import Decimal

import pytest

from connectors.pronote import exp_cours
from connectors.pronote.connector import Pronote
from connectors.transport.zip import write_zip
from schemas.outcome import Accepted
from schemas.records import edt
from tests.connectors.deliveries import codes_of, delivery, records_of

NAME = "EXP_COURS_9830418M.xml"
COURS = (
    '<Cours numero="24"><NUMERO>24</NUMERO><DUREE>1h30</DUREE><FREQUENCE>H</FREQUENCE><MAT_CODE>030201</MAT_CODE>'
    "<MAT_LIBELLE>ANGLAIS LV1</MAT_LIBELLE><PROF_NOM>D'ÉTÉ-WAÏ</PROF_NOM><PROF_PRENOM>Zoé</PROF_PRENOM><CLASSE>4EME B</CLASSE>"
    "<SALLE>015</SALLE><ALTERNANCE>Q1</ALTERNANCE><MODALITE>CG</MODALITE><CO-ENS.>N</CO-ENS.><POND.>1,10</POND.><JOUR>lundi</JOUR>"
    "<H.DEBUT>09h05</H.DEBUT><EFFECTIF>29</EFFECTIF></Cours>"
)


def document(*cours: str, encoding: str = "ISO-8859-1") -> bytes:
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n<TABLE nom="Cours">{"".join(cours)}</TABLE>'
    return text.encode(encoding)


def with_value(tag: str, value: str) -> bytes:
    head, _, rest = COURS.partition(f"<{tag}>")
    return document(COURS, head + f"<{tag}>{value}" + rest[rest.index(f"</{tag}>") :])


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "ISO-8859-15", "UTF-8", "WINDOWS-1252"])
def test_a_course_becomes_a_record(encoding: str) -> None:
    debut, cours, fin = records_of(Pronote().accept(delivery(document(COURS, encoding=encoding), NAME)))
    assert (debut.topic, debut.key, debut.data.type) == ("edt.cours.v1", "9830418M", "exp_cours")
    assert (fin.data.nombre, fin.data.recu) == (1, debut.data.recu)
    assert cours.data == edt.Cours(
        uai="9830418M", rang=1, numero="24", duree_minutes=90, frequence="H", mat_code="030201", mat_libelle="ANGLAIS LV1",
        prof_nom="D'ÉTÉ-WAÏ", prof_prenom="Zoé", classe="4EME B", salle="015", alternance="Q1", modalite="CG", co_enseignement=False,
        ponderation=Decimal("1.10"), jour=1, heure_debut="09:05", effectif=29,
    )  # fmt: skip
    assert "WAÏ" not in cours.subject


def test_what_is_absent_is_absent_and_the_attribute_gives_the_number() -> None:
    _, cours, _ = records_of(Pronote().accept(delivery(document('<Cours numero="007"><JOUR/><DUREE/></Cours>'), NAME)))
    assert cours.data == edt.Cours(uai="9830418M", rang=1, numero="007")


@pytest.mark.parametrize(
    ("tag", "value", "code"),
    [
        ("DUREE", "90", "DUREE_INVALIDE"),
        ("DUREE", "1h60", "DUREE_INVALIDE"),
        ("H.DEBUT", "24h00", "HEURE_INVALIDE"),
        ("H.DEBUT", "9:00", "HEURE_INVALIDE"),
        ("JOUR", "monday", "JOUR_INVALIDE"),
        ("EFFECTIF", "vingt", "NOMBRE_INVALIDE"),
        ("CO-ENS.", "peut-être", "BOOLEEN_INVALIDE"),
        ("POND.", "1.234", "NOMBRE_INVALIDE"),
    ],
)
def test_a_bad_value_refuses_the_whole_file_and_says_where(tag: str, value: str, code: str) -> None:
    answer = Pronote().accept(delivery(with_value(tag, value), NAME))
    assert codes_of(answer) == [code]
    said = answer.faults[0].message  # type: ignore[union-attr]
    assert said.startswith("Cours n° 2, ")
    assert value not in said


@pytest.mark.parametrize(("text", "value"), [("lundi", 1), ("Mercredi", 3), ("DIMANCHE", 7)])
def test_days_are_numbers_from_monday(text: str, value: int) -> None:
    assert exp_cours.jour(text) == value


def test_the_school_is_in_the_name_of_the_file_or_of_its_archive() -> None:
    packed = write_zip((("EXP_COURS.xml", document(COURS)),))
    assert {each.key for each in records_of(Pronote().accept(delivery(packed, "EXP_COURS_0840001v (1).zip")))} == {"0840001V"}
    assert codes_of(Pronote().accept(delivery(document(COURS), "EXP_COURS.xml"))) == ["UAI_INCONNU"]


def test_a_name_never_decides_what_a_file_is() -> None:
    answer = Pronote().accept(delivery(document(COURS), "9830418MELEGROUPE2017180724091341.xml"))
    assert codes_of(answer) == ["UAI_INCONNU"], "recognised as courses, whose school that name does not give"
    named = Pronote().accept(delivery(document(COURS), "n'importe quoi 9830418M.txt"))
    assert isinstance(named, Accepted)
    assert named.kind == exp_cours.KIND


def test_another_table_and_an_empty_one_are_refused() -> None:
    other = document(COURS).replace(b'nom="Cours"', b'nom="Salles"')
    assert codes_of(Pronote().accept(delivery(other, NAME))) == ["XML_RACINE"]
    assert codes_of(Pronote().accept(delivery(document(), NAME))) == ["LISTE_VIDE"]


def test_a_tag_that_nobody_knows_is_warned_of() -> None:
    answer = Pronote().accept(delivery(document(COURS.replace("<SALLE>", "<SITE>A</SITE><SALLE>")), NAME))
    assert isinstance(answer, Accepted)
    assert [each.code for each in answer.warnings] == ["XML_BALISE_INCONNUE"]
    assert len(records_of(answer)) == 3

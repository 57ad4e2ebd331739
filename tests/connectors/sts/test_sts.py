"""sts_emp and emp_sts: round trips, records, and the sts_emp that passes unchanged."""

import hashlib
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.sts import files, model
from connectors.sts.connector import Sts
from connectors.transport import passthrough
from connectors.transport.xml import XmlSource
from schemas.outcome import Accepted, Record
from schemas.records import sts
from tests.connectors.deliveries import codes_of, delivery, records_of
from tests.connectors.structs import structs_of

STS_EMP = """<?xml version="1.0" encoding="ISO-8859-15"?>
<STS_EDT><PARAMETRES><UAJ CODE="9830418M"><ACADEMIE><CODE>40</CODE><LIBELLE>NOUVELLE CALEDONIE</LIBELLE></ACADEMIE>
    <DENOM_PRINC>COLLEGE</DENOM_PRINC>
</UAJ><ANNEE_SCOLAIRE ANNEE="2018"><DATE_DEBUT>2018-02-16</DATE_DEBUT><DATE_FIN>2018-12-15</DATE_FIN></ANNEE_SCOLAIRE></PARAMETRES>
<NOMENCLATURES><CIVILITES><CIVILITE CODE="."><LIBELLE_COURT/></CIVILITE></CIVILITES><MATIERES><MATIERE CODE="030201">
    <CODE_GESTION>AGL1</CODE_GESTION>
</MATIERE></MATIERES></NOMENCLATURES>
<DONNEES><INDIVIDUS><INDIVIDU ID="69881" TYPE="epp"><SEXE>2</SEXE><NOM_USAGE>LEBŒUF</NOM_USAGE><PRENOM>Zoé</PRENOM>
<DATE_NAISSANCE>1970-01-02</DATE_NAISSANCE><DISCIPLINES><DISCIPLINE CODE="L0422"><NB_HEURES>18.00</NB_HEURES></DISCIPLINE></DISCIPLINES>
    </INDIVIDU>
<INDIVIDU ID="69881" TYPE="local"><SEXE></SEXE><NOM_USAGE>AUTRE</NOM_USAGE></INDIVIDU></INDIVIDUS>
<STRUCTURE><DIVISIONS><DIVISION CODE="3A"><LIBELLE_LONG>3EMEA</LIBELLE_LONG><EFFECTIF_PREVU>28</EFFECTIF_PREVU><MEFS_APPARTENANCE>
<MEF_APPARTENANCE CODE="10310019110"/></MEFS_APPARTENANCE><SERVICES/></DIVISION></DIVISIONS>
<GROUPES><GROUPE CODE="MPERMANGR2"><LIBELLE_LONG/><DIVISIONS_APPARTENANCE><DIVISION_APPARTENANCE CODE="3A"/></DIVISIONS_APPARTENANCE>
    <SERVICES>
<SERVICE CODE_MATIERE="030201" CODE_MOD_COURS="CG"><HEURES_STRUCTURE>4.00</HEURES_STRUCTURE><CO_ENS>false</CO_ENS><ENSEIGNANTS>
<ENSEIGNANT TYPE="epp" ID="69881"><HEURES_AGENT>4.00</HEURES_AGENT></ENSEIGNANT></ENSEIGNANTS></SERVICE></SERVICES></GROUPE></GROUPES>
    </STRUCTURE>
</DONNEES></STS_EDT>""".encode("iso8859-15")  # fmt: skip
EMP_STS = """<?xml version="1.0" encoding="ISO-8859-15"?>
<EDT_STS><PARAMETRES><UAJ>0771991W</UAJ><ANNEE_SCOLAIRE>2018</ANNEE_SCOLAIRE><APPLICATION_SOURCE>EDITEUR_PRIVE</APPLICATION_SOURCE>
    </PARAMETRES>
<DONNEES><HORAIRES><HORAIRE JOUR="1"><DEBUT_COURS>0830</DEBUT_COURS></HORAIRE></HORAIRES><ALTERNANCES><ALTERNANCE CODE="H"><SEMAINES>
<DATE_DEBUT_SEMAINE>2018-09-03</DATE_DEBUT_SEMAINE></SEMAINES></ALTERNANCE></ALTERNANCES><SALLES_COURS><SALLE_COURS CODE="03">
    <GROUPE_SALLE/>
</SALLE_COURS></SALLES_COURS><INDIVIDUS><INDIVIDU ID="69881"><INDEMNITES><INDEMNITE><CODE_STRUCTURE>4E</CODE_STRUCTURE>
    <MEFSTAT4>2115</MEFSTAT4>
</INDEMNITE></INDEMNITES><ARES/></INDIVIDU></INDIVIDUS><STRUCTURE><DIVISIONS><DIVISION CODE="3A"><SERVICES>
<SERVICE CODE_MATIERE="020700" CODE_MOD_COURS="CG"><HEURES_STRUCTURE>4,5</HEURES_STRUCTURE><ENSEIGNANTS><ENSEIGNANT TYPE="epp" ID="69881">
<COURS_RATTACHES><COURS><CODE_ALTERNANCE>H</CODE_ALTERNANCE><JOUR>4</JOUR><HEURE_DEBUT>1402</HEURE_DEBUT></COURS></COURS_RATTACHES>
    </ENSEIGNANT>
</ENSEIGNANTS></SERVICE></SERVICES></DIVISION></DIVISIONS></STRUCTURE></DONNEES></EDT_STS>"""


def accepted(content: bytes | str, name: str = "sts_emp_9830418M_2018.xml") -> list[Record]:
    return records_of(Sts().accept(delivery(content, name)))


def data_of(records: list[Record], name: str) -> list[object]:
    return [record.data for record in records if record.name == name and record.topic == "sts.echanges.v1"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(structs_of(model.StsEmp))
def test_a_written_sts_emp_is_read_back_equal(file: model.StsEmp) -> None:
    unknown: set[str] = set()
    assert files.read_sts_emp(XmlSource(io.BytesIO(files.write_sts_emp(file))), unknown) == file
    assert not unknown


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(structs_of(model.EmpSts))
def test_a_written_emp_sts_is_read_back_equal(file: model.EmpSts) -> None:
    unknown: set[str] = set()
    assert files.read_emp_sts(XmlSource(io.BytesIO(files.write_emp_sts(file))), unknown) == file
    assert not unknown


def test_a_sts_emp_passes_byte_for_byte() -> None:
    records = accepted(STS_EMP)
    carried = [record for record in records if record.topic == "sts.fichiers.v1"]
    assert b"".join(record.data.contenu for record in carried[1:]) == STS_EMP
    assert carried[0].data == sts.Fichier(
        uai="9830418M", type="sts_emp", millesime=2018, nom="sts_emp_9830418M_2018.xml", taille=len(STS_EMP),
        empreinte=hashlib.sha256(STS_EMP).hexdigest(), morceaux=1,
    )  # fmt: skip


@settings(deadline=None, max_examples=20)
@given(st.binary(max_size=100), st.integers(1, 7))
def test_pieces_joined_are_the_file(content: bytes, size: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(passthrough, "PIECE", size)
        found = passthrough.digest(delivery(content))
        pieces = list(passthrough.pieces(io.BytesIO(content)))
    assert b"".join(piece for _, piece in pieces) == content
    assert found.sha256 == hashlib.sha256(content).hexdigest()
    assert [rank for rank, _ in pieces] == list(range(1, len(pieces) + 1))
    assert found.size == len(content)


def test_a_sts_emp_becomes_records() -> None:
    records = accepted(STS_EMP)
    (debut,), (fin,) = data_of(records, "instantane_debut"), data_of(records, "instantane_fin")
    assert isinstance(debut, sts.InstantaneDebut)
    assert isinstance(fin, sts.InstantaneFin)
    assert (debut.type, debut.uai, debut.millesime, debut.recu) == ("sts_emp", "9830418M", 2018, fin.empreinte)
    assert fin.nombre == len([record for record in records if record.topic == "sts.echanges.v1"]) - 2
    first, second = data_of(records, "individu")
    assert isinstance(first, sts.Individu)
    assert (first.nom_usage, first.date_naissance, first.suppleant) == ("LEBŒUF", date(1970, 1, 2), False)
    assert first.disciplines == (sts.Discipline(code="L0422", nb_heures=Decimal("18.00")),)
    assert isinstance(second, sts.Individu)
    assert (second.type, second.sexe) == ("local", "")
    assert data_of(records, "service") == [
        sts.Service(
            uai="9830418M", code_structure="MPERMANGR2", type_structure="G", code_matiere="030201", code_mod_cours="CG",
            heures_structure=Decimal("4.00"), co_ens=False,
            enseignants=(sts.Enseignant(id="69881", type="epp", heures_agent=Decimal("4.00")),),
        )
    ]  # fmt: skip
    assert data_of(records, "groupe") == [sts.Groupe(uai="9830418M", code_structure="MPERMANGR2", libelle_long="", divisions=("3A",))]


def test_an_emp_sts_becomes_records_with_its_courses() -> None:
    answer = Sts().accept(delivery(EMP_STS, "emp_sts_0771991W_2018.xml"))
    assert answer.kind == "sts.emp_sts"
    records = records_of(answer)
    assert b"".join(record.data.contenu for record in records if record.name == "morceau") == EMP_STS.encode()
    (service,) = data_of(records, "service")
    assert isinstance(service, sts.Service)
    assert service.heures_structure == Decimal("4.50")
    assert service.enseignants[0].cours == (sts.Cours(code_alternance="H", jour="4", heure_debut="1402"),)
    (alternance,) = data_of(records, "alternance")
    assert isinstance(alternance, sts.Alternance)
    assert alternance.semaines == (date(2018, 9, 3),)
    (individu,) = data_of(records, "individu")
    assert isinstance(individu, sts.Individu)
    assert individu.indemnites == (sts.Indemnite(code_structure="4E", mefstat4="2115"),)


def test_two_individuals_of_one_type_and_identifier_are_refused() -> None:
    assert codes_of(Sts().accept(delivery(STS_EMP.replace(b'TYPE="local"', b'TYPE="epp"')))) == ["IDENTIFIANT_EN_DOUBLE"]


def test_a_service_of_an_unknown_teacher_is_a_warning() -> None:
    answer = Sts().accept(delivery(STS_EMP.replace(b'<ENSEIGNANT TYPE="epp" ID="69881">', b'<ENSEIGNANT TYPE="epp" ID="1">')))
    assert isinstance(answer, Accepted)
    assert [fault.code for fault in answer.warnings] == ["REFERENCE_INCONNUE"]


def test_a_name_of_another_year_is_a_warning() -> None:
    answer = Sts().accept(delivery(STS_EMP, "sts_emp_9830418M_2019 (1).xml"))
    assert isinstance(answer, Accepted)
    assert [fault.code for fault in answer.warnings] == ["NOM_ET_CONTENU_DIFFERENTS"]


@pytest.mark.parametrize("hours", [b"4.001", b"quatre", b"NaN", b"1e9"])
def test_wrong_hours_are_refused(hours: bytes) -> None:
    assert codes_of(Sts().accept(delivery(STS_EMP.replace(b">4.00</HEURES_STRUCTURE>", b">" + hours + b"</HEURES_STRUCTURE>")))) == [
        "NOMBRE_INVALIDE"
    ]


def test_a_file_without_division_is_refused() -> None:
    content = STS_EMP[: STS_EMP.index(b"<STRUCTURE>")] + b"</DONNEES></STS_EDT>"
    assert codes_of(Sts().accept(delivery(content))) == ["LISTE_VIDE"]


def test_names_follow_the_year_of_sts() -> None:
    assert files.sts_emp_name("9830418M", "2018") == "sts_emp_9830418M_2018.xml"
    assert files.parse_name("sts_emp_9830418M_2018 (1).xml") == ("9830418M", "2018")
    assert files.parse_name("autre.xml") is None

"""Apogée's web services over real HTTP, against a stand-in built on their description: answers, faults, hostile answers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response

from bus.pulling.completing import open_services
from bus.pulling.outage import SourceAway
from connectors.apogee.service_answers import Etape, Identifiants
from connectors.apogee.web_services import AnswerRefused, RegistrationService, ServiceFailed, StudentService
from connectors.apogee.wsdl import ADMINISTRATIF, ETUDIANT, written
from connectors.transport.soap import BadDescription, Reply, SoapService
from tests.bus.pulling.apogee_services import ENVELOPE, ApogeeServices, faulty, services_answering, settings_for, step, student

PERSONAL = ("1111037734", "0906018155", "zelie", "21907")


@pytest.fixture
def apogee(tmp_path: Path) -> ApogeeServices:
    return ApogeeServices(folder=tmp_path, students={"21907": student(21_907)}, steps={"21907": [step("M1INFO"), step()]})


@pytest.fixture
def port(apogee: ApogeeServices) -> Iterator[int]:
    with services_answering(apogee) as found:
        yield found


@pytest.fixture
def services(port: int) -> tuple[StudentService, RegistrationService]:
    students, registrations = open_services(settings_for(port))
    assert students is not None
    assert registrations is not None
    return students, registrations


@pytest.fixture
def students(services: tuple[StudentService, RegistrationService]) -> StudentService:
    return services[0]


@pytest.fixture
def registrations(services: tuple[StudentService, RegistrationService]) -> RegistrationService:
    return services[1]


def test_a_student_is_asked_by_his_number_alone(apogee: ApogeeServices, students: StudentService) -> None:
    assert students.identifiers("21907") == Identifiants("1111037734", "L", "0906018155T")
    [asked] = apogee.asked
    assert asked.pop("_codEtu") == "21907"
    assert set(asked.values()) == {""}


def test_the_steps_of_a_year_are_asked_in_every_state(apogee: ApogeeServices, registrations: RegistrationService) -> None:
    _, found = registrations.steps("21907", "2026")
    assert found == Etape("2026", "L1INFO", "120", "LINFO", "UFR", "SCI", "01", "0906018155T", "P", True)
    assert apogee.asked == [{"_codEtu": "21907", "_annee": "2026", "_etatIAA": "ARE", "_etatIAE": "ARE"}]


def test_what_a_step_does_not_say_is_absent(apogee: ApogeeServices, registrations: RegistrationService) -> None:
    said = step(bourse=None, cge=None, composante={"codComposante": " "}, numBoursier=None, etapePremiere="?", codeInscriptionPayee=None)
    apogee.steps["21907"] = [said]
    [found] = registrations.steps("21907", "2026")
    assert found == Etape("2026", "L1INFO", "120", "LINFO")


def test_leading_zeros_do_not_make_another_student(apogee: ApogeeServices, students: StudentService) -> None:
    apogee.students["0021907"] = student(21_907)
    assert students.identifiers("0021907") is not None


@pytest.mark.parametrize("number", [21_908, None])
def test_an_answer_about_another_student_is_refused(apogee: ApogeeServices, students: StudentService, number: int | None) -> None:
    apogee.students["21907"] = student(21_907, codEtu=number)
    with pytest.raises(AnswerRefused) as refused:
        students.identifiers("21907")
    assert (refused.value.code, refused.value.element) == ("REPONSE_INATTENDUE", "codEtu")


@pytest.mark.parametrize(
    ("changes", "element"),
    [({"numeroINE": "1111 037734"}, "numeroINE"), ({"cleINE": "LLL"}, "cleINE"), ({"numBoursier": "x" * 40}, "numBoursier")],
)
def test_a_value_that_cannot_be_one_is_refused_without_showing_it(
    apogee: ApogeeServices, students: StudentService, changes: dict[str, Any], element: str
) -> None:
    apogee.students["21907"] = student(21_907, **changes)
    with pytest.raises(AnswerRefused) as refused:
        students.identifiers("21907")
    assert (refused.value.code, refused.value.element) == ("IDENTIFIANT_INVALIDE", element)
    assert not [value for value in (*PERSONAL, *changes.values()) if value in str(refused.value)]


def test_an_unknown_student_and_a_year_without_registration_are_no_error(
    students: StudentService, registrations: RegistrationService
) -> None:
    assert students.identifiers("99999") is None
    assert registrations.steps("21907", "2025") == ()


@pytest.mark.parametrize(
    ("key", "error", "code"),
    [
        ("technical.parameter.noncoherentinput.codEtu", AnswerRefused, "DEMANDE_REFUSEE"),
        ("technical.security.invaliduser.user", ServiceFailed, "ACCES_REFUSE"),
        ("technical.data.transaction.connexion", ServiceFailed, "SOURCE_EN_ERREUR"),
        ("java.lang.reflect.InvocationTargetException", ServiceFailed, "SOURCE_EN_ERREUR"),
        ("ORA-01403 pour 1111037734 TESTARD zelie", ServiceFailed, "SOURCE_EN_ERREUR"),
        ("", ServiceFailed, "SOURCE_EN_ERREUR"),
    ],
)
def test_each_fault_has_a_code_of_a_closed_set_and_none_of_its_words(
    apogee: ApogeeServices, students: StudentService, key: str, error: type[Exception], code: str
) -> None:
    apogee.faults = [key]
    with pytest.raises(error) as failed:
        students.identifiers("21907")
    assert getattr(failed.value, "code") == code  # noqa: B009 - of two classes
    assert not [value for value in (*PERSONAL, "TESTARD") if value in str(failed.value)]
    assert failed.value.__cause__ is None
    assert failed.value.__suppress_context__


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "zelie"><!ENTITY c "&b;&b;&b;&b;">]>'
    b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>&c;</e:Body></e:Envelope>'
)
OUTSIDE = b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>'


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Response(BOMB, media_type="text/xml"), "REPONSE_ILLISIBLE"),
        (Response(OUTSIDE, media_type="text/xml"), "REPONSE_ILLISIBLE"),
        (Response(BOMB, 500, media_type="text/xml"), "SOURCE_EN_ERREUR"),
        (Response("<html>zelie</html>", media_type="text/html"), "REPONSE_ILLISIBLE"),
        (Response("<html>zelie</html>", 401, media_type="text/html"), "ACCES_REFUSE"),
        (Response("<html>zelie</html>", 503, media_type="text/html"), "SOURCE_EN_ERREUR"),
        (Response(b"", 503), "SOURCE_EN_ERREUR"),
        (Response(b"", media_type="text/xml"), "REPONSE_ILLISIBLE"),
        (Response(b"<a>zelie", media_type="text/xml"), "REPONSE_ILLISIBLE"),
        (Response(b"<a>" * 100_000, media_type="text/xml"), "REPONSE_ILLISIBLE"),
        (Response(b"<a>zelie</a>", media_type="text/xml"), "REPONSE_ILLISIBLE"),
        (Response(f'<e:Envelope xmlns:e="{ENVELOPE}"><e:Body/></e:Envelope>', media_type="text/xml"), "REPONSE_ILLISIBLE"),
        (Response(f'<e:Envelope xmlns:e="{ENVELOPE}"><e:Body><zelie/></e:Body></e:Envelope>', media_type="text/xml"), "REPONSE_ILLISIBLE"),
        (Response(b"--x\r\n\r\n<a/>\r\n--x--", media_type="multipart/related; boundary=x"), "REPONSE_ILLISIBLE"),
    ],
)
def test_an_answer_that_is_none_is_a_failure_that_quotes_nothing(
    apogee: ApogeeServices, students: StudentService, answer: Response, code: str
) -> None:
    apogee.answers = [answer]
    with pytest.raises(ServiceFailed) as failed:
        students.identifiers("21907")
    assert failed.value.code == code
    assert "zelie" not in str(failed.value)
    assert len(apogee.calls) == 1


def test_an_answer_over_the_limit_is_not_read(apogee: ApogeeServices, port: int) -> None:
    apogee.steps["21907"] = [step()] * 50
    _, registrations = open_services(settings_for(port, max_answer_bytes=1_000))
    assert registrations is not None
    with pytest.raises(ServiceFailed):
        registrations.steps("21907", "2026")


def test_silence_absence_and_forbidden_networks_are_outages(apogee: ApogeeServices, port: int) -> None:
    apogee.silent = True
    for settings, code in (
        (settings_for(port, timeout_seconds=1), "SOURCE_INJOIGNABLE"),
        (settings_for(1), "SOURCE_INJOIGNABLE"),
        (settings_for(port, private_networks=""), "ADRESSE_INTERDITE"),
    ):
        students, _ = open_services(settings)
        assert students is not None
        with pytest.raises(SourceAway) as away:
            students.identifiers("21907")
        assert away.value.code == code


def test_the_password_is_read_at_each_call(apogee: ApogeeServices, port: int, tmp_path: Path) -> None:
    secret = tmp_path / "apogee_ws_password"
    secret.write_text("un\n")
    students, _ = open_services(settings_for(port, username="passerelle", password_file=secret))
    assert students is not None
    students.identifiers("21907")
    secret.write_text("deux")
    students.identifiers("21907")
    assert [call.headers["authorization"] for call in apogee.calls] == ["Basic cGFzc2VyZWxsZTp1bg==", "Basic cGFzc2VyZWxsZTpkZXV4"]


def test_only_the_services_that_have_an_address_are_opened(port: int) -> None:
    students, registrations = open_services(settings_for(port, etudiant_url=""))
    assert students is None
    assert registrations is not None


# --- descriptions -----------------------------------------------------------------------------------------------------


def never(_address: str, _envelope: bytes, _headers: Any) -> Reply:
    raise AssertionError("nothing is sent")


@pytest.mark.parametrize(
    "wsdl",
    [
        b"",
        b"<a/>",
        b"<definitions",
        OUTSIDE,
        written(ADMINISTRATIF),
        written(ETUDIANT).replace(b"<wsdl:types>", b'<wsdl:import namespace="x" location="http://127.0.0.1:9/x.wsdl"/><wsdl:types>'),
        written(ETUDIANT).replace(b"<wsdl:types>", b'<wsdl:import namespace="x" location="file:///etc/passwd"/><wsdl:types>'),
        written(ETUDIANT).replace(b'<import namespace="exc', b'<import schemaLocation="file:///etc/passwd" namespace="exc'),
    ],
)
def test_a_description_that_cannot_be_used_is_refused_before_anything_is_fetched(wsdl: bytes) -> None:
    with pytest.raises(BadDescription):
        SoapService(wsdl, "http://127.0.0.1:9/", (ETUDIANT.operation,), never)


def test_the_address_is_that_of_the_settings_and_not_of_the_description() -> None:
    seen: list[str] = []

    def post(address: str, _envelope: bytes, _headers: Any) -> Reply:
        seen.append(address)
        return Reply(500, "text/xml", faulty("technical.data.nullretrieve.etudiant").body)  # type: ignore[arg-type]

    service = SoapService(written(ETUDIANT), "http://apogee.invalid/services/EtudiantMetier", (ETUDIANT.operation,), post)
    assert StudentService(service).identifiers("1") is None
    assert seen == ["http://apogee.invalid/services/EtudiantMetier"]


def test_a_form_of_the_operation_with_fewer_parameters_is_served() -> None:
    """Newer installations drop `_cleINE`."""
    sent: list[bytes] = []

    def post(_address: str, envelope: bytes, _headers: Any) -> Reply:
        sent.append(envelope)
        return Reply(500, "text/xml", faulty("technical.data.nullretrieve.etudiant").body)  # type: ignore[arg-type]

    fewer = written(ETUDIANT).replace(b'<element name="_cleINE" type="xsd:string"/>\n', b"")
    assert StudentService(SoapService(fewer, "http://x.invalid/", (ETUDIANT.operation,), post)).identifiers("1") is None
    assert b"_cleINE" not in sent[0]
    assert b"_numINE" in sent[0]

"""Apogée's web services: the identifiers of a student, the étapes of a year. What they answer is checked like any other input."""

from collections.abc import Mapping
from typing import Any

from connectors.apogee.fields import REGISTRATION
from connectors.apogee.service_answers import Etape, Identifiants
from connectors.apogee.wsdl import ADMINISTRATIF, ETUDIANT
from connectors.transport.soap import BadReply, SoapFault, SoapService
from connectors.transport.values import BadValue

STATES = "ARE"
"""Sets of letters: annulled, resiliated and current registrations."""

FAULTS: tuple[tuple[str, str], ...] = (
    ("technical.data.nullretrieve", "INCONNU"),
    ("technical.parameter", "DEMANDE_REFUSEE"),
    ("technical.security", "ACCES_REFUSE"),
)
"""How a fault's key begins → its code. Any other fault is `SOURCE_EN_ERREUR`: the service itself failed."""


class AnswerRefused(Exception):
    """The service answered, and what it said cannot be used for this student; asking again changes nothing."""

    def __init__(self, code: str, element: str = "") -> None:
        super().__init__(f"{code} {element}".strip())
        self.code = code
        """DEMANDE_REFUSEE, REPONSE_INATTENDUE or the code of a value."""
        self.element = element


class ServiceFailed(Exception):
    """The service could not answer; asking again later may."""

    def __init__(self, code: str, cause: str = "", of_student: bool = False) -> None:
        super().__init__(f"{code} {cause}".strip())
        self.code = code
        """ACCES_REFUSE, SOURCE_EN_ERREUR or REPONSE_ILLISIBLE."""
        self.cause = cause
        self.of_student = of_student
        """It answered all the same: the fault may come from what was asked."""


_KINDS = {field.name: field.kind for field in REGISTRATION}


class StudentService:
    """`EtudiantMetier`."""

    def __init__(self, service: SoapService) -> None:
        self._service = service
        self._empty = dict.fromkeys(service.parameters(ETUDIANT.operation), "")

    def identifiers(self, cod_etu: str) -> Identifiants | None:
        """None when Apogée does not know the student. Raises AnswerRefused, ServiceFailed."""
        said = _asked(self._service, ETUDIANT.operation, self._empty | {"_codEtu": cod_etu})
        if said is None:
            return None
        answer = _record(said)
        if _plain_number(answer.get("codEtu")) != _plain_number(cod_etu):
            raise AnswerRefused("REPONSE_INATTENDUE", "codEtu")
        names = {"nne": "numeroINE", "cle_nne": "cleINE", "num_brs": "numBoursier"}
        return Identifiants(**{field: _value(field, answer.get(name), name) for field, name in names.items()})


class RegistrationService:
    """`AdministratifMetier`."""

    def __init__(self, service: SoapService) -> None:
        self._service = service

    def steps(self, cod_etu: str, cod_anu: str) -> tuple[Etape, ...]:
        """The étapes of a year; none when Apogée knows none. Raises AnswerRefused, ServiceFailed."""
        asked = {"_codEtu": cod_etu, "_annee": cod_anu, "_etatIAA": STATES, "_etatIAE": STATES}
        said = _asked(self._service, ADMINISTRATIF.operation, asked)
        if said is None:
            return ()
        if not isinstance(said, list):
            raise ServiceFailed("REPONSE_ILLISIBLE", type(said).__name__)
        return tuple(_step(_record(each)) for each in said)


def _step(answer: Mapping[str, Any]) -> Etape:
    given = {
        "cod_anu": ("anneeIAE", None),
        "cod_etp": ("etape", "codeEtp"),
        "cod_vrs_vet": ("etape", "versionEtp"),
        "cod_dip": ("diplome", "codeDiplome"),
        "cod_cmp": ("composante", "codComposante"),
        "cod_cge": ("cge", "codeCGE"),
        "cod_brs": ("bourse", "codeBourse"),
        "num_brs": ("numBoursier", None),
        "eta_pmt_iae": ("codeInscriptionPayee", None),
    }
    read: dict[str, Any] = {}
    for field, (outer, inner) in given.items():
        found = answer.get(outer)
        if inner is not None:
            found = found.get(inner) if isinstance(found, Mapping) else None
        read[field] = _value(field, found, inner or outer)
        if read[field] is None and field in ("cod_anu", "cod_etp", "cod_vrs_vet"):
            raise AnswerRefused("CHAMP_MANQUANT", inner or outer)
    return Etape(**read, tem_iae_prm={"O": True, "N": False}.get(str(answer.get("etapePremiere") or "").strip()))


def _asked(service: SoapService, operation: str, parameters: Mapping[str, str]) -> Any:
    """What the operation returned; None for « inconnu »."""
    try:
        return service.call(operation, **parameters)
    except SoapFault as fault:
        code = next((code for key in fault.keys for begins, code in FAULTS if key.startswith(begins)), "SOURCE_EN_ERREUR")
        if code == "INCONNU":
            return None
        if code == "DEMANDE_REFUSEE":
            raise AnswerRefused(code) from None
        raise ServiceFailed(code, "fault", of_student=code == "SOURCE_EN_ERREUR") from None
    except BadReply as bad:
        code = "ACCES_REFUSE" if bad.status in (401, 403) else "SOURCE_EN_ERREUR" if bad.status >= 500 else "REPONSE_ILLISIBLE"
        # A service that answers in XML, and wrongly, may do so about this student alone.
        raise ServiceFailed(code, str(bad), of_student=bad.status == 200 and str(bad) != "media_type") from None


def _record(said: Any) -> Mapping[str, Any]:
    if not isinstance(said, Mapping):
        raise ServiceFailed("REPONSE_ILLISIBLE", type(said).__name__)
    return said


def _value(field: str, found: Any, element: str) -> Any:
    text = str(found).strip() if isinstance(found, str | int) else ""
    if not text:
        return None
    try:
        return _KINDS[field].from_text(text)
    except BadValue as bad:
        raise AnswerRefused(bad.code, element) from None


def _plain_number(found: Any) -> str:
    return str(found or "").strip().lstrip("0")

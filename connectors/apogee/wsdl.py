"""Descriptions (WSDL) of the two operations that are called, written by this project from their documented names and types.

Not the AMUE's files: a site that has its own (`…?wsdl`) gives them by a setting instead, since namespaces carry dates.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

DTO = "{name}.{domain}.dto.transverse.commun.apogee.education.gouv"
EXCEPTION = "exception.transverse.commun.apogee.education.gouv"
XSD = "http://www.w3.org/2001/XMLSchema"


@dataclass(frozen=True, slots=True)
class Described:
    """One service, one operation."""

    service: str
    """`EtudiantMetier`: also the name of a site's own file, with `.wsdl`."""
    namespace: str
    """Of the messages' elements."""
    operation: str
    parameters: tuple[str, ...]
    answer: str
    """The name of the DTO that is returned."""
    several: bool
    domain: str
    dtos: Mapping[str, Mapping[str, str]]
    """DTO → field → type: `string`, `int`, `dateTime`, `anyType`, or another DTO."""


ETUDIANT = Described(
    service="EtudiantMetier",
    namespace="gouv.education.apogee.commun.servicesmetiers.EtudiantMetier_10112011",
    operation="recupererIdentifiantsEtudiant",
    parameters=(
        *("_codEtu", "_codInd", "_numINE", "_cleINE", "_numBoursier", "_codOPI", "_nom", "_prenom", "_dateNaiss"),
        "_temoinRecupAnnu",
    ),
    answer="IdentifiantsEtudiantDTO",
    several=False,
    domain="etudiant",
    dtos={
        "IdentifiantsEtudiantDTO": {
            "cleINE": "string",
            "codEtu": "int",
            "codInd": "int",
            "emailAnnuaire": "string",
            "loginAnnuaire": "string",
            "numBoursier": "string",
            "numeroINE": "string",
        }
    },
)


def _texts(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "string")


ADMINISTRATIF = Described(
    service="AdministratifMetier",
    namespace="gouv.education.apogee.commun.servicesmetiers.AdministratifMetier_17062009",
    operation="recupererIAEtapes_v2",
    parameters=("_codEtu", "_annee", "_etatIAA", "_etatIAE"),
    answer="InsAdmEtpDTO2",
    several=True,
    domain="administratif",
    dtos={
        "InsAdmEtpDTO2": {
            "anneeIAE": "string",
            "bourse": "BourseDTO",
            "cge": "CgeDTO",
            "codeInscriptionPayee": "string",
            "composante": "ComposanteDTO",
            "dateIAE": "dateTime",
            "diplome": "DiplomeDTO",
            "etape": "EtapeDTO",
            "etapePremiere": "string",
            "etatIaa": "EtatIAADTO",
            "etatIae": "EtatIAEDTO",
            "inscriptionPayee": "string",
            "inscriptionTeleEnseignement": "string",
            "listeSpecialiteSISE": "anyType",
            **_texts("nbrInscriptionCycle", "nbrInscriptionDiplome", "nbrInscriptionEtape", "numBoursier"),
            "profilEtudiant": "ProfilEtuDTO",
            **_texts("temoinInscriptionIaWeb", "temoinPI", "temoinVae"),
        },
        "BourseDTO": _texts("codeBourse", "libBourse"),
        "CgeDTO": _texts("codeCGE", "libCGE"),
        "ComposanteDTO": _texts("codComposante", "libComposante"),
        "DiplomeDTO": _texts("codeDiplome", "libLongDiplome", "libVdi", "libWebVdi", "versionDiplome"),
        "EtapeDTO": _texts("codeEtp", "libLongEtp", "libWebVet", "versionEtp"),
        "EtatIAADTO": _texts("codeEtatIAA", "libEtatIAA"),
        "EtatIAEDTO": _texts("codeEtatIAE", "libEtatIAE"),
        "ProfilEtuDTO": _texts("code", "libelle", "libelleWeb"),
    },
)


def written(described: Described) -> bytes:
    """The description: document/literal, SOAP 1.1, local elements without a namespace, as Axis 1.3 makes them."""
    return "\n".join(_lines(described)).encode()


def _lines(described: Described) -> Iterator[str]:
    spaces = {name: DTO.format(name=name, domain=described.domain) for name in described.dtos}
    declared = " ".join(f'xmlns:{name}="{space}"' for name, space in spaces.items())
    impl = f"{described.namespace}-impl"
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield (
        f'<wsdl:definitions targetNamespace="{impl}" xmlns:impl="{impl}" xmlns:msg="{described.namespace}" xmlns:exc="{EXCEPTION}" '
        f'{declared} xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xsd="{XSD}">'
    )
    yield "<wsdl:types>"
    yield from _messages(described)
    for name, fields in described.dtos.items():
        yield f'<schema targetNamespace="{spaces[name]}" xmlns="{XSD}">'
        yield from (f'<import namespace="{spaces[kind]}"/>' for kind in dict.fromkeys(fields.values()) if kind in spaces)
        yield from _type(name, {field: _kind(kind, spaces) for field, kind in fields.items()})
        yield "</schema>"
    yield f'<schema targetNamespace="{EXCEPTION}" xmlns="{XSD}">'
    yield from _type("WebBaseException", _EXCEPTION_FIELDS)
    yield "</schema>"
    yield "</wsdl:types>"
    yield from _binding(described)
    yield "</wsdl:definitions>"


_EXCEPTION_FIELDS = {
    **dict.fromkeys(("domaine", "element", "lastErrorMsg"), "xsd:string"),
    "messages": "xsd:anyType",
    **dict.fromkeys(("nature", "type"), "xsd:string"),
}


def _messages(described: Described) -> Iterator[str]:
    yield f'<schema targetNamespace="{described.namespace}" xmlns="{XSD}">'
    yield f'<import namespace="{EXCEPTION}"/>'
    yield f'<import namespace="{DTO.format(name=described.answer, domain=described.domain)}"/>'
    yield f'<element name="{described.operation}"><complexType><sequence>'
    yield from (f'<element name="{name}" type="xsd:string"/>' for name in described.parameters)
    yield "</sequence></complexType></element>"
    many = ' maxOccurs="unbounded"' if described.several else ""
    yield f'<element name="{described.operation}Response"><complexType><sequence>'
    yield f'<element{many} name="{described.operation}Return" type="{described.answer}:{described.answer}"/>'
    yield "</sequence></complexType></element>"
    yield '<element name="fault" type="exc:WebBaseException"/>'
    yield "</schema>"


def _type(name: str, fields: Mapping[str, str]) -> Iterator[str]:
    yield f'<complexType name="{name}"><sequence>'
    yield from (f'<element name="{field}" nillable="true" type="{kind}"/>' for field, kind in fields.items())
    yield "</sequence></complexType>"


def _kind(kind: str, spaces: Mapping[str, str]) -> str:
    return f"{kind}:{kind}" if kind in spaces else f"xsd:{kind}"


def _binding(described: Described) -> Iterator[str]:
    name, service = described.operation, described.service
    for message, element in (("Request", name), ("Response", f"{name}Response")):
        yield f'<wsdl:message name="{name}{message}"><wsdl:part element="msg:{element}" name="parameters"/></wsdl:message>'
    yield '<wsdl:message name="WebBaseException"><wsdl:part element="msg:fault" name="fault"/></wsdl:message>'
    yield f'<wsdl:portType name="{service}ServiceInterface"><wsdl:operation name="{name}">'
    yield f'<wsdl:input message="impl:{name}Request" name="{name}Request"/>'
    yield f'<wsdl:output message="impl:{name}Response" name="{name}Response"/>'
    yield '<wsdl:fault message="impl:WebBaseException" name="WebBaseException"/></wsdl:operation></wsdl:portType>'
    yield f'<wsdl:binding name="{service}SoapBinding" type="impl:{service}ServiceInterface">'
    yield '<soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>'
    yield f'<wsdl:operation name="{name}"><soap:operation soapAction=""/>'
    yield f'<wsdl:input name="{name}Request"><soap:body use="literal"/></wsdl:input>'
    yield f'<wsdl:output name="{name}Response"><soap:body use="literal"/></wsdl:output>'
    yield '<wsdl:fault name="WebBaseException"><soap:fault name="WebBaseException" use="literal"/></wsdl:fault>'
    yield "</wsdl:operation></wsdl:binding>"
    yield f'<wsdl:service name="{service}ServiceInterfaceService"><wsdl:port binding="impl:{service}SoapBinding" name="{service}">'
    yield '<soap:address location="http://127.0.0.1/"/></wsdl:port></wsdl:service>'

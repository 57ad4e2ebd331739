"""A stand-in of Apogée's web services, built on their description: a request that does not follow it is refused, an answer is
written by it. `APOGEE_WSDL_DIR` names a folder with a site's own descriptions; without it, those that the bus writes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import zeep
from lxml import etree
from starlette.responses import Response

from bus.settings import ApogeeWsSettings
from connectors.apogee.wsdl import ADMINISTRATIF, ETUDIANT, EXCEPTION, Described, written
from tests.bus.outgoing.call_servers import Call, Desk, answering

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
OWN_WSDL = os.environ.get("APOGEE_WSDL_DIR")


class _Description:
    """One service as zeep reads it."""

    def __init__(self, described: Described, folder: Path) -> None:
        file = folder / f"{described.service}.wsdl"
        if not file.exists():
            own = Path(OWN_WSDL) / file.name if OWN_WSDL else None
            file.write_bytes(own.read_bytes() if own else written(described))
        client = zeep.Client(str(file))
        [self.operation] = [
            found for binding in client.wsdl.bindings.values() for name, found in binding.all().items() if name == described.operation
        ]
        self.answer = f"{described.operation}Return"

    def asked(self, envelope: bytes) -> dict[str, str]:
        """The parameters, all of which the description wants, in its order."""
        body = etree.fromstring(envelope).find(f"{{{ENVELOPE}}}Body")
        assert body is not None
        [element] = body
        assert element.tag == self.operation.input.body.qname.text
        given = {child.tag: child.text or "" for child in element}
        assert list(given) == [name for name, _ in self.operation.input.body.type.elements]
        return given

    def written(self, answer: Any) -> bytes:
        made = self.operation.output.serialize(**{self.answer: answer})
        written_out: bytes = etree.tostring(made.content, xml_declaration=True, encoding="UTF-8")
        return written_out


@dataclass
class ApogeeServices(Desk):
    """Students and étapes by their number; `faults` are given in turn, as the key that the service would say."""

    folder: Path = Path()
    students: dict[str, dict[str, Any]] = field(default_factory=dict)
    steps: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    always: dict[str, str] = field(default_factory=dict)
    """Number of a student → the fault that the services give about him, always."""
    asked: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._descriptions = {each.service: _Description(each, self.folder) for each in (ETUDIANT, ADMINISTRATIF)}

    def reply(self, call: Call, _query: dict[str, str]) -> Response:
        description = self._descriptions[call.path.rsplit("/", 1)[-1]]
        given = description.asked(call.body)
        self.asked.append(given)
        number = given["_codEtu"]
        if self.faults or number in self.always:
            return faulty(self.faults.pop(0) if self.faults else self.always[number])
        if call.path.endswith("EtudiantMetier"):
            found: Any = self.students.get(number)
            missing = "technical.data.nullretrieve.etudiant"
        else:
            found = [each for each in self.steps.get(number, []) if each["anneeIAE"] == given["_annee"]] or None
            missing = "technical.data.nullretrieve.findIAE"
        return Response(description.written(found), media_type="text/xml") if found is not None else faulty(missing)


def faulty(key: str) -> Response:
    """A fault as Axis writes it: the key stands in faultstring and in the exception of the detail."""
    return Response(
        f'<soapenv:Envelope xmlns:soapenv="{ENVELOPE}"><soapenv:Body><soapenv:Fault><faultcode>soapenv:Server.generalException</faultcode>'
        f'<faultstring>{key}</faultstring><detail><ns1:fault xmlns:ns1="m" xmlns:ns2="{EXCEPTION}"><lastErrorMsg>{key}</lastErrorMsg>'
        "</ns1:fault></detail></soapenv:Fault></soapenv:Body></soapenv:Envelope>",
        500,
        media_type="text/xml",
    )


def student(number: int, **changes: Any) -> dict[str, Any]:
    """What the service says of an invented student."""
    return {
        "cleINE": "L", "codEtu": number, "codInd": 900_001, "emailAnnuaire": "zelie@example.org", "loginAnnuaire": "zt",
        "numBoursier": "0906018155T", "numeroINE": "1111037734",
    } | changes  # fmt: skip


def step(code: str = "L1INFO", version: str = "120", **changes: Any) -> dict[str, Any]:
    """What the service says of one étape."""
    return {
        "anneeIAE": "2026", "bourse": {"codeBourse": "01"}, "cge": {"codeCGE": "SCI"}, "codeInscriptionPayee": "P",
        "composante": {"codComposante": "UFR"}, "diplome": {"codeDiplome": "LINFO"}, "etape": {"codeEtp": code, "versionEtp": version},
        "etapePremiere": "O", "etatIae": {"codeEtatIAE": "E"}, "numBoursier": "0906018155T",
    } | changes  # fmt: skip


@contextmanager
def services_answering(services: ApogeeServices) -> Iterator[int]:
    with answering(services) as (_, port):
        yield port


def settings_for(port: int, **changes: Any) -> ApogeeWsSettings:
    base = f"http://127.0.0.1:{port}/services"
    usual = {
        "etudiant_url": f"{base}/EtudiantMetier", "administratif_url": f"{base}/AdministratifMetier", "private_networks": "127.0.0.0/8",
        "timeout_seconds": 2, "call_seconds": 4, "calls_per_second": 1_000, "wsdl_dir": OWN_WSDL,
    }  # fmt: skip
    return ApogeeWsSettings(**{**usual, **changes})

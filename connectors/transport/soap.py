"""Calling a SOAP service through zeep, as something that nobody trusts: no DOCTYPE, no entity, nothing fetched, sizes bounded.

The description (WSDL) is given as bytes and never fetched; `post` sends, with the guards that `bus/` gives it.
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import zeep
from lxml import etree
from zeep.exceptions import Error as ZeepError
from zeep.helpers import serialize_object

from connectors.transport.faults import Unreadable
from connectors.transport.xml import XmlSource

ANSWER_LIMIT = 10 * 1024 * 1024
WSDL_LIMIT = 10 * 1024 * 1024
_MEDIA_TYPES = frozenset({"text/xml", "application/xml", "application/soap+xml"})


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back over HTTP."""

    status: int
    media_type: str
    """Without its parameters, in lower case."""
    content: bytes


Post = Callable[[str, bytes, Mapping[str, str]], Reply]
"""`post(address, envelope, headers)`. What it raises passes through `call` as it is."""


class BadDescription(Exception):
    """The WSDL cannot be used; the text says why, in French."""


class SoapFault(Exception):
    """The service answered with a fault. Its words may quote the student asked about: they are kept apart from the text."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        super().__init__("fault")
        self.keys = keys
        """What the fault says, in the order faultstring, lastErrorMsg: compared with known beginnings, never shown."""


class BadReply(Exception):
    """The answer is no SOAP answer of this operation; the text is a code or a class, without any value."""

    def __init__(self, cause: str, status: int) -> None:
        super().__init__(cause)
        self.status = status


class _Guarded(zeep.Transport):  # type: ignore[misc]
    """Fetches nothing; posts by `post`."""

    def __init__(self, post: Post) -> None:
        super().__init__()
        self._post = post

    def load(self, url: str) -> NoReturn:
        raise BadDescription("La description SOAP en appelle une autre : seul un fichier complet est lu.")

    def post_xml(self, address: str, envelope: Any, headers: Mapping[str, str]) -> Any:
        reply = self._post(address, etree.tostring(envelope, xml_declaration=True, encoding="UTF-8"), headers)
        if reply.content:
            if reply.media_type not in _MEDIA_TYPES:
                raise BadReply("media_type", reply.status)
            try:
                XmlSource(io.BytesIO(reply.content), ANSWER_LIMIT).tree()
            except Unreadable as unreadable:
                raise BadReply(unreadable.fault.code, reply.status) from None
        return _Response(reply)


class _Response:
    """As much of a `requests.Response` as zeep reads."""

    def __init__(self, reply: Reply) -> None:
        self.status_code = reply.status
        self.content = reply.content
        self.headers = {"Content-Type": reply.media_type}
        self.encoding = None


class SoapService:
    """One described service at one address. For one thread at a time."""

    def __init__(self, wsdl: bytes, address: str, operations: tuple[str, ...], post: Post) -> None:
        """Raises BadDescription when the description cannot be read or lacks an operation."""
        settings = zeep.Settings(
            strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True, xml_huge_tree=False, force_https=False,
            xsd_ignore_sequence_order=True,
        )  # fmt: skip
        try:
            XmlSource(io.BytesIO(wsdl), WSDL_LIMIT).tree()
            client = zeep.Client(io.BytesIO(wsdl), transport=_Guarded(post), settings=settings)
        except Unreadable as unreadable:
            raise BadDescription(unreadable.fault.message) from None
        except (ZeepError, etree.LxmlError, LookupError, TypeError, ValueError, AttributeError) as error:
            raise BadDescription(f"La description SOAP n'est pas lisible ({type(error).__name__}).") from None
        binding = next((found for found in client.wsdl.bindings.values() if set(operations) <= set(found.all())), None)
        if binding is None:
            raise BadDescription(f"La description SOAP n'a pas les opérations attendues : {', '.join(operations)}.")
        self._binding = binding
        self._service = client.create_service(binding.name.text, address)

    def parameters(self, operation: str) -> tuple[str, ...]:
        """The names of an operation's parameters, as its description gives them."""
        return tuple(name for name, _ in self._binding.get(operation).input.body.type.elements)

    def call(self, operation: str, **parameters: str) -> Any:
        """The answer as dicts, lists and plain values. Raises SoapFault, BadReply, and what `post` raises."""
        try:
            answer = serialize_object(getattr(self._service, operation)(**parameters), dict)
        except zeep.exceptions.Fault as fault:
            raise SoapFault(_keys(fault)) from None
        except zeep.exceptions.TransportError as error:
            raise BadReply("transport", error.status_code or 0) from None
        except (ZeepError, etree.LxmlError, LookupError, TypeError, ValueError, AttributeError) as error:
            raise BadReply(type(error).__name__, 200) from None
        if answer is None:
            raise BadReply("empty", 200)
        return answer


def _keys(fault: Any) -> tuple[str, ...]:
    found = [fault.message or ""]
    if fault.detail is not None and not isinstance(fault.detail, str):
        found += [each.text or "" for each in fault.detail.iter("{*}lastErrorMsg")]
    return tuple(text.strip() for text in found if text.strip())

"""The digest of a file that is carried: that of its own bytes, an archive's included."""

import hashlib
import io
import zipfile
from datetime import UTC, datetime

import pytest

from connectors.transport.document import open_document
from connectors.transport.passthrough import digest, digest_of
from schemas.outcome import Delivery

XML = b'<?xml version="1.0" encoding="ISO-8859-15"?><a><r>1</r></a>'


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.xml", XML)
    return out.getvalue()


@pytest.mark.parametrize("content", [XML, zipped()])
@pytest.mark.parametrize("name", ["a", ""])
def test_it_is_that_of_the_bytes_delivered_whatever_their_name(content: bytes, name: str) -> None:
    delivery = Delivery(name, len(content), lambda: io.BytesIO(content), datetime.now(UTC))
    with open_document(delivery) as document:
        list(document.source.listed({"r": frozenset(("a",))}))
        found = digest_of(document, delivery)
    assert found == digest(delivery)
    assert (found.sha256, found.size) == (hashlib.sha256(content).hexdigest(), len(content))

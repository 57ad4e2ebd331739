"""The exports themselves, for those who import them: claimed from the consigne under the names that SIECLE gives (R-PRO-20, R-PRO-21).

Those without persons are kept for the year: Charlemagne takes the nomenclatures exported before July once its year is switched.
"""

from connectors.siecle.formats import KINDS
from connectors.transport.document import Document
from connectors.transport.passthrough import claim, digest_of
from connectors.transport.snapshot import Origin
from schemas.outcome import Delivery, Record
from schemas.records import siecle

FILES, NOMENCLATURES = "siecle.fichiers.v1", "siecle.nomenclatures.v1"
WITHOUT_PERSONS = ("nomenclature", "structures")


def topic_of(kind: str) -> str:
    """Where the exports of a kind are claimed."""
    return NOMENCLATURES if kind in WITHOUT_PERSONS else FILES


def original(document: Document, delivery: Delivery, begin: siecle.InstantaneDebut) -> Record:
    """The claim. A browser's suffix, or any other name that somebody gave, is not passed on."""
    whole, name = digest_of(document, delivery), KINDS[begin.type][1]
    fichier = siecle.Fichier(
        uai=begin.uai,
        type=begin.type,
        millesime=begin.millesime,
        nom=f"{name}.xml" if document.archive is None else f"ExportXML_{name}.zip",
        taille=whole.size,
        empreinte=whole.sha256,
        recu=begin.recu,
    )
    return claim(Origin(topic_of(begin.type), begin.uai, delivery.received), begin.type, fichier)

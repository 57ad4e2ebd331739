"""From read fields to the records of dossiers and re-treatments: key, subject, time, and what is doubtful in them."""

from collections.abc import Iterator
from datetime import datetime

from connectors.aglae import messages
from connectors.transport import identifier_warnings
from schemas import subjects
from schemas.identifiants import parse_dossier
from schemas.outcome import Fault, Record
from schemas.records.aglae import Dossier, Retraitement
from schemas.student_key import StudentKeys

TOPIC = "aglae.dossiers.v1"


def dossier_record(dossier: Dossier, keys: StudentKeys, received: datetime, position: str) -> Record:
    return Record(
        topic=TOPIC,
        name="dossier",
        key=keys.of_nne(dossier.numero_boursier),
        subject=subjects.of_dossier(dossier.annee),
        time=dossier.dat_mod or received,
        data=dossier,
        position=position,
    )


def retraitement_record(retraitement: Retraitement, keys: StudentKeys, received: datetime, position: str) -> Record:
    """Its time is that of reception: the CROUS gives a day, not an instant."""
    return Record(
        topic=TOPIC,
        name="retraitement",
        key=keys.of_nne(retraitement.numero_boursier),
        subject=subjects.of_retraitement(retraitement.annee, retraitement.uai, retraitement.cod_etp),
        time=received,
        data=retraitement,
        position=position,
    )


def warnings_of(record: Dossier | Retraitement, where: str, line: int) -> Iterator[Fault]:
    """Doubtful keys, and a dossier number whose parts say otherwise (R-AGL-29): said, never refused."""
    parts = parse_dossier(record.numero)
    if parts and parts.annee != record.annee:
        yield messages.number_disagrees(f"{where} annee", line, "l'année")
    if parts and parts.numero_boursier != record.numero_boursier:
        yield messages.number_disagrees(f"{where} numero_boursier", line, "le numéro de boursier")
    yield from identifier_warnings.of_student(record.numero_boursier, f"{where} numero_boursier", line)
    uais = [record.uai] if isinstance(record, Retraitement) else [voeu.uai for voeu in record.voeux]
    for uai in uais:
        yield from identifier_warnings.of_uai(uai, f"{where} uai", line)

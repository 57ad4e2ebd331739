"""What a registration lacks, and what Apogée's web services add to it. Pure: `bus.pulling.completing` asks them.

Only what is absent is filled. A NNE that was missing is a correction of the student (`nne.corrections.v1`), as one that a
person sends: the rules hand the student's facts to the new key. The completed registration keeps its own key.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import msgspec

from connectors.apogee.registrations import TOPIC
from connectors.apogee.service_answers import Etape, Identifiants
from schemas import subjects
from schemas.identifiants import join_nne, normalise, read_ine
from schemas.outcome import Record
from schemas.records.apogee import Inscription
from schemas.records.nne import CorrectionNne
from schemas.student_key import StudentKeys

NAME = "apogee.ws"
"""Also the system of what it publishes: a completed registration is not completed again."""
CORRECTIONS = "nne.corrections.v1"
TOPICS = (TOPIC, CORRECTIONS)
READS = (TOPIC,)
GROUP = "apogee.completement"
"""Its consumer group, named as a processor's."""

STEP_FIELDS = ("cod_dip", "cod_cmp", "eta_pmt_iae", "tem_iae_prm")
"""One of these missing is worth a question; `FILLED` then takes all that the answer has."""
FILLED = ("cod_dip", "cod_cmp", "cod_cge", "cod_brs", "num_brs", "eta_pmt_iae", "tem_iae_prm")


@dataclass(frozen=True, slots=True)
class Lacking:
    """What to ask of one registration."""

    identifiers: bool
    step: bool

    def __bool__(self) -> bool:
        return self.identifiers or self.step


@dataclass(frozen=True, slots=True)
class Cause:
    """The event that carried the registration."""

    id: str
    key: str
    subject: str
    time: datetime


def lacking(registration: Inscription) -> Lacking:
    return Lacking(identifiers=not registration.nne, step=any(getattr(registration, name) is None for name in STEP_FIELDS))


def place_of(registration: Inscription) -> str:
    """Names the student of a refused answer without naming him."""
    return "étudiant " + sha256(f"{registration.uai}|{registration.cod_etu}".encode()).hexdigest()[:16]


def correction_of(registration: Inscription, said: Identifiants | None, cause: Cause, secret: bytes) -> Record | None:
    """The NNE that the registration lacks; None when Apogée has none, or none that has a known form."""
    number = join_nne(said.nne, said.cle_nne) if said is not None and not registration.nne else None
    if number is None or read_ine(number).nature is None:
        return None
    keys = StudentKeys(secret)
    new = keys.of_nne(number)
    student = f"{registration.uai}/{hmac.digest(secret, registration.cod_etu.encode(), 'sha256').hex()}"
    return Record(
        topic=CORRECTIONS,
        name="correction_nne",
        key=keys.without_nne(registration.uai, registration.cod_etu),
        subject=subjects.of_correction(registration.uai, registration.cod_etu),
        time=cause.time,
        data=CorrectionNne(uai=registration.uai, cod_etu=registration.cod_etu, nouveau_nne=number, nouvelle_cle=new),
        position=place_of(registration),
        own_id=f"nne/{cause.id}/{student}/{new}",
    )


def completed(registration: Inscription, said: Identifiants | None, steps: tuple[Etape, ...], cause: Cause, secret: bytes) -> Record | None:
    """The registration with what it lacked; None when nothing was found to add."""
    wanted = (registration.cod_anu, registration.cod_etp, registration.cod_vrs_vet)
    step = next((each for each in steps if (each.cod_anu, each.cod_etp, each.cod_vrs_vet) == wanted), None)
    found = {name: getattr(step, name) for name in FILLED} if step is not None else {}
    if said is not None and not found.get("num_brs"):
        found["num_brs"] = said.num_brs
    added = {name: value for name, value in found.items() if value is not None and getattr(registration, name) is None}
    if not added:
        return None
    data = msgspec.structs.replace(registration, event_id=None, **added)
    if "num_brs" in added:
        data = _with_cited_number(data, said, secret)
    content = hmac.digest(secret, msgspec.msgpack.encode(data), "sha256").hex()
    return Record(
        topic=TOPIC,
        name="inscription",
        key=cause.key,
        subject=cause.subject,
        time=cause.time,
        data=data,
        position=place_of(registration),
        own_id=f"ia/{cause.id}/{content}",
    )


def _with_cited_number(data: Inscription, said: Identifiants | None, secret: bytes) -> Inscription:
    """A numéro de boursier that is not the NNE has a student key too, as in every other registration."""
    number = normalise(data.num_brs or "")
    nne = join_nne(data.nne, data.cle_nne) or (join_nne(said.nne, said.cle_nne) if said is not None else None)
    return data if number == nne else msgspec.structs.replace(data, cle_boursier=StudentKeys(secret).of_nne(number))


class ApogeeComplements:
    """Its line in the lists: what the web services add is published like what any other source says."""

    name = NAME
    system = "apogee"
    topics = TOPICS

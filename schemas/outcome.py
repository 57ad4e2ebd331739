"""What passes between connectors, rules, sinks and the engine. What is made for every record is a msgspec struct: it costs a fifth.
A frozen tree holds no cycle, so `gc=False`: the collector of cycles need not walk it.

Times are aware datetimes in UTC. Keys are opaque (a keyed hash, a UAI, a contract): they reach logs, so they never
carry an identifier of a person.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, BinaryIO, Protocol, runtime_checkable

import msgspec


class Event(msgspec.Struct, frozen=True, gc=False):
    """A decoded record of a topic, with its CloudEvents envelope (architecture §3)."""

    id: str
    """`ce_id`, a UUIDv5 of what caused it: equal id, equal event."""
    type: str
    """`ce_type`: the record name of the contract, such as `inscription`."""
    time: datetime
    """`ce_time`: when it happened in the source, UTC. The only clock a rule knows."""
    key: str
    """The entity whose order matters. A rule touches only the state of this key."""
    subject: str
    """`ce_subject`: which thing of that entity it is about (one registration, one bordereau)."""
    source: str
    """`ce_source`, such as `/apogee`."""
    topic: str
    """The topic's name in the catalogue, without any prefix."""
    data: Any
    """The typed record (`schemas.records`), or None for a deletion."""


class Emitted(msgspec.Struct, frozen=True, gc=False):
    """A record that a rule publishes. Its `ce_id` is `derive(cause, name, rank)`: `cause` is the id of the event at hand unless
    the rule names another; `rank` counts, from 0, the records of this outcome that have the same cause and name."""

    topic: str
    name: str
    """The record name of the topic's contract."""
    data: Any
    key: str | None = None
    """None: the key of the decided event, whose partition is then kept."""
    subject: str | None = None
    """None: the subject of the decided event."""
    cause: str | None = None
    """The `ce_id` of what is decided (several joined by a space), when a later event only brings the decision; None: the event
    at hand. Whichever of two topics comes first, the decision then keeps one identity."""
    rank: int | None = None
    """Makes repeated outputs of one cause and name distinct; None: its rank among them in this outcome."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a rule answers to an event it must not apply. Published, never swallowed."""

    code: str
    """From a bounded set: it is a metric label."""
    message: str
    """Exact French text."""
    remede: str
    """What to do, in French. Never empty."""


@dataclass(frozen=True, slots=True)
class Parked:
    """The event waits for a named prerequisite of the same key."""

    waits_for: str
    """The prerequisite as `Processor.provides` names it, such as `inscription 0341088Y/2026/…`."""
    label: str
    """The same for a person, in French, without an identifier of a person: `inscription`."""


class Deadline(msgspec.Struct, frozen=True, gc=False):
    """Come back at `due` with this name. The same name again replaces it; `due=None` takes it back."""

    name: str
    due: datetime | None


@dataclass(frozen=True, slots=True)
class DeadlineReached:
    """The data of an event of type `echeance` that the engine brings back to the rule; its `time` is the due instant."""

    name: str


ECHEANCE = "echeance"
"""The type of an event that carries a `DeadlineReached`."""


class Row(msgspec.Struct, frozen=True, gc=False):
    """A row of a projection: written over the row of equal `key`, or deleted when `values` is None."""

    table: str
    key: Mapping[str, Any]
    values: Mapping[str, Any] | None


class Effect(msgspec.Struct, frozen=True, gc=False):
    """Something an outside sink must do once: a line of a file, a mail, a call. Stored in `effets` before it is done."""

    sink: str
    """The name of the sink in the registry."""
    payload: Mapping[str, Any]
    """What the sink's pure writer needs; JSON types, Decimal, date and datetime."""
    group: str = ""
    """Effects of one group go out together or not at all (validation and payment of one dossier)."""


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """What one event did. At most one of `refusal`, `parked` stands; with either, `state` is the state before."""

    state: Any
    """The new state of the key (None: no state, its row is removed)."""
    emitted: tuple[Emitted, ...] = ()
    refusal: Refusal | None = None
    parked: Parked | None = None
    deadlines: tuple[Deadline, ...] = ()
    rows: tuple[Row, ...] = ()
    effects: tuple[Effect, ...] = ()
    counted: str | None = None
    """A label of a bounded set that names an event with no other trace: `doublon`, `perime`, `sans_dossier`."""
    because: str = ""
    """Why, in French, without personal data: shown by `simulate` and in timelines."""


@dataclass(frozen=True, slots=True)
class Processor:
    """One procedure: what it reads, what it decides, what it may publish. One consumer group, one task a partition."""

    name: str
    """`bourses`, `bourses.projections`: the group is `passerelle.<name>`."""
    about: str
    """One French sentence for people."""
    inputs: tuple[str, ...]
    """Topics of the catalogue, all with the same key and partition count. `<name>.interne.v1` is added by the bus."""
    decide: Callable[[Any, Any, Event], Outcome]
    """`decide(reglages, state, event)`: pure, no clock, no I/O; `state` is None for an unknown key."""
    outputs: tuple[str, ...] = ()
    refusals: str | None = None
    """The topic of its `refus` records; required when a rule may refuse or park."""
    reglages: Callable[[], Any] = field(default=lambda: None)
    """Makes the default, frozen, versioned settings value."""
    state: type[Any] | None = None
    """The msgspec struct of a state; None for a processor that keeps none."""
    state_version: int = 1
    upgrade: Callable[[int, Mapping[str, Any]], Mapping[str, Any]] | None = None
    """Turns the plain data of a state of an older version into the present one's."""
    provides: Callable[[Event], str | None] = field(default=lambda _event: None)
    """The prerequisite that this event is, if any: such an event never queues behind those that wait for it."""
    stateless: bool = False
    """No states, parking, deadlines or rows: decode, decide, publish (architecture §4, last paragraph of the steps)."""
    max_parked: int = 100
    """Waiting events a key may have; the next one is refused."""
    parked_for: timedelta = timedelta(days=30)
    """How long an event may wait from when it reached the log before it is refused."""
    marked_every: float = 30.0
    """Seconds from one mark of freshness of its tasks to the next; 0, as often as can be, where an answer or a list rests on it."""


# --- connectors ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a file or a request, said so that its sender can mend it. No personal data."""

    code: str
    """From a bounded set, such as `COLONNE_MANQUANTE`."""
    message: str
    """French; what was found and what was expected."""
    remede: str
    """French; what to do."""
    line: int | None = None
    """1 for the first line of the file; the rank (from 1) of an event of a list."""


class Record(msgspec.Struct, frozen=True, gc=False):
    """What a connector made of one line, element or call, before the envelope."""

    topic: str
    name: str
    key: str
    subject: str
    time: datetime
    """When it happened in the source, UTC; the time of reception when the source does not say."""
    data: Any
    position: str
    """Where it stands in what was received (`ligne 17`): with the receipt it makes the `ce_id`."""
    own_id: str | None = None
    """The source's own id and version, where it has one: then it makes the `ce_id`, whatever the receipt."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A file or a request body as it arrived: nothing in it is trusted."""

    name: str
    """The file's own name, without folders; empty for a request."""
    size: int
    open: Callable[[], BinaryIO]
    """A new stream from the first byte at each call."""
    received: datetime
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The whole delivery is good. `records` may be consumed once, in order; it was fully checked before."""

    kind: str
    """What it was recognised as, such as `apogee.inscriptions.csv`: from a bounded set."""
    records: Iterable[Record]
    warnings: tuple[Fault, ...] = ()
    school: str = ""
    """The UAI whose state the delivery is, for a kind of the policy *état*; empty for a *dépôt*."""
    kept_for: str = ""
    """The topic of a record that claims the delivery's bytes by their SHA-256: the consigne then has them before any record is
    published, and as long as that topic keeps it. Empty: nothing claims them."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing of the delivery is taken."""

    kind: str
    """What it was recognised as; `inconnu` when it was not."""
    faults: tuple[Fault, ...]


class PushConnector(Protocol):
    """Turns what a system drops or posts into records, and nothing about what they mean. Pure of Kafka and of clocks."""

    system: str
    """`apogee`: the folder's name, the inbox's, the scope's prefix."""
    topics: tuple[str, ...]

    def accept(self, delivery: Delivery) -> Accepted | Refused:
        """Recognise, check and map all of it, or say what is wrong. Twice the same delivery gives the same records."""
        ...


@dataclass(frozen=True, slots=True)
class NotTaken:
    """One row or element of a pulled source that is refused; its neighbours are taken."""

    place: str
    """The same for the same thing at each reading, without an identifier of a person: a later good reading closes the refusal."""
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Doubted:
    """One row or element of a pulled source that is taken as it is, with something doubtful in it."""

    place: str
    """As in `NotTaken`: a later reading without doubt closes it."""
    warnings: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Pulled:
    """A page of a pulled source and the cursor that continues just after it (an opaque text)."""

    records: tuple[Record, ...]
    """Each with an `own_id`: what is read again has the same `ce_id`. `position` is its place, as in `NotTaken`."""
    cursor: str
    not_taken: tuple[NotTaken, ...] = ()
    complete: bool = True
    """Whether the sweep ends here: nothing more can be had before some time has passed."""
    doubted: tuple[Doubted, ...] = ()
    """Of the records, those with something doubtful."""


class PullConnector(Protocol):
    """A source that is asked. Twice from one cursor gives the same records while the source has not changed."""

    name: str
    """`apogee.vue`: names its cursor, its refusals and its line in the lists."""
    system: str
    topics: tuple[str, ...]

    def pull(self, after: str | None) -> Pulled:
        """The records after the cursor, oldest first; None begins. What was read lately may come again, with the same ids.

        Raises what `bus` knows as an outage of the source: the cursor then stays.
        """
        ...


# --- outside sinks ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A finished file: its exact name and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ConsignedFile:
    """A file whose bytes are in the consigne: they go out as they came in, checked by their digest."""

    name: str
    sha256: str
    """In hexadecimal."""


@dataclass(frozen=True, slots=True)
class OutgoingFolder:
    """Files that go out together or not at all: nobody ever sees the folder without one of them."""

    name: str
    files: tuple[ConsignedFile, ...]


class FileSink(Protocol):
    """Turns the effects of one lot into one file, or one folder. Pure: the same lot gives the same bytes."""

    name: str
    """`aglae.decisions`: the name in the registry and in `Effect.sink`."""
    system: str
    processor: str
    """The processor whose effects these are."""
    hourly_ceiling: int
    """Effects an hour above which the sink is suspended with an alarm."""

    def write(self, lot: int, payloads: tuple[Mapping[str, Any], ...]) -> OutgoingFile | ConsignedFile | OutgoingFolder: ...


@runtime_checkable
class FilePerGroup(Protocol):
    """A `FileSink` whose files have names of their own, such as `0840001V.ZIP`: a lot is one group of effects, and a new file
    replaces the one before it under the same name."""

    file_per_group: bool


@runtime_checkable
class FileInPieces(FilePerGroup, Protocol):
    """A `FilePerGroup` whose group may be decided in several transactions: its file is written once all of it is there."""

    pieces_field: str
    """The field of every payload that says how many effects make the group."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file joined to a mail."""

    name: str
    """ASCII letters, digits, `.`, `_`, `-`: nothing of a person."""
    content: bytes
    media_type: str = "text/csv"


@dataclass(frozen=True, slots=True)
class DrawnSecret:
    """A secret that whoever owns the accounts draws when the mail is sent: the bus never keeps it."""

    name: str
    """`mot_de_passe`: `{mot_de_passe}` stands for it in the texts of the mail."""
    accounts: tuple[str, ...]
    """Logins that the secret opens."""


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """One message, less what only the sender's settings know. It has `recipients` or a `desk`."""

    subject: str
    """One line."""
    text: str
    recipients: tuple[str, ...] = ()
    """Addresses, `name@domain`. All of them get the message, or none."""
    desk: tuple[str, ...] = ()
    """Names of an address of the settings, the most precise first (`draaf.031`, then `draaf`): the first known one is used."""
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    secret: DrawnSecret | None = None


class MailSink(Protocol):
    """Turns one effect into one message, whose Message-ID is the effect's id. Pure: the same payload gives the same message.

    Effects with the same non-empty `group` leave in order: the next one waits while one before it is not settled.
    """

    name: str
    """`bourses.editions`: the name in the registry and in `Effect.sink`."""
    system: str
    """Who reads it: `gestionnaires`, `draaf`, `support`."""
    processor: str
    """The processor whose effects these are."""
    hourly_ceiling: int
    """Messages an hour above which the sink is suspended with an alarm."""

    def compose(self, payload: Mapping[str, Any]) -> OutgoingMail: ...


@dataclass(frozen=True, slots=True)
class OutgoingRequest:
    """One call, less the address and the token, which the settings give by the sink's name."""

    path: str
    """Added to the address of the settings; starts with `/`, its parts percent-encoded, or is empty."""
    body: bytes
    method: str = "POST"
    media_type: str = "application/json"


class HttpSink(Protocol):
    """Turns one effect into one call, whose `Idempotency-Key` is the effect's id. Pure, and ordered by group as `MailSink`."""

    name: str
    system: str
    processor: str
    hourly_ceiling: int
    """Calls an hour above which the sink is suspended with an alarm."""

    def request(self, payload: Mapping[str, Any]) -> OutgoingRequest: ...

"""A counter that answers by the étape of a registration: each étape is one thing that a rule may do."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import msgspec

from bus.simulate.installation import Column, Installation
from connectors.transport.deliveries import Policy
from schemas.outcome import (
    ECHEANCE,
    Accepted,
    Deadline,
    Delivery,
    Effect,
    Emitted,
    Event,
    Fault,
    Outcome,
    OutgoingFile,
    Parked,
    Processor,
    Record,
    Refusal,
    Refused,
    Row,
)
from schemas.records.apogee import Inscription
from schemas.records.bourses import Situation
from topics.catalogue import CATALOGUE

IN = "apogee.inscriptions.v1"
OUT = "bourses.decisions.v1"
REFUSALS = "bourses.refus.v1"


class Counter:
    """A connector: one JSON object a request or a file, or a list of them; `cod_etu: ""` is refused."""

    topics = (IN,)
    kinds: Mapping[str, Policy] = MappingProxyType({"guichet.json": Policy.DEPOT, "guichet.etat": Policy.ETAT})

    def __init__(self, system: str = "guichet", transports: tuple[str, ...] = ("http",)) -> None:
        self.system = system
        self.transports = transports

    def accept(self, delivery: Delivery) -> Accepted | Refused:
        if delivery.name.endswith(".bin"):
            return Refused("inconnu", (Fault("FICHIER_INCONNU", "Fichier inconnu.", "Vérifier le nom."),))
        try:
            found = msgspec.json.decode(delivery.open().read())
            elements = found if isinstance(found, list) else [found]
            records = [msgspec.convert(element, Inscription) for element in elements]
        except (msgspec.DecodeError, msgspec.ValidationError):
            return Refused("guichet.json", (Fault("JSON_INVALIDE", "Ligne 1 : JSON invalide.", "Corriger.", 1),))
        if not all(record.cod_etu for record in records):
            return Refused("guichet.json", (Fault("CHAMP_MANQUANT", "Élément 1, champ cod_etu : valeur absente.", "La donner.", 1),))
        doubtful = Fault("CLE_UAI_INVALIDE", "UAI douteux.", "Vérifier.", 1)
        warnings = (doubtful,) if any(record.uai == "DOUTEUX" for record in records) else ()
        made = [self._record(each, delivery.received, rank) for rank, each in enumerate(records)]
        if delivery.name.startswith("etat_"):
            return Accepted("guichet.etat", made, warnings, records[0].uai)
        return Accepted("guichet.json", made, warnings)

    def _record(self, each: Inscription, received: datetime, rank: int) -> Record:
        own = f"{self.system}/{each.event_id}" if each.event_id else None
        return Record(IN, "inscription", each.cod_etu, f"ia/{each.cod_ind}", each.dat_mod_iae or received, each, f"element {rank}", own)


class Archives:
    """A connector that only knows archives, and says what a record of its own would be."""

    system = "archives"
    topics = (IN,)
    transports = ("depot",)
    kinds: Mapping[str, Policy] = MappingProxyType({})

    def accept(self, _delivery: Delivery) -> Accepted | Refused:
        return Refused("inconnu", (Fault("FICHIER_INCONNU", "Ce n'est pas une archive.", "Envoyer une archive."),))

    def record(self, name: str, data: Inscription, received: datetime, position: str) -> Record:
        return Record(IN, name, data.cod_etu, f"ia/{data.cod_ind}", received, data, position)


class Reglages(msgspec.Struct, frozen=True):
    delai_minutes: int = 30
    codes: tuple[str, ...] = ("A", "B")

    def __post_init__(self) -> None:
        if self.delai_minutes < 1:
            raise ValueError("le délai doit être d'au moins une minute")


class Seen(msgspec.Struct, frozen=True):
    """How many events of the key were taken, and whether it was opened."""

    count: int = 0
    opened: bool = False


def situation(statut: str, event: Event, motif: str = "") -> Emitted:
    etape = event.data.cod_etp if event.type != ECHEANCE else "ECHEANCE"
    values: dict[str, Any] = {"statut": statut, "cod_etu": event.key, "cod_etp": etape, "motif": motif}
    return Emitted(OUT, "situation", Situation(annee=2026, uai="0781944P", cod_ind="1", cod_vrs_vet="1", **values))


def decide(reglages: Reglages, state: Seen | None, event: Event) -> Outcome:
    seen = state if state is not None else Seen()
    more = msgspec.structs.replace(seen, count=seen.count + 1)
    if event.type == ECHEANCE:
        return Outcome(more, (situation("EN_ATTENTE", event, event.data.name),), because="Le délai est passé.")
    match event.data.cod_etp:
        case "PUBLIE":
            return Outcome(more, (situation("DEFINITIF", event),), because="Publié.")
        case "RIEN":
            return Outcome(more, counted="sans_effet")
        case "DELAI":
            return Outcome(more, deadlines=(Deadline("rappel", event.time + timedelta(minutes=reglages.delai_minutes)),))
        case "ANNULE":
            return Outcome(more, deadlines=(Deadline("rappel", None),))
        case "REFUS":
            return Outcome(state, refusal=Refusal("ETAPE_FERMEE", "Cette étape est fermée.", "Choisir une autre étape."))
        case "ATTEND":
            if not seen.opened:
                return Outcome(state, parked=Parked("ouverture 1", "ouverture du guichet"))
            return Outcome(more, (situation("DEFINITIF", event),), because="Ouvert.")
        case "OUVRE":
            return Outcome(msgspec.structs.replace(more, opened=True), because="Le guichet ouvre.")
        case "FAUTE":
            raise RuntimeError("la règle se trompe")
        case "HORS_CONTRAT":
            return Outcome(more, (situation("HORS_LISTE", event),))
        case "BOUCLE":
            return Outcome(more)
        case "LIGNE":
            row = Row("guichet", {"cod_etu": event.key}, {"montant": Decimal("166.50") * more.count, "vu_le": event.time})
            effect = Effect("guichet.sortie", {"cod_etu": event.key, "montant": Decimal("166.50"), "vu_le": event.time})
            return Outcome(more, rows=(row,), effects=(effect,))
        case "EFFACE":
            return Outcome(more, rows=(Row("guichet", {"cod_etu": event.key}, None),))
        case "ORDRE":
            return Outcome(more, rows=(Row("guichet", {"cod_etu": event.key}, {"rang": event.source}),))
    raise ValueError(event.data.cod_etp)


def decide_loop(_reglages: None, state: None, event: Event) -> Outcome:
    """A rule that sets itself a deadline in the past each time: it never rests."""
    if event.type == ECHEANCE or event.data.cod_etp == "BOUCLE":
        return Outcome(state, deadlines=(Deadline("encore", event.time - timedelta(milliseconds=1)),))
    return Outcome(state)


def follow(_reglages: None, state: None, event: Event) -> Outcome:
    """Downstream of the first: counts what was published."""
    return Outcome(state, rows=(Row("suivi", {"id": event.id}, {"statut": event.data.statut}),))


RULES = Processor(
    "guichet",
    "Répond à chaque étape.",
    (IN,),
    decide,
    outputs=(OUT,),
    refusals=REFUSALS,
    reglages=Reglages,
    state=Seen,
    provides=lambda event: "ouverture 1" if event.type != ECHEANCE and event.data.cod_etp == "OUVRE" else None,
    max_parked=2,
    parked_for=timedelta(days=30),
)
FOLLOWER = Processor("guichet.projections", "Suit ce qui est publié.", (OUT,), follow)
ENDLESS = Processor("boucle", "Ne s'arrête jamais.", (IN,), decide_loop)


@dataclass
class TextFile:
    """One line a payload."""

    name: str = "guichet.sortie"
    system: str = "guichet"
    processor: str = "guichet"
    hourly_ceiling: int = 10

    def write(self, lot: int, payloads: tuple[Mapping[str, Any], ...]) -> OutgoingFile:
        text = "".join(f"{payload['cod_etu']};{payload['montant']};{payload['vu_le']}\n" for payload in payloads)
        return OutgoingFile(f"sortie({lot}).csv", text.encode())


@dataclass
class Archive:
    """The same in an archive."""

    name: str = "guichet.sortie"
    system: str = "guichet"
    processor: str = "guichet"
    hourly_ceiling: int = 10

    def write(self, lot: int, payloads: tuple[Mapping[str, Any], ...]) -> OutgoingFile:
        inside = io.BytesIO()
        with zipfile.ZipFile(inside, "w") as archive:
            archive.writestr("eleves.csv", "\n".join(str(payload["montant"]) for payload in payloads))
        return OutgoingFile(f"LOT{lot}.ZIP", inside.getvalue())


def installation(*more: Processor, sink: TextFile | Archive | None = None) -> Installation:
    columns = {
        "guichet": (
            Column("cod_etu", "TEXT", "Étudiant.", True),
            Column("montant", "NUMERIC", "Montant.", False),
            Column("vu_le", "TIMESTAMP", "Quand.", False),
            Column("rang", "TEXT", "D'où.", False),
        ),
        "suivi": (Column("id", "TEXT", "Identifiant.", True), Column("statut", "TEXT", "Statut.", False)),
    }
    connectors = (Counter(), Counter("autre"), Archives())
    return Installation(CATALOGUE, connectors, (RULES, FOLLOWER, *more), (sink or TextFile(),), columns)

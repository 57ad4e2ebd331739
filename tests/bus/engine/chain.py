"""A processor made for proving the engine: each output depends on every earlier event of its key and topic, in order.

An event lost, doubled or taken out of order changes every later output of its key. `IA_ANNULEE` waits for an `IA_CREEE` of
its registration; `cod_brs` = `ECHOUE` makes the rule fail; a dossier of year 1900 + n sets a deadline n seconds later.
"""

import hashlib
from datetime import timedelta

import msgspec

from schemas.outcome import ECHEANCE, Deadline, Emitted, Event, Outcome, Parked, Processor, Refusal
from schemas.records.bourses import Situation


class Chain(msgspec.Struct, frozen=True):
    links: dict[str, str] = {}
    known: frozenset[str] = frozenset()
    length: int = 0


class Reglages(msgspec.Struct, frozen=True):
    version: int = 1


def situation(event: Event, link: str) -> Situation:
    return Situation(
        statut="EN_ATTENTE",
        annee=2026,
        uai="0781944P",
        cod_ind="1",
        cod_etu="1",
        cod_etp="L1",
        cod_vrs_vet="1",
        motif=link,
        evenements=(event.id,),
    )


def decide(_reglages: Reglages, state: Chain | None, event: Event) -> Outcome:
    before = state or Chain()
    if event.type == ECHEANCE:
        return Outcome(linked(before, "echeance", event), emitted=(emit(before, "echeance", event),))
    if event.type == "inscription":
        if event.data.cod_brs == "ECHOUE":
            raise RuntimeError("a rule that fails on purpose")
        if event.data.cod_brs == "REFUSE":
            return Outcome(before, refusal=Refusal("TEST_REFUS", "Refusé pour l'essai.", "Ne rien faire."))
        if event.data.type == "IA_ANNULEE" and event.subject not in before.known:
            return Outcome(state, parked=Parked(f"inscription {event.subject}", "inscription"))
    after = linked(before, event.topic, event)
    deadlines: tuple[Deadline, ...] = ()
    if event.type == "dossier" and event.data.annee < 1960:
        deadlines = (Deadline("rappel", event.time + timedelta(seconds=event.data.annee - 1900)),)
    return Outcome(after, emitted=(emit(before, event.topic, event),), deadlines=deadlines)


def link_after(before: Chain, topic: str, event: Event) -> str:
    return hashlib.sha256((before.links.get(topic, "") + event.id).encode()).hexdigest()[:24]


def linked(before: Chain, topic: str, event: Event) -> Chain:
    known = before.known | {event.subject} if event.type == "inscription" and event.data.type == "IA_CREEE" else before.known
    return Chain({**before.links, topic: link_after(before, topic, event)}, known, before.length + 1)


def emit(before: Chain, topic: str, event: Event) -> Emitted:
    return Emitted("bourses.decisions.v1", "situation", situation(event, link_after(before, topic, event)))


def provides(event: Event) -> str | None:
    if event.type == "inscription" and event.data.type == "IA_CREEE":
        return f"inscription {event.subject}"
    return None


PROCESSOR = Processor(
    name="bourses",
    about="Une chaîne d'empreintes, pour éprouver le moteur.",
    inputs=("apogee.inscriptions.v1", "aglae.dossiers.v1"),
    decide=decide,
    outputs=("bourses.decisions.v1",),
    refusals="bourses.refus.v1",
    reglages=Reglages,
    state=Chain,
    provides=provides,
)

"""`passerelle simulate --list`: everything a scenario may name, with its type, so that one can be written from it alone."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from bus.simulate.contract_values import FieldShape, RecordShape, shapes_of, written
from bus.simulate.installation import Installation
from bus.simulate.matching import tell
from bus.simulate.questions import QUESTIONERS
from bus.simulate.report import plain
from bus.simulate.scenario import DEFAULT_ZONE, KINDS
from schemas.contracts import topics_with_contract
from schemas.outcome import Processor


def values(installation: Installation) -> dict[str, Any]:
    """As JSON values."""
    contracts = topics_with_contract()
    return {
        "systems": [
            {"system": system, "events": [_record(shape) for shape in installation.events_of(system).values()]}
            for system in installation.systems
        ],
        "topics": [
            {
                "topic": topic.name,
                "about": topic.about,
                "key": str(topic.key),
                "records": [_record(shape) for shape in shapes_of(topic.name).values()] if topic.name in contracts else [],
            }
            for topic in installation.topics
        ],
        "tables": [
            {
                "table": name,
                "columns": [{"name": each.name, "type": each.type, "doc": each.doc, "key": each.is_key} for each in columns],
            }
            for name, columns in (installation.tables or {}).items()
        ],
        "sinks": [{"sink": sink.name, "system": sink.system} for sink in installation.file_sinks],
        "processors": [_processor(each) for each in installation.processors],
        "settings": [
            {"setting": name, "processor": processor, "default": plain(default)}
            for name, defaults in installation.settings.items()
            for processor, default in defaults.items()
        ],
        "questions": [{"question": each.name, "fields": dict(each.fields), "required": list(each.required)} for each in QUESTIONERS],
        "expectations": {kind: list(fields) for kind, fields in KINDS.items()},
    }


def _processor(each: Processor) -> dict[str, Any]:
    named = {"processor": each.name, "about": each.about, "refusals": each.refusals}
    return {**named, "inputs": list(each.inputs), "outputs": list(each.outputs)}


def _record(shape: RecordShape) -> dict[str, Any]:
    return {"event": shape.name, "topic": shape.topic, "doc": shape.doc, "fields": [_field(each) for each in shape.fields]}


def _field(field: FieldShape) -> dict[str, Any]:
    found = {"name": field.name, "type": field.written, "doc": field.doc, "required": field.required}
    return found if field.required else {**found, "default": field.default}


def text(installation: Installation) -> Iterator[str]:
    """The same for people. `*`: a field that must be given; the others take the value after `=`."""
    yield "SYSTÈMES ET ÉVÉNEMENTS (given) — * champ obligatoire"
    for system in installation.systems:
        yield f"\nsystem: {system}"
        for shape in installation.events_of(system).values():
            yield from _shape_text(shape, f"event: {shape.name} → {shape.topic}")
    yield "\nQUESTIONS (ask) — * champ obligatoire"
    for each in QUESTIONERS:
        yield f"\nask: {each.name}"
        yield from (f"    {name}{'*' if name in each.required else ''}: {about}" for name, about in each.fields.items())
    yield "\nTOPICS (expect: topic, none)"
    entered = {shape.topic for system in installation.systems for shape in installation.events_of(system).values()}
    contracts = topics_with_contract()
    for topic in installation.topics:
        yield f"\ntopic: {topic.name} — {topic.about}"
        for shape in shapes_of(topic.name).values() if topic.name in contracts and topic.name not in entered else ():
            yield from _shape_text(shape, f"event: {shape.name}")
    yield "\nTABLES (expect: row) — * clé"
    for name, columns in (installation.tables or {}).items():
        yield f"\ntable: {name}"
        yield from (f"    {each.name}{'*' if each.is_key else ''}: {each.type} — {each.doc}" for each in columns)
    yield "\nSORTIES (expect: file)"
    yield from (f"    sink: {sink.name} (système {sink.system})" for sink in installation.file_sinks)
    yield "\nRÉGLAGES (settings)"
    for setting, defaults in installation.settings.items():
        yield from (f"    {setting} = {tell(default, ZoneInfo(DEFAULT_ZONE))} ({processor})" for processor, default in defaults.items())


def _shape_text(shape: RecordShape, head: str) -> Iterator[str]:
    yield f"  {head} — {shape.doc}"
    for each in shape.fields:
        default = "" if each.required or each.default is None else f" = {tell(each.default, ZoneInfo(DEFAULT_ZONE))}"
        yield f"    {each.name}{'*' if each.required else ''}: {written(each.type)}{default} — {each.doc}"

"""What a scenario may speak of: systems, events, topics, tables, sinks and settings of this installation."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from bus.simulate.contract_values import RecordShape, shapes_of
from connectors.transport.deliveries import Policy
from schemas.outcome import Accepted, Delivery, FileSink, Processor, Refused
from topics.catalogue import Topic

SECRET = b"passerelle simulate"
"""Of the students' keys in a simulation: fixed, so that a scenario always tells the same story."""


class Connector(Protocol):
    """What a simulation asks of a connector that receives."""

    @property
    def system(self) -> str: ...
    @property
    def topics(self) -> tuple[str, ...]: ...
    @property
    def transports(self) -> tuple[str, ...]:
        """`http` (posted) and `depot` (dropped)."""
        ...

    @property
    def kinds(self) -> Mapping[str, Policy]:
        """What equal bytes mean, for each kind of delivery."""
        ...

    def accept(self, delivery: Delivery) -> Accepted | Refused: ...


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a projection's table."""

    name: str
    type: str
    doc: str
    is_key: bool


@dataclass(frozen=True)
class Installation:
    """Built from the registries (`installed`), or by a test from a few small parts."""

    topics: tuple[Topic, ...]
    connectors: tuple[Connector, ...]
    processors: tuple[Processor, ...]
    file_sinks: tuple[FileSink, ...] = ()
    tables: Mapping[str, tuple[Column, ...]] | None = None
    """Table name → columns; None: no projection is installed."""

    @cached_property
    def systems(self) -> tuple[str, ...]:
        """Systems a scenario may let something come from."""
        return tuple(sorted({connector.system for connector in self.connectors}))

    @cached_property
    def topic_names(self) -> tuple[str, ...]:
        return tuple(topic.name for topic in self.topics)

    def events_of(self, system: str) -> dict[str, RecordShape]:
        """The records that a system's connectors publish, by name."""
        topics = {topic: None for connector in self.connectors if connector.system == system for topic in connector.topics}
        return {name: shape for topic in topics for name, shape in shapes_of(topic).items()}

    def systems_of(self, event: str) -> tuple[str, ...]:
        """The systems that an event may come from."""
        return tuple(system for system in self.systems if event in self.events_of(system))

    def columns_of(self, table: str) -> tuple[str, ...]:
        return tuple(column.name for column in (self.tables or {}).get(table, ()))

    @cached_property
    def sink_names(self) -> tuple[str, ...]:
        """Names by which `file` expectations may call a sink: its own and its system's."""
        return tuple(dict.fromkeys(name for sink in self.file_sinks for name in (sink.name, sink.system)))

    @cached_property
    def settings(self) -> dict[str, dict[str, Any]]:
        """Setting name → processor name → its default value."""
        found: dict[str, dict[str, Any]] = {}
        for processor in self.processors:
            reglages = processor.reglages()
            for name in getattr(reglages, "__struct_fields__", ()):
                found.setdefault(name, {})[processor.name] = getattr(reglages, name)
        return found

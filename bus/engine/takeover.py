"""Whether a task may go on from its checkpoint, and from where: cluster, topics and log must be those it speaks of."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy

from bus.engine.batches import Fenced, LogBounds, Stopped, Takeover, ToPublish
from bus.engine.statements import Statements

ADOPT = ""
"""A cluster id that `passerelle tasks adopt` writes: the next takeover accepts the present one."""


class TaskTakeover:
    """Takes tasks of one processor over, inside the transaction that is given."""

    def __init__(self, processor: str, topics: Sequence[str], sql: Statements) -> None:
        self._name = processor
        self._topics = topics
        self._sql = sql

    def __call__(
        self,
        connection: sqlalchemy.Connection,
        partition: int,
        cluster_id: str,
        topic_ids: Mapping[str, str],
        bounds: Mapping[str, LogBounds],
        fenced: int | None,
    ) -> Takeover:
        """Raise the epoch and return where to start. Raises Fenced, and Stopped with the operator's remedy."""
        epoch = self._raise_epoch(connection, partition, cluster_id, fenced)
        start = self._checkpoints(connection, partition, topic_ids, bounds)
        rows = connection.execute(self._sql.outbox, {"part": partition})
        return Takeover(epoch, start, [ToPublish(row.sequence, msgspec.msgpack.decode(row.batch)) for row in rows])

    def _raise_epoch(self, connection: sqlalchemy.Connection, partition: int, cluster_id: str, fenced: int | None) -> int:
        found = connection.execute(self._sql.task, {"part": partition}).one_or_none()
        if fenced is not None and (found is None or found.epoch != fenced):
            raise Fenced(f"{self._name}/{partition}: un autre processus a repris la tâche entre-temps")
        if found is None:
            connection.execute(self._sql.new_task, {"part": partition, "cluster": cluster_id})
            return 1
        if found.stopped is not None:
            raise Stopped(found.stopped)
        if found.cluster_id not in (ADOPT, cluster_id):
            raise Stopped(
                f"La tâche {self._name}/{partition} a travaillé sur une autre grappe Kafka que celle-ci. Vérifier l'adresse des "
                f"courtiers ; si le changement est voulu : « passerelle tasks adopt {self._name} --execute »."
            )
        connection.execute(self._sql.raise_epoch, {"part": partition, "next": found.epoch + 1, "cluster": cluster_id})
        return int(found.epoch) + 1

    def _checkpoints(
        self, connection: sqlalchemy.Connection, partition: int, topic_ids: Mapping[str, str], bounds: Mapping[str, LogBounds]
    ) -> dict[str, int]:
        """Of each input; one that the task has never read begins where its log does."""
        known = {row.topic: row for row in connection.execute(self._sql.checkpoints, {"part": partition})}
        start: dict[str, int] = {}
        for topic in self._topics:
            row, bound = known.get(topic), bounds[topic]
            if row is None:
                values = {"part": partition, "top": topic, "tid": topic_ids[topic], "next": bound.start}
                connection.execute(self._sql.new_checkpoint, values)
                start[topic] = bound.start
            else:
                self._check_log(partition, topic, row, topic_ids[topic], bound)
                start[topic] = row.next_offset
        return start

    def _check_log(self, partition: int, topic: str, row: Any, topic_id: str, bound: LogBounds) -> None:
        where = f"{topic}, partition {partition}, point de reprise {row.next_offset}"
        if row.topic_id != topic_id:
            raise Stopped(
                f"Le topic {topic} a été supprimé et recréé ({where}) : ce qui n'avait pas été lu est perdu dans Kafka. "
                f"Faire renvoyer les données par leur source, puis « passerelle tasks adopt {self._name} --execute »."
            )
        if row.next_offset < bound.start:
            raise Stopped(
                f"La rétention a effacé des enregistrements non lus ({where}, début du journal {bound.start}). "
                f"Les faire renvoyer par leur source, puis « passerelle tasks adopt {self._name} --execute »."
            )
        if row.next_offset > bound.end:
            raise Stopped(
                f"Le journal finit avant le point de reprise ({where}, fin {bound.end}) : Kafka est plus ancien que PostgreSQL. "
                f"Restaurer Kafka, ou restaurer PostgreSQL au même instant, puis « passerelle tasks resume {self._name} »."
            )

"""Names and counts of an environment, and what they ask of the cluster."""

import pytest

from bus import topics_plan
from bus.deployment import Deployment
from bus.engine.assembly import inputs_of
from bus.processors import all_processors
from bus.topic_admin import configs_of
from topics.catalogue import CATALOGUE, Key, Personal, Topic

TOPIC = Topic("essai.choses.v1", "Essai.", Key.UAI, Personal.NONE, retention_days=2)
ONE = Topic("essai.verrou.v1", "Essai.", Key.VERROU, Personal.NONE, compacted=True, partitions=1)
HERE = Deployment("t1.")


def test_every_name_takes_the_prefix() -> None:
    assert HERE.topic("essai.choses.v1") == "t1.essai.choses.v1"
    assert HERE.group("bourses") == "t1.passerelle.bourses"
    assert HERE.transactional_id("bourses", 3) == "t1.bourses-3"
    assert HERE.catalogue_name("t1.essai.choses.v1") == "essai.choses.v1"
    assert HERE.catalogue_name("t2.essai.choses.v1") is None
    assert Deployment().catalogue_name("essai.choses.v1") == "essai.choses.v1"


@pytest.mark.parametrize("prefix", ["a b", "é", "a" * 65, "a/b"])
def test_a_prefix_that_kafka_would_refuse_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="préfixe"):
        Deployment(prefix)


@pytest.mark.parametrize(
    ("deployment", "partitions", "replicas", "in_sync"),
    [(Deployment(), 4, 1, 1), (Deployment(production=True), 12, 3, 2), (Deployment(production=True, replicas=5), 12, 5, 4)],
)
def test_counts_follow_the_environment_except_those_of_the_topic(
    deployment: Deployment, partitions: int, replicas: int, in_sync: int
) -> None:
    assert deployment.partitions(TOPIC) == partitions
    assert deployment.partitions(ONE) == 1
    assert deployment.replication_factor == replicas
    assert deployment.min_insync_replicas == in_sync


def test_the_broker_settings_are_those_of_the_topic() -> None:
    assert configs_of(TOPIC, Deployment(production=True)) == {
        "cleanup.policy": "delete",
        "retention.ms": "172800000",
        "max.message.bytes": "1048588",
        "min.insync.replicas": "2",
        "message.timestamp.type": "CreateTime",
        "compression.type": "uncompressed",
    }
    assert configs_of(ONE, HERE)["cleanup.policy"] == "compact"


def test_a_processor_may_read_its_inputs_write_its_outputs_and_nothing_else() -> None:
    rights = topics_plan.rights(all_processors(), ("apogee.inscriptions.v1",), HERE)
    for processor in all_processors():
        mine = [right for right in rights if right.principal == topics_plan.principal_of(processor.name)]
        read = {right.name for right in mine if right.resource == "topic" and "Read" in right.operations}
        written = {right.name for right in mine if right.resource == "topic" and "Write" in right.operations}
        assert read == {HERE.topic(name) for name in inputs_of(processor)}
        assert written == {HERE.topic(name) for name in topics_plan.outputs_of(processor)}
        assert [right.name for right in mine if right.resource == "group"] == [HERE.group(processor.name)]


def test_the_transactional_ids_of_one_processor_are_not_another_s() -> None:
    prefixes = [right.name for right in topics_plan.rights(all_processors(), (), HERE) if right.resource == "transactional-id"]
    ids = [str(row["transactional_id"]) for row in topics_plan.transactional_rows(CATALOGUE, all_processors(), HERE)]
    assert ids
    assert all(sum(name.startswith(prefix) for prefix in prefixes) == 1 for name in ids)


def test_connectors_may_only_write_and_administration_never_writes() -> None:
    rights = topics_plan.rights((), ("b.x.v1", "a.x.v1", "b.x.v1"), Deployment())
    connectors = [right for right in rights if right.principal == "User:passerelle-connecteurs"]
    assert [(right.name, right.operations) for right in connectors] == [
        ("a.x.v1", ("Write", "Describe")),
        ("b.x.v1", ("Write", "Describe")),
    ]
    administration = [right for right in rights if right.principal == "User:passerelle-administration"]
    assert administration
    assert all("Write" not in right.operations for right in administration)


def test_the_answers_may_write_replies_and_detections_alone() -> None:
    rights = topics_plan.rights((), (), Deployment())
    mine = [right for right in rights if right.principal == "User:passerelle-reponses" and right.resource == "topic"]
    assert {right.name for right in mine if "Write" in right.operations} == {"bourses.reponses.v1", "bourses.detections.v1"}
    assert {right.name for right in mine if "Read" in right.operations} == {"bourses.droits.v1", "bourses.questions.v1"}


def test_completions_read_registrations_and_write_what_completes_them() -> None:
    rights = topics_plan.rights((), (), Deployment())
    mine = [right for right in rights if right.principal == "User:passerelle-complements"]
    assert {right.name for right in mine if "Write" in right.operations} == {"apogee.inscriptions.v1", "nne.corrections.v1"}
    assert {right.name for right in mine if "Read" in right.operations} == {"apogee.inscriptions.v1", "passerelle.apogee.completement"}


def test_there_is_a_task_for_each_partition_of_the_inputs() -> None:
    rows = topics_plan.transactional_rows(CATALOGUE, all_processors(), Deployment(production=True))
    assert [row["partition"] for row in rows if row["processeur"] == "bourses"] == list(range(12))


def test_the_plan_has_every_topic_with_its_readers() -> None:
    rows = {row["topic"]: row for row in topics_plan.topic_rows(CATALOGUE, all_processors(), HERE)}
    assert len(rows) == len(CATALOGUE)
    assert "bourses" in str(rows["t1.apogee.inscriptions.v1"]["lecteurs"]).split()

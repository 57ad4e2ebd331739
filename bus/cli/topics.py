"""`passerelle topics`: the topics of the catalogue, what they need of the cluster, and whether it has it."""

from enum import StrEnum
from typing import Annotated

import typer

from bus import topics_plan
from bus.cli.cluster import cluster_session
from bus.cli.output import Exit, Output, OutputOption, render, say
from bus.deployment import Deployment
from bus.processors import all_processors
from bus.settings import load_settings
from bus.told import Told
from bus.topic_admin import configs_of, create, differences, existing, missing
from topics.catalogue import CATALOGUE

app = typer.Typer(help="Topics du catalogue : plan, création, vérification.", no_args_is_help=True)


class CreationRefused(Told):
    """The settings leave the creation of topics to others."""

    exit_code = Exit.REFUSED


class Part(StrEnum):
    """What `plan` shows."""

    TOPICS = "topics"
    GROUPS = "groupes"
    TRANSACTIONS = "transactions"
    RIGHTS = "droits"


COLUMNS = {
    Part.TOPICS: ("topic", "partitions", "replicas", "min.insync.replicas", "cleanup.policy", "retention_jours", "lecteurs"),
    Part.GROUPS: ("groupe", "topics"),
    Part.TRANSACTIONS: ("transactional_id", "processeur", "partition"),
    Part.RIGHTS: ("principal", "ressource", "nom", "motif", "operations", "pourquoi"),
}


@app.command()
def plan(
    part: Annotated[Part, typer.Argument(help="Ce qu'il faut montrer.")] = Part.TOPICS,
    output: OutputOption = Output.TABLE,
) -> None:
    """Ce qu'il faut créer sur le cluster : topics et réglages, groupes, transactions, droits d'accès. N'appelle aucun service."""
    deployment = load_settings(services=False).deployment()
    render(_rows(part, deployment), COLUMNS[part], output)


def _rows(part: Part, deployment: Deployment) -> list[topics_plan.Row]:
    match part:
        case Part.TOPICS:
            return topics_plan.topic_rows(CATALOGUE, all_processors(), deployment)
        case Part.GROUPS:
            return topics_plan.group_rows(all_processors(), deployment)
        case Part.TRANSACTIONS:
            return topics_plan.transactional_rows(CATALOGUE, all_processors(), deployment)
        case Part.RIGHTS:
            published = {topic for topics in topics_plan.published_by_connectors().values() for topic in topics}
            return [right.row() for right in topics_plan.rights(all_processors(), published, deployment)]


@app.command("list")
def list_topics(output: OutputOption = Output.TABLE) -> None:
    """Les topics du catalogue tels que le cluster les a."""
    with cluster_session() as (settings, client):
        deployment = settings.deployment()
        known = existing(client, (deployment.topic(topic.name) for topic in CATALOGUE))
    rows = [
        {
            "topic": name,
            "existe": name in known,
            "partitions": known[name].partitions if name in known else None,
            "replicas": known[name].replication_factor if name in known else None,
            "id": known[name].id if name in known else None,
        }
        for name in sorted(deployment.topic(topic.name) for topic in CATALOGUE)
    ]
    render(rows, ("topic", "existe", "partitions", "replicas", "id"), output)


@app.command()
def check(output: OutputOption = Output.TABLE) -> None:
    """Compare les topics au catalogue. Sort avec 3 s'ils diffèrent."""
    with cluster_session() as (settings, client):
        deployment = settings.deployment()
        found = differences(client, CATALOGUE, deployment)
    render([{"difference": sentence} for sentence in found], ("difference",), output)
    if found:
        say(f"{len(found)} différence(s) avec le catalogue.")
        raise typer.Exit(Exit.CHECK_FAILED)
    say(f"Les {len(CATALOGUE)} topics sont ceux du catalogue.")


@app.command("create")
def create_missing(
    execute: Annotated[bool, typer.Option("--execute", help="Créer vraiment ; sans cela, le plan seulement.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Crée les topics qui manquent. Ceux qui existent restent comme ils sont."""
    with cluster_session() as (settings, client):
        deployment = settings.deployment()
        wanted = missing(client, CATALOGUE, deployment)
        rows = [
            {"topic": deployment.topic(topic.name), "partitions": deployment.partitions(topic), **configs_of(topic, deployment)}
            for topic in wanted
        ]
        render(rows, ("topic", "partitions", "cleanup.policy", "retention.ms", "min.insync.replicas"), output)
        if not wanted:
            say("Aucun topic ne manque.")
            return
        if not execute:
            say(f"{len(wanted)} topic(s) à créer : ajoutez --execute.")
            return
        if not settings.kafka.create_topics:
            raise CreationRefused(
                "Refusé : PASSERELLE_KAFKA__CREATE_TOPICS=false, les topics sont créés par les administrateurs du cluster."
            )
        created = create(client, wanted, deployment)
    say(f"{len(created)} topic(s) créé(s).")

"""`passerelle lag`: how far each group is behind."""

from typing import Annotated

import typer

from bus import answers
from bus.cli.cluster import cluster_session
from bus.cli.output import Exit, Output, OutputOption, render, say
from bus.engine.assembly import inputs_of
from bus.lag import COLUMNS, GroupInputs, measure, total
from bus.processors import all_processors
from bus.settings import load_settings
from connectors.apogee import completion

app = typer.Typer(help="Retard des groupes de consommation.")

HEADINGS = dict(zip(COLUMNS, ("groupe", "topic", "partition", "validé", "fin", "retard"), strict=True))


@app.callback(invoke_without_command=True)
def lag(
    output: OutputOption = Output.TABLE,
    processor: Annotated[list[str] | None, typer.Option("--processeur", help="Ne montrer que ceux-ci (répétable).")] = None,
    most: Annotated[int | None, typer.Option("--seuil", min=0, help="Sortir avec 3 si un groupe a plus de retard.")] = None,
) -> None:
    """Retard par groupe, topic et partition, en nombre d'enregistrements. « — » : rien n'a encore été validé."""
    every = [*(GroupInputs(each.name, inputs_of(each)) for each in all_processors()), GroupInputs(answers.NAME, (answers.QUESTIONS,))]
    if load_settings(services=False).apogee_ws.configured:
        every.append(GroupInputs(completion.GROUP, completion.READS))
    groups = [each for each in every if not processor or each.processor in processor]
    unknown = set(processor or ()) - {each.processor for each in groups}
    if unknown:
        say(f"Processeur inconnu : {', '.join(sorted(unknown))}. Connus : {', '.join(each.processor for each in every)}.")
        raise typer.Exit(Exit.USAGE)
    with cluster_session() as (settings, client):
        found = measure(client, groups, settings.deployment())
    render([each.row() for each in found], HEADINGS, output)
    late = {group: total(each for each in found if each.group == group) for group in sorted({each.group for each in found})}
    for group, count in late.items():
        if count:
            say(f"{group} : {count} enregistrement(s) de retard")
    unread = [each for each in found if each.committed is None and each.end]
    if unread:
        say(f"{len(unread)} partition(s) dont rien n'a été validé ont des enregistrements : hors des sommes, toujours au-dessus du seuil.")
    if most is not None and (unread or any(count > most for count in late.values())):
        raise typer.Exit(Exit.CHECK_FAILED)

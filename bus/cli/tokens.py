"""`passerelle tokens`: who may push by HTTP."""

from pathlib import Path
from typing import Annotated

import typer

from bus import tokens
from bus.cli.output import Exit, Output, OutputOption, render, say
from bus.settings import load_settings

app = typer.Typer(help="Jetons de l'envoi HTTP : création, liste, révocation.", no_args_is_help=True)

HEADINGS = {"name": "nom", "scopes": "portées", "created": "créé le", "revoked": "révoqué le"}
Execute = Annotated[bool, typer.Option("--execute", help="Faire vraiment ; sans lui, dire seulement ce qui serait fait.")]


@app.command("list")
def list_tokens(output: OutputOption = Output.TABLE) -> None:
    """Les jetons connus, révoqués compris ; jamais leur valeur."""
    rows = [
        {"name": each.name, "scopes": ", ".join(each.scopes), "created": each.created, "revoked": each.revoked}
        for each in tokens.read(_file())
    ]
    render(rows, HEADINGS, output)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Le nom de l'application qui l'utilisera.")],
    scope: Annotated[list[str], typer.Option("--portee", help="« apogee:ecrire » ; répétable.")],
    execute: Execute = False,
) -> None:
    """Créer un jeton ; il n'est affiché qu'une fois, sur la sortie standard."""
    if not execute:
        say(f"Serait créé : le jeton « {name} » de portée {', '.join(scope)}. Ajoutez --execute.")
        return
    token = tokens.create(_file(), name, scope)
    say(f"Jeton « {name} » créé. Il n'est affiché que cette fois : confiez-le à son application par un canal sûr.")
    typer.echo(token)


@app.command()
def revoke(name: Annotated[str, typer.Argument(help="Le nom du jeton.")], execute: Execute = False) -> None:
    """Révoquer un jeton, à effet immédiat."""
    if not execute:
        say(f"Serait révoqué : le jeton « {name} ». Ajoutez --execute.")
        return
    tokens.revoke(_file(), name)
    say(f"Jeton « {name} » révoqué.")


def _file() -> Path:
    found = load_settings(services=False).http.tokens_file
    if found is None:
        say("Aucun fichier de jetons n'est réglé : PASSERELLE_HTTP__TOKENS_FILE, ou « passerelle up » qui en fait un.")
        raise typer.Exit(Exit.USAGE)
    return found

"""The `passerelle` command: noun, verb. Data on stdout, words on stderr; exit 0 ok, 1 failure, 2 usage, 3 check failed, 4 refused.

Each line of COMMANDS is one command and where it is; a module is imported only when its command runs, so that help and
completion answer at once.
"""

import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from bus.told import Told

COMMANDS: dict[str, tuple[str, str]] = {
    # name: (module:attribute, help); an attribute is a typer.Typer or a function
    "up": ("bus.cli.stack:up", "Démarrer la pile embarquée et les travailleurs."),
    "down": ("bus.cli.stack:down", "Arrêter les travailleurs et la pile embarquée ; les données restent."),
    "status": ("bus.cli.stack:status", "Ce qui tourne, où, et depuis quand."),
    "run": ("bus.cli.stack:run", "Tenir les travailleurs au premier plan, avec les services des réglages."),
    "secrets": ("bus.cli.stack:secrets", "Créer les secrets que monte docker-compose.yml."),
    "topics": ("bus.cli.topics:app", "Topics du catalogue : plan, création, vérification."),
    "lag": ("bus.cli.lag:app", "Retard des groupes de consommation."),
    "tokens": ("bus.cli.tokens:app", "Jetons de l'envoi HTTP : création, liste, révocation."),
    "connectors": ("bus.cli.connectors:app", "Connecteurs et sorties, avec leur état."),
    "tasks": ("bus.cli.tasks:app", "Tâches du moteur : état, reprise."),
    "sinks": ("bus.cli.sinks:app", "Sorties vers l'extérieur : mode, plafond, lots."),
    "editions": ("bus.cli.editions:app", "Listes de contrôle des bourses, suivi des lignes, bilan."),
    "dead-letters": ("bus.cli.dead_letters:app", "Lettres mortes : les voir, les reprendre, les corriger."),
    "database": ("bus.cli.database:app", "Tables de PostgreSQL : vérification, migrations."),
    "samples": ("bus.cli.samples:app", "Établissements inventés, en vrais fichiers d'échange."),
    "controler": ("bus.cli.controler:controler", "Contrôler des fichiers d'échange avant de les envoyer, sans aucun service."),
    "comptes-rendus": ("bus.cli.comptes_rendus:app", "Comptes-rendus d'import des liens élève-groupe, en HTML et en CSV."),
    "etats": ("bus.cli.etats:app", "États imprimables des actions de formation, en HTML et en CSV."),
    "simulate": ("bus.cli.simulate:simulate", "Jouer des scénarios par les vraies règles, sans aucun service."),
}


class LazyGroup(TyperGroup):
    """Shows every command by its line in COMMANDS and loads the one that is called."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = {name: TyperCommand(name=name, help=text) for name, (_, text) in COMMANDS.items()}

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        name, found, rest = super().resolve_command(ctx, args)
        return name, load(name) if name in COMMANDS else found, rest


def load(name: str) -> Any:
    """The real command of that name."""
    module, _, attribute = COMMANDS[name][0].partition(":")
    found = getattr(import_module(module), attribute)
    if not isinstance(found, typer.Typer):
        single = typer.Typer(add_completion=False)
        single.command(name)(found)
        found = single
    found.rich_markup_mode = None
    command = typer.main.get_command(found)
    command.name = name
    return command


app = typer.Typer(
    cls=LazyGroup,
    help="Passerelle : bus d'intégration de l'enseignement français.",
    no_args_is_help=True,
    rich_markup_mode=None,  # its module takes longer to import than all the rest
    pretty_exceptions_enable=False,
)


@app.callback()
def _root() -> None:
    """Passerelle : bus d'intégration de l'enseignement français."""


def main() -> None:
    """The entry point."""
    try:
        app()
    except Told as told:
        sys.stderr.write(f"{told}\n")
        sys.exit(told.exit_code)


if __name__ == "__main__":
    main()

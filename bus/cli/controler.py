"""`passerelle controler`: what an exchange file will meet, said before it is sent, without any service."""

import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bus.cli.output import Exit, say


class Forme(StrEnum):
    """The three forms of a check's reports."""

    TEXTE = "texte"
    HTML = "html"
    JSON = "json"


def controler(
    fichiers: Annotated[list[Path], typer.Argument(metavar="FICHIER…", help="Fichiers à contrôler (XML, ZIP, CSV, JSON, HTML).")],
    avec: Annotated[
        list[Path] | None, typer.Option("--avec", metavar="FICHIER", help="Fichier qui dit ce que SIECLE ou STS-WEB connaît (à répéter).")
    ] = None,
    forme: Annotated[Forme, typer.Option("-o", "--output", help="Forme : texte, html ou json.")] = Forme.TEXTE,
) -> None:
    """Contrôle des fichiers d'échange avant de les envoyer : ce que SIECLE répondrait cette nuit, ce qui est à corriger et comment.

    Sort avec 0 quand rien n'est à corriger, 3 quand quelque chose l'est, 2 quand un fichier n'est pas reconnu.
    """
    from bus.controler import rendu
    from bus.controler.controle import controler as controle

    missing = [str(path) for path in (*fichiers, *(avec or ())) if not path.is_file()]
    if missing:
        say(f"Fichier introuvable : {', '.join(missing)}.")
        raise typer.Exit(Exit.USAGE)
    reports = controle(fichiers, avec or (), datetime.now(UTC))
    unknown = [each.fichier for each in reports if not each.reconnu]
    code = Exit.USAGE if unknown else Exit.OK if all(each.sain for each in reports) else Exit.CHECK_FAILED
    match forme:
        case Forme.JSON:
            sys.stdout.write(rendu.en_json(reports, code) + "\n")
        case Forme.HTML:
            from bus.controler.page_html import html

            sys.stdout.write(html(reports) + "\n")
        case Forme.TEXTE:
            sys.stdout.write(rendu.texte(reports))
    if unknown:
        say(f"Fichier non reconnu : {', '.join(unknown)}. Attendu : un fichier de SIECLE, STS-WEB, PRONOTE, ONDE, LSU, Apogée ou du CROUS.")
    raise typer.Exit(code)

"""What the demonstration says at its end, from the tables alone, and whether it is what had to come."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy
from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from bus.demo.university import ANNEE, Expected
from bus.editions import bilan
from sinks.bourses.bilan import Bilan


@dataclass(frozen=True, slots=True)
class Figures:
    """What the tables say."""

    received: Mapping[str, int]
    files: Mapping[str, int]
    decisions: Mapping[str, int]
    situations: Mapping[str, int]
    counts: Mapping[str, int]
    dead: Mapping[str, int]
    lines_out: Mapping[str, int]
    """Sink → lines that it wrote."""
    payments: int
    doubled: int
    bilan: Bilan


def figures(database: sqlalchemy.Engine, declares: int) -> Figures:
    """Read them in one snapshot. `declares`: the boursiers that the university itself counts."""
    with database.connect().execution_options(isolation_level="REPEATABLE READ") as connection:

        def pairs(query: str) -> dict[str, int]:
            return {str(row[0]): int(row[1]) for row in connection.execute(text(query))}

        def one(query: str) -> int:
            return int(connection.execute(text(query)).scalar_one() or 0)

        return Figures(
            received=pairs(
                "SELECT topic, count(*) FROM journal WHERE processor = 'bourses' AND topic NOT LIKE '%.interne.%' GROUP BY 1 ORDER BY 1"
            ),
            files=pairs("SELECT state, count(*) FROM depots GROUP BY 1 ORDER BY 1"),
            decisions=pairs("SELECT nature, count(*) FROM bourses_decisions GROUP BY 1 ORDER BY 1"),
            situations=pairs("SELECT statut, count(*) FROM bourses_inscriptions GROUP BY 1 ORDER BY 1"),
            counts=pairs("SELECT name, sum(total) FROM counts WHERE processor = 'bourses' GROUP BY 1 ORDER BY 1"),
            dead=pairs("SELECT code, count(*) FROM dead_letters GROUP BY 1 ORDER BY 1"),
            lines_out=pairs("SELECT sink, count(*) FROM effets WHERE state = 'FAIT' GROUP BY 1 ORDER BY 1"),
            bilan=bilan(connection, ANNEE, declares),
            payments=one("SELECT count(*) FROM bourses_decisions WHERE nature = 'mise_en_paiement'"),
            doubled=one(
                "SELECT count(*) FROM (SELECT numero_dossier FROM bourses_decisions WHERE nature = 'mise_en_paiement' "
                "GROUP BY 1 HAVING count(*) > 1) twice"
            ),
        )


def differences(found: Figures, expected: Expected) -> list[str]:
    """What is not as it had to be, in French; nothing when all is well."""
    wrong = [
        f"inscriptions {statut} : {found.situations.get(statut, 0)}, attendu {count}"
        for statut, count in expected.statuts.items()
        if found.situations.get(statut, 0) != count
    ]
    if found.payments != expected.paiements:
        wrong.append(f"mises en paiement : {found.payments}, attendu {expected.paiements}")
    stand = (found.bilan.definitives, found.bilan.conditionnelles, found.bilan.ecarts_nne)
    if stand != expected.bilan:
        wrong.append(f"définitives, conditionnelles, NNE différents : {stand}, attendu {expected.bilan}")
    if found.doubled:
        wrong.append(f"{found.doubled} dossier(s) payé(s) deux fois")
    return wrong


def show(console: Console, found: Figures, files: Iterable[str], steps: Mapping[str, float]) -> None:
    """Print the tables of the report."""
    console.print(_table("Événements reçus", ("topic", "événements"), found.received))
    console.print(_table("Situation des inscriptions", ("statut", "inscriptions"), found.situations))
    console.print(_table("Bilan au 27 novembre (R-AGL-20)", ("", "nombre"), {label: int(figure) for label, figure in found.bilan.lignes()}))
    console.print(_table("Décisions", ("nature", "nombre"), found.decisions))
    told = {
        "parqués en attendant leur préalable": found.counts.get("parques", 0),
        "libérés quand il est arrivé": found.counts.get("liberes", 0),
        "contenus identiques (doublon)": found.counts.get("doublon", 0),
        "plus anciens que ce qui est connu (périmé)": found.counts.get("perime", 0),
        "retransmis par Kafka et reconnus": found.counts.get("doublons_transport", 0),
        "lettres mortes": sum(found.dead.values()),
        "fichiers en quarantaine": sum(count for state, count in found.files.items() if state == "REFUSED"),
        "lignes écrites pour Aglaé": found.lines_out.get("aglae.decisions", 0),
        "lignes écrites pour Apogée": found.lines_out.get("apogee.bourses", 0),
    }
    console.print(_table("Ce qui n'a pas disparu", ("", "nombre"), told))
    console.print(_table("Fichiers écrits", ("fichier", ""), dict.fromkeys(files, 0), numbers=False))
    console.print(_table("Durées", ("étape", "secondes"), {name: round(seconds, 1) for name, seconds in steps.items()}))


def show_answers(console: Console, answers: Mapping[str, tuple[int, int, int]], median: float, slowest: float) -> None:
    """Print what the desks were answered. Milliseconds as the caller sees them."""
    table = Table(title="Questions des guichets (réponse synchrone)", title_justify="left", box=None, pad_edge=False)
    table.add_column("dossier")
    for heading in ("questions", "POSITIVE avant", "POSITIVE après"):
        table.add_column(heading, justify="right")
    for case, counts in answers.items():
        table.add_row(case, *map(str, counts))
    console.print(table)
    console.print(f"   toutes les autres : ATTENTE, les mêmes octets · médiane {median:.1f} ms, 99e centile {slowest:.1f} ms", style="dim")


def _table(title: str, headings: tuple[str, str], rows: Mapping[str, float], numbers: bool = True) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column(headings[0])
    if numbers:
        table.add_column(headings[1], justify="right")
    for name, value in rows.items():
        table.add_row(name, *([f"{value:,}".replace(",", " ")] if numbers else []))
    return table

"""The printable states of one action, as HTML and CSV, from the rows of its tables. Pure (R-EXT-05, 46, 70, 72, 87).

`Donnees` is table → rows of one contract (of one organisme for the home page). An amount is shown as it was published:
a VAT anomaly is flagged, never corrected.
"""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from sinks.formation import presentation as p

Ligne = Mapping[str, Any]
Donnees = Mapping[str, Sequence[Ligne]]


@dataclass(frozen=True, slots=True)
class Colonne:
    """One column: its label and where its text comes from."""

    libelle: str
    champ: str
    forme: Callable[[Any], str] = p.texte
    groupe: str = ""
    """Heading above several columns."""
    nombre: bool = False


@dataclass(frozen=True, slots=True)
class Etat:
    """One edition: the tables it reads, its columns and its rows."""

    nom: str
    titre: str
    tables: tuple[str, ...]
    colonnes: tuple[Colonne, ...]
    lignes: Callable[[Donnees], Sequence[Ligne]]
    totaux: Callable[[Sequence[Ligne]], Sequence[Ligne]] = field(default=lambda _lignes: ())
    vide: str = "Aucun élément à afficher"
    introduction: Callable[[Sequence[Ligne]], str] = field(default=lambda _lignes: "")
    signature: bool = False
    """Printed, signed and sent to the Region (R-EXT-66)."""


_ENVIRONNEMENT = Environment(
    loader=PackageLoader("sinks.formation"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def en_html(etat: Etat, donnees: Donnees) -> str:
    """A whole page that prints on A4; every value is escaped."""
    lignes = etat.lignes(donnees)
    return _ENVIRONNEMENT.get_template("etat.html").render(
        etat=etat,
        action=_premiere(donnees, "formation_actions"),
        groupes=_groupes(etat.colonnes),
        lignes=[_cellules(etat, ligne) for ligne in lignes],
        anomalies=[bool(ligne.get("anomalie")) for ligne in lignes],
        totaux=[_cellules(etat, ligne) for ligne in etat.totaux(lignes)],
        introduction=etat.introduction(lignes),
    )


def en_csv(etat: Etat, donnees: Donnees) -> bytes:
    """Semicolons, CR LF, UTF-8 with its mark: what a French spreadsheet opens. Texts cannot become formulas."""
    sortie = io.StringIO(newline="")
    ecrivain = csv.writer(sortie, delimiter=";", lineterminator="\r\n")
    ecrivain.writerow([f"{colonne.groupe} - {colonne.libelle}" if colonne.groupe else colonne.libelle for colonne in etat.colonnes])
    lignes = etat.lignes(donnees)
    for ligne in (*lignes, *etat.totaux(lignes)):
        ecrivain.writerow([p.cellule_csv(cellule) for cellule in _cellules(etat, ligne)])
    return b"\xef\xbb\xbf" + sortie.getvalue().encode()


def _cellules(etat: Etat, ligne: Ligne) -> list[str]:
    return [colonne.forme(ligne.get(colonne.champ)) for colonne in etat.colonnes]


def _groupes(colonnes: Sequence[Colonne]) -> list[tuple[str, int]]:
    groupes: list[tuple[str, int]] = []
    for colonne in colonnes:
        if groupes and groupes[-1][0] == colonne.groupe:
            groupes[-1] = (colonne.groupe, groupes[-1][1] + 1)
        else:
            groupes.append((colonne.groupe, 1))
    return groupes if any(groupe for groupe, _ in groupes) else []


def _premiere(donnees: Donnees, table: str) -> Ligne | None:
    return next(iter(donnees.get(table, ())), None)

"""The files that the demo drops, in the forms that the connectors of Apogée and Aglaé read."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")

REGISTRATION = (
    "uai", "cod_anu", "cod_ind", "cod_etu", "nne", "cle_nne", "num_brs", "nom", "prenom", "date_nai", "cod_etp", "cod_vrs_vet",
    "cod_dip", "cod_cmp", "cod_cge", "cod_rgi", "cod_brs", "eta_iae", "eta_pmt_iae", "tem_iae_prm", "dat_mod_iae",
)  # fmt: skip
DOSSIER = (
    "numero", "annee", "numero_boursier", "nom", "prenom", "date_naissance", "etat", "echelon", "montant_annuel",
    "pieces_manquantes", "date_decision", "dat_mod",
)  # fmt: skip
VOEU = ("rang", "academie", "uai", "cod_etp", "libelle")
RETRAITEMENT = ("numero", "annee", "numero_boursier", "uai", "cod_etp", "resultat", "motif", "date_decision")


@dataclass(frozen=True, slots=True)
class DemoFile:
    """A file for one system's inbox."""

    system: str
    name: str
    content: bytes


def apogee_csv(name: str, registrations: Iterable[Mapping[str, Any]]) -> DemoFile:
    """As Apogée exports: ISO-8859-1, French dates, local times."""
    rows = [[_french(column, each.get(column)) for column in REGISTRATION] for each in registrations]
    return DemoFile("apogee", name, _csv(REGISTRATION, rows).encode("iso-8859-1"))


def aglae_csv(name: str, dossiers: Iterable[Mapping[str, Any]]) -> DemoFile:
    """UTF-8, one line a vœu, the lines of a dossier together."""
    rows = [
        [*(_plain(dossier.get(column)) for column in DOSSIER), *(_plain(voeu.get(column)) for column in VOEU)]
        for dossier in dossiers
        for voeu in dossier["voeux"] or [{}]
    ]
    return DemoFile("aglae", name, _csv((*DOSSIER, *(f"voeu_{column}" for column in VOEU)), rows).encode())


def aglae_json(name: str, dossiers: Iterable[Mapping[str, Any]]) -> DemoFile:
    listed = [{column: d[column] for column in (*DOSSIER, "voeux") if d.get(column) not in (None, [])} for d in dossiers]
    return DemoFile("aglae", name, json.dumps(listed, ensure_ascii=False, indent=1).encode())


def retraitements_csv(name: str, retraitements: Iterable[Mapping[str, Any]]) -> DemoFile:
    rows = [[_plain(each.get(column)) for column in RETRAITEMENT] for each in retraitements]
    return DemoFile("aglae", name, _csv(RETRAITEMENT, rows).encode())


def bad_files() -> tuple[DemoFile, ...]:
    """Two files that must be refused whole and said why: values that cannot be, and a text cut before its end."""
    good = {"uai": "0990101A", "cod_anu": "2026", "cod_ind": "1", "cod_etu": "1", "cod_etp": "L1INFO", "cod_vrs_vet": "260", "eta_iae": "E"}
    lines = (
        {**good, "date_nai": "2007-02-30"},
        {**good, "cod_ind": "2", "eta_iae": "Z"},
        {**good, "cod_ind": "3", "cod_etp": ""},
    )
    wrong = apogee_csv("apogee_ia_valeurs_fausses.csv", lines)
    cut = aglae_json("aglae_dossiers_tronque.json", [{"numero": "2026MON99999999998", "annee": 2026, "etat": "CONDITIONNEL", "voeux": []}])
    return wrong, DemoFile(cut.system, cut.name, cut.content[:-20])


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(column.upper() for column in columns)
    writer.writerows(rows)
    return text.getvalue()


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return "|".join(value)
    return "" if value is None else str(value)


def _french(column: str, value: Any) -> str:
    """O or N; 31/12/2026; 31/12/2026 08:00:00 in Paris."""
    if value is None:
        return ""
    if column == "tem_iae_prm":
        return "O" if value else "N"
    if column == "date_nai":
        return "/".join(reversed(str(value).split("-")))
    if column == "dat_mod_iae":
        return datetime.fromisoformat(value).astimezone(PARIS).strftime("%d/%m/%Y %H:%M:%S")
    return str(value)

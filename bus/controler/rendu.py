"""A check's reports as French text and as JSON."""

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from bus.controler.rapport import Rapport, valeurs
from sinks.siecle.page import TITRE


def texte(rapports: Sequence[Rapport]) -> str:
    """For a person at a terminal."""
    return "\n".join(line for rapport in rapports for line in _lignes(rapport)) + "\n"


def _lignes(rapport: Rapport) -> Iterator[str]:
    verdict = "non reconnu" if not rapport.reconnu else "rien à corriger" if rapport.sain else "à corriger"
    yield f"{rapport.fichier} — {rapport.nature or 'fichier non reconnu'} : {verdict}"
    if rapport.chiffres:
        yield "  " + " ; ".join(f"{label} : {number}" for label, number in rapport.chiffres.items())
    for each in rapport.constats:
        where = f" (ligne {each.ligne})" if each.ligne else ""
        yield f"  [{each.gravite}] {each.message}{where}"
        if each.remede:
            yield f"      → {each.remede}"
    page = rapport.compte_rendu
    if page is None:
        return
    yield f"  {TITRE} (prédiction)"
    for section, label in (("REJET", "1. Liens élève-groupe rejetés"), ("ANOMALIE", "2. Liens élève-groupe importés avec anomalies")):
        yield f"  {label}"
        lines = page.section(section)
        if not lines:
            yield "    Aucun résultat trouvé."
        for line in lines:
            yield f"    {line['eleve']} | {line['identifiants']} | {line['anomalie']} | {line['regle']}"
            yield from (f"      {code} : {message}" for code, message in zip(line["codes"], line["messages"], strict=True))
    for remede in page.remedes:
        yield f'  Groupe "{remede["groupe"]}" ({remede["code"]}, {remede["eleves"]} élève(s)) : {remede["correction"]}'
    if page.absents:
        yield f"  Élèves qui perdraient tous leurs liens : {len(page.absents)}"
        yield from (f"    {each['eleve']} | {each['identifiants']} | {', '.join(each['groupes_perdus'])}" for each in page.absents)
    yield ""


def en_json(rapports: Sequence[Rapport], sortie: int) -> str:
    """The same as data: `sortie` is the exit code."""
    return json.dumps({"fichiers": [valeurs(each) for each in rapports], "sortie": sortie}, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form here")

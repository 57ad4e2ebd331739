"""From what the deposits and synchros publish to rows. A report's rows name the computation they are of: nothing of it is taken back."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from schemas.outcome import Event, Outcome, Row

CALCUL = ("uai", "fichier", "calcule_le")
COMPARAISON = ("uai", "fichier", "compare_le")

TABLES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "compte_rendu": ("siecle_comptes_rendus", CALCUL),
    "compte_rendu_ligne": ("siecle_comptes_rendus_lignes", (*CALCUL, "section", "rang")),
    "compte_rendu_absent": ("siecle_comptes_rendus_absents", (*CALCUL, "rang")),
    "remede": ("siecle_remedes", (*CALCUL, "groupe", "code")),
    "prediction": ("siecle_predictions", CALCUL),
    "prediction_ligne": ("siecle_predictions_lignes", (*CALCUL, "section", "rang")),
    "prediction_absent": ("siecle_predictions_absents", (*CALCUL, "rang")),
    "prediction_remede": ("siecle_predictions_remedes", (*CALCUL, "groupe", "code")),
    "comparaison": ("siecle_comparaisons", COMPARAISON),
    "comparaison_ecart": ("siecle_comparaisons_ecarts", (*COMPARAISON, "rang")),
    "bilan_import": ("synchros_bilans", ("uai", "affiche_le")),
    "refus": ("siecle_refus", ("evenement", "processeur")),
}
"""Record → its table and the key of its row."""

NOT_COLUMNS = frozenset({"titre", "synthese", "lus", "traite_le", "predit_le", "details", "sources", "obstacles", "source", "sujet"})
"""Fields that are texts of a page, or that columns of other names hold."""


def decide(_reglages: None, state: None, event: Event) -> Outcome:
    """Pure: a record writes its rows over those of equal keys."""
    several = SEVERAL.get(event.type)
    if several is not None:
        return Outcome(state, rows=several(event))
    target = TABLES.get(event.type)
    if target is None:
        return Outcome(state, counted="sans_ligne")
    table, key = target
    return Outcome(state, rows=(*_head(event), _row(table, key, _values(event))))


def _jours(number: int) -> str:
    return f"{number} jour{'s' if number > 1 else ''}"


def _values(event: Event) -> dict[str, Any]:
    data = event.data
    fields = {name: list(value) if isinstance(value, tuple) else value for name, value in msgspec.structs.asdict(data).items()}
    more: dict[str, Any] = {}
    if event.type in ("compte_rendu", "prediction"):
        more["calcule_le"] = fields.get("traite_le") or fields.get("predit_le")
    if "details" in fields:
        more |= {"codes": [each.code for each in data.details], "messages": [each.message for each in data.details]}
    if event.type == "prediction":
        more["sources"] = [f"{each.objet} : {each.fichier} ({_jours(each.age_jours)})" for each in data.sources]
        more["obstacles"] = [each.message for each in data.obstacles]
    if event.type == "refus":
        more |= {"uai": event.key, "refuse_le": event.time}
    return {name: value for name, value in fields.items() if name not in NOT_COLUMNS} | more


def _row(table: str, key: tuple[str, ...], values: Mapping[str, Any]) -> Row:
    return Row(table, {name: values[name] for name in key}, {name: value for name, value in values.items() if name not in key})


def _head(event: Event) -> tuple[Row, ...]:
    """A report says that the deposit of its file was treated."""
    if event.type != "compte_rendu":
        return ()
    data = event.data
    return (_depot(data.uai, data.fichier, {"etat": "TRAITE", "depose_le": data.depose_le, "traitement_le": data.traite_le}),)


def _depot(uai: str, fichier: str, values: Mapping[str, Any]) -> Row:
    return Row("siecle_depots", {"uai": uai, "fichier": fichier}, values)


def _fichier_depose(event: Event) -> tuple[Row, ...]:
    data = event.data
    replaced = data.remplace if data.remplace != data.fichier else None
    rows = (_depot(data.uai, data.fichier, {"etat": data.etat, "depose_le": data.depose_le, "traitement_le": data.traitement_le}),)
    return rows if replaced is None else (_depot(data.uai, replaced, {"etat": "REMPLACE"}), *rows)


def _liens_eleve(event: Event) -> tuple[Row, ...]:
    data = event.data
    values = {
        "fichier": data.fichier,
        "groupes": [each.code_groupe for each in data.liens],
        "debuts": [each.debut for each in data.liens],
        "fins": [each.fin for each in data.liens],
    }
    return (Row("siecle_liens", {"uai": data.uai, "eleve_id": data.eleve_id}, values if data.liens else None),)


def _synchro(statut: str, since: str, code: str | None = None) -> Callable[[Event], tuple[Row, ...]]:
    def rows(event: Event) -> tuple[Row, ...]:
        data = event.data
        values = {"statut": statut, "depuis": getattr(data, since), "message": getattr(data, "message", "")}
        return (Row("synchros_etats", {"uai": data.uai, "synchro": code or data.synchro}, values),)

    return rows


def _controle(event: Event) -> tuple[Row, ...]:
    data = event.data
    return (Row("synchros_etats", {"uai": data.uai, "synchro": data.synchro}, {"a_verifier": data.message}),)


def _ine_partage(event: Event) -> tuple[Row, ...]:
    data = event.data
    values = {name: getattr(data, name) for name in ("autre_eleve_id", "millesime", "code", "message", "remede")}
    return (_ine(event, {**values, "constate_le": event.time}),)


def _ine_rendu(event: Event) -> tuple[Row, ...]:
    return (_ine(event, None),)


def _ine(event: Event, values: Mapping[str, Any] | None) -> Row:
    return Row("siecle_ine_partages", {name: getattr(event.data, name) for name in ("uai", "eleve_id", "autre_uai")}, values)


SEVERAL: Mapping[str, Callable[[Event], tuple[Row, ...]]] = {
    "fichier_depose": _fichier_depose,
    "liens_eleve": _liens_eleve,
    "ine_partage": _ine_partage,
    "ine_rendu": _ine_rendu,
    "synchro_en_cours": _synchro("EN_COURS", "depuis"),
    "synchro_faite": _synchro("FAITE", "faite_le"),
    "synchro_complete": _synchro("FAITE", "faite_le", "S4"),
    "controle_demande": _controle,
}

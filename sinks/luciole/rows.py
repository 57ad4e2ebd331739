"""From what the Luciole procedure publishes to rows. Lists that shrink take back the rows of what is no longer in them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any

import msgspec
from msgspec.structs import replace

from schemas.outcome import Event, Outcome, Row
from schemas.records import luciole as records
from schemas.records.support import AppelSansObjet

SANS_OBJET = "SANS_OBJET"
"""`motif` of the row that takes a call back."""


class Montre(msgspec.Struct, frozen=True):
    """What was last shown under a key, where a later record must take rows back or add up."""

    places: int = 0
    """Of the queue."""
    non_servis: tuple[str, ...] = ()
    non_reconduits: tuple[str, ...] = ()
    attendues: Mapping[str, int] = {}
    """Day → decisions sent for it that FREGATA does not show yet."""


def decide(_reglages: None, state: Montre | None, event: Event) -> Outcome:
    """Pure: a record writes its rows over those of equal keys."""
    shown = state or Montre()
    several = SEVERAL.get(event.type)
    if several is not None:
        after, rows = several(shown, event)
        return Outcome(after if after != shown else state, rows=rows)
    layout = _layout(event)
    if layout is None:
        return Outcome(state, counted="sans_ligne")
    return Outcome(state, rows=(layout.row(event),))


TABLES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "etape": ("luciole_etapes", ("etablissement", "bordereau", "etape")),
    "modification": ("luciole_modifications", ("etablissement", "bordereau", "dossier")),
    "erreur": ("luciole_erreurs", ("ce_id",)),
    "refus": ("luciole_refus", ("evenement", "processeur")),
    "appel": ("support_appels", ("ce_id",)),
    "demande_rejet": ("draaf_demandes", ("ce_id",)),
    "montant": ("ogapi_montants", ("etablissement", "bordereau", "dossier")),
    "decision": ("fregata_decisions", ("etablissement", "bordereau", "dossier")),
}
"""Record → its table and the key of its row: its other fields are columns of the same names."""

TRACES: Mapping[str, tuple[str, ...]] = {
    "luciole_modifications": ("depuis",),
    "luciole_erreurs": ("ce_id", "quand"),
    "luciole_refus": ("refuse_le", "cle"),
    "support_appels": ("ce_id", "quand"),
    "draaf_demandes": ("ce_id", "quand"),
    "ogapi_montants": ("ce_id",),
    "fregata_decisions": ("ce_id",),
}
"""Columns of a table that the envelope fills."""


ENVELOPE: Mapping[str, str] = {"ce_id": "id", "quand": "time", "depuis": "time", "refuse_le": "time", "cle": "key"}
"""Such a column → what of the event it holds."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the columns of one record's row come from, found once: two rows are written for every dossier of the country."""

    table: str
    key: tuple[str, ...]
    values: tuple[str, ...]
    key_of: Callable[[Event], tuple[Any, ...]]
    values_of: Callable[[Event], tuple[Any, ...]]

    def row(self, event: Event) -> Row:
        key = dict(zip(self.key, self.key_of(event), strict=True))
        return Row(self.table, key, dict(zip(self.values, self.values_of(event), strict=True)))


_layouts: dict[str, _Layout] = {}


def _layout(event: Event) -> _Layout | None:
    known = _layouts.get(event.type)
    if known is None and event.type in TABLES:
        table, key = TABLES[event.type]
        traced = TRACES.get(table, ())
        values = tuple(each for each in (*event.data.__struct_fields__, *traced) if each not in key)
        known = _layouts[event.type] = _Layout(table, key, values, _getter(key, traced), _getter(values, traced))
    return known


def _getter(columns: tuple[str, ...], traced: tuple[str, ...]) -> Callable[[Event], tuple[Any, ...]]:
    paths = [ENVELOPE[each] if each in traced else f"data.{each}" for each in columns]
    get = attrgetter(*paths)
    return get if len(paths) > 1 else lambda event: (get(event),)


def _row(table: str, key: tuple[str, ...], values: Mapping[str, Any]) -> Row:
    return Row(table, {name: values[name] for name in key}, {name: value for name, value in values.items() if name not in key})


# --- records that touch several rows ---------------------------------------------------------------------------------

Shown = tuple[Montre, tuple[Row, ...]]


def _preparation_faite(shown: Montre, event: Event) -> Shown:
    data: records.PreparationFaite = event.data
    values = {
        "date_derniere_preparation": data.date_derniere_preparation,
        "preparation_a_refaire": False,
        "nombre_prepares": data.nombre_prepares,
        "nombre_clos": data.nombre_clos,
        "nombre_hors_bordereau": data.nombre_hors_bordereau,
        "bordereaux_ecartes": list(data.bordereaux_ecartes),
    }
    return shown, (Row("luciole_etablissements", {"etablissement": data.etablissement}, values),)


def _preparation_a_refaire(shown: Montre, event: Event) -> Shown:
    data: records.PreparationARefaire = event.data
    values = {"date_derniere_preparation": data.date_constatee, "preparation_a_refaire": True}
    return shown, (Row("luciole_etablissements", {"etablissement": data.etablissement}, values),)


def _ligne_envoi(shown: Montre, event: Event) -> Shown:
    data: records.LigneEnvoi = event.data
    day = data.visible_le.isoformat()
    expected = shown.attendues.get(day, 0) + data.nombre_dossiers
    etablissement = {"etablissement": data.etablissement}
    line = {
        "instructeur": data.instructeur,
        "envoye": data.envoye,
        "debut": data.debut,
        "fin": data.fin,
        "nombre_dossiers": data.nombre_dossiers,
        "nombre_montants": data.nombre_montants,
        "bordereaux": list(data.bordereaux),
        "visible_le": data.visible_le,
    }
    rows = (
        Row("luciole_envois", {"jeton": data.jeton, **etablissement}, line),
        Row("luciole_etablissements", etablissement, {"envoye": data.envoye, "envoye_le": data.fin}),
        Row("fregata_file", {**etablissement, "visible_le": data.visible_le}, {"attendues": expected, "publiees": 0, "publiees_le": None}),
    )
    return replace(shown, attendues={**shown.attendues, day: expected}), rows


def _decisions_publiees(shown: Montre, event: Event) -> Shown:
    data: records.DecisionsPubliees = event.data
    left = {day: count for day, count in shown.attendues.items() if date.fromisoformat(day) > data.visible_le}
    key = {"etablissement": data.etablissement, "visible_le": data.visible_le}
    return replace(shown, attendues=left), (Row("fregata_file", key, {"publiees": data.nombre, "publiees_le": event.time}),)


def _non_servis(shown: Montre, event: Event) -> Shown:
    data: records.EtablissementsNonServis = event.data
    gone = tuple(uai for uai in shown.non_servis if uai not in data.etablissements)
    values = {"remede": data.remede, "vu_le": event.time}

    def row(uai: str, said: Mapping[str, Any] | None) -> Row:
        return Row("luciole_non_servis", {"instructeur": data.instructeur, "etablissement": uai}, said)

    rows = (*(row(uai, None) for uai in gone), *(row(uai, values) for uai in data.etablissements))
    return replace(shown, non_servis=data.etablissements), rows


def _non_reconduits(shown: Montre, event: Event) -> Shown:
    data: records.DossiersNonReconduits = event.data
    now = {each.dossier: each for each in data.dossiers}

    def row(dossier: str, said: Mapping[str, Any] | None) -> Row:
        return Row("luciole_non_reconduits", {"etablissement": data.etablissement, "dossier": dossier}, said)

    rows = (
        *(row(dossier, None) for dossier in shown.non_reconduits if dossier not in now),
        *(row(each.dossier, {"annee": each.annee, "raison": each.raison, "vu_le": event.time}) for each in data.dossiers),
        Row("luciole_etablissements", {"etablissement": data.etablissement}, {"nombre_non_reconduits": data.nombre}),
    )
    return replace(shown, non_reconduits=tuple(now)), rows


def _verrou_etat(shown: Montre, event: Event) -> Shown:
    data: records.VerrouEtat = event.data
    lock = {
        "detenteur": data.detenteur,
        "depuis": data.depuis,
        "jeton": data.jeton,
        "bloque": data.bloque,
        "support_appele": data.support_appele,
        "en_attente": len(data.file),
        "vu_le": event.time,
    }
    rows = (
        Row("luciole_verrou", {"verrou": "national"}, lock),
        *(_row("luciole_file", ("place",), msgspec.structs.asdict(place)) for place in data.file),
        *(Row("luciole_file", {"place": place}, None) for place in range(len(data.file) + 1, shown.places + 1)),
    )
    return replace(shown, places=len(data.file)), rows


def _appel_sans_objet(shown: Montre, event: Event) -> Shown:
    """Beside the call, of the same token: who looks at the calls sees both."""
    data: AppelSansObjet = event.data
    values = {
        "quand": event.time,
        "motif": SANS_OBJET,
        "message": data.message,
        "cause": data.cause,
        "remede": data.remede,
        "instructeur": data.instructeur,
        "demandeur": None,
        "depuis": data.depuis,
        "jeton": data.jeton,
    }
    return shown, (Row("support_appels", {"ce_id": event.id}, values),)


SEVERAL: Mapping[str, Callable[[Montre, Event], Shown]] = {
    "preparation_faite": _preparation_faite,
    "preparation_a_refaire": _preparation_a_refaire,
    "ligne_envoi": _ligne_envoi,
    "decisions_publiees": _decisions_publiees,
    "etablissements_non_servis": _non_servis,
    "dossiers_non_reconduits": _non_reconduits,
    "verrou_etat": _verrou_etat,
    "appel_sans_objet": _appel_sans_objet,
}

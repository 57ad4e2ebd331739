"""The seven exports of SIECLE that PRONOTE asks for: which are there, of which school, how many pupils have left (R-PRO-20 to 23)."""

from collections.abc import Mapping

from msgspec.structs import replace

from processors.lsu import messages
from processors.lsu.procedure import LOT
from processors.lsu.reglages import Reglages
from processors.lsu.state import Etat, Export
from schemas.outcome import Emitted, Event, Outcome, Refusal
from schemas.records import siecle
from schemas.records import synchros as records

ETATS = "synchros.etats.v1"
ELEVES = "Elèves (avec ou sans adresse)"


def export_debut(_reglages: Reglages, etat: Etat, event: Event) -> Outcome:
    """An export begins to arrive."""
    data: siecle.InstantaneDebut = event.data
    export = Export(data.fichier, data.archive, data.date_export, event.time, recu=data.recu, millesime=data.millesime)
    return Outcome(replace(etat, arrive=(data.recu, data.type, export), lignes=0))


def ligne(_reglages: Reglages, etat: Etat, event: Event) -> Outcome:
    """A row is counted; a pupil who leaves, under that day too."""
    if etat.arrive is None:
        return Outcome(etat, counted="ligne_sans_effet")
    counted = replace(etat, lignes=etat.lignes + 1)
    if not isinstance(event.data, siecle.Eleve) or event.data.date_sortie is None:
        return Outcome(counted, counted="ligne_sans_effet")
    recu, kind, export = etat.arrive
    day = event.data.date_sortie.isoformat()
    leaving = replace(export, sorties={**export.sorties, day: export.sorties.get(day, 0) + 1})
    return Outcome(replace(counted, arrive=(recu, kind, leaving)))


def export_fin(_reglages: Reglages, etat: Etat, event: Event) -> Outcome:
    """A whole export takes the place of the one before; one with another number of rows than it says is none."""
    data: siecle.InstantaneFin = event.data
    if etat.arrive is None or etat.arrive[0] != data.recu or etat.lignes != data.nombre:
        return Outcome(etat, counted="instantane_incomplet")
    _, kind, export = etat.arrive
    return Outcome(replace(etat, arrive=None, lignes=0, exports={**etat.exports, kind: export}))


def fichiers(_reglages: Reglages, etat: Etat, event: Event) -> Outcome:
    """All seven, of one school and one year (R-PRO-20 to 22). A browser's suffix in a name changes nothing: contents tell kinds."""
    data: records.FichiersChoisis = event.data
    known = {name: kind for kind, each in etat.exports.items() for name in (each.archive, each.fichier) if name is not None}
    strangers = [name for name in data.fichiers if name not in known]
    if strangers:
        return _refuser(etat, messages.autre_uai(data.uai, len(strangers)))
    kinds = {known[name] for name in data.fichiers} if data.fichiers else set(etat.exports)
    latest, missing = choisis(etat, kinds)
    if missing is not None:
        return _refuser(etat, missing)
    years = sorted({year for year in (etat.exports[kind].millesime for kind in latest.values()) if year is not None})
    if len(years) > 1:
        return _refuser(etat, messages.lot_de_deux_annees(years))
    files = tuple(_fichier(label, kind, etat.exports[kind]) for label, kind in latest.items())
    dates = sorted({each.date_export for each in files if each.date_export is not None})
    warned = (messages.dates_differentes(dates),) if len(dates) > 1 else ()
    complete = records.LotComplet(uai=data.uai, fichiers=files, avertissements=warned, millesime=years[0] if years else None)
    return Outcome(etat, (Emitted(ETATS, "lot_complet", complete),), because="les 7 fichiers sont là")


def _fichier(label: str, kind: str, export: Export) -> records.FichierLot:
    return records.FichierLot(type=kind, libelle=label, fichier=export.fichier, date_export=export.date_export, recu=export.recu)


def annee(etat: Etat) -> int | None:
    """The school year of SIECLE's last export of pupils, where there is one."""
    kept = [etat.exports[kind] for kind in LOT[ELEVES] if kind in etat.exports]
    return max(kept, key=lambda each: each.recu_le).millesime if kept else None


def choisis(etat: Etat, kinds: set[str]) -> tuple[Mapping[str, str], Refusal | None]:
    """SIECLE's label → the kind of its last export among `kinds`; the refusal of a bundle that lacks some."""
    chosen = {label: [kind for kind in accepted if kind in kinds] for label, accepted in LOT.items()}
    missing = [label for label, found in chosen.items() if not found]
    latest = {label: max(found, key=lambda kind: etat.exports[kind].recu_le) for label, found in chosen.items() if found}
    return latest, messages.lot_incomplet(missing) if missing else None


def _refuser(etat: Etat, refusal: Refusal) -> Outcome:
    return Outcome(etat, refusal=refusal, because=refusal.message)

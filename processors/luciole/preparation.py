"""« Préparer les envois »: one établissement at a time, all or nothing (R-LUC-06…13, A-02, A-03)."""

from datetime import date

from msgspec.structs import replace

from processors.luciole import messages, suivi
from processors.luciole.dossiers import envoi_en_cours
from processors.luciole.messages import Texte
from processors.luciole.procedure import en_portee, manque
from processors.luciole.reglages import Reglages
from processors.luciole.state import AUCUN, NON_PREPARE, PREPARE, Dossier, Etablissement
from schemas.outcome import Event, Outcome
from schemas.records.luciole import OrdrePreparation, PreparationARefaire, PreparationConstat, PreparationFaite

SHOWN = 20
"""Dossiers named in a message; the others are counted."""


def ordre_preparation(reglages: Reglages, state: Etablissement, event: Event) -> Outcome:
    """Every decided dossier in scope is prepared, or the établissement keeps its former preparation and is told why."""
    data: OrdrePreparation = event.data
    uai = suivi.uai_of(event)
    zone = reglages.zone_de(uai, state.zone)
    scope = {n: d for n, d in state.dossiers.items() if en_portee(state, d, data.cycle, data.annee)}
    texte: Texte | None
    if state.envoi is not None:
        texte = envoi_en_cours(zone, state.envoi.instructeur, state.envoi.depuis)
    else:
        texte = _empeche(state, scope)
    if texte is not None:
        refused = suivi.etape_generale(uai, suivi.RANG_PREPARATION, "REFUSE", event.time, texte.message)
        return suivi.refuser(state, texte, refused, instructeur=data.instructeur, etablissement=uai)
    ranks = sorted({d.bordereau for d in scope.values()} - {AUCUN})
    closed = {rank for rank in ranks if _ferme(state, rank)}
    open_ones = [d for d in scope.values() if not d.clos]
    ready = {n: d for n, d in scope.items() if not d.clos and d.bordereau not in closed}
    dossiers = {n: _marquer(d, PREPARE if n in ready else NON_PREPARE) if n in scope else d for n, d in state.dossiers.items()}
    today = event.time.astimezone(zone).date()
    after = replace(state, dossiers=dossiers, prepare_le=event.time, date_preparation=today, preparation_a_refaire=False)
    done = PreparationFaite(
        etablissement=uai,
        instructeur=data.instructeur,
        date_derniere_preparation=today,
        nombre_prepares=len(ready),
        nombre_clos=sum(d.clos for d in scope.values()),
        nombre_hors_bordereau=sum(d.bordereau == AUCUN for d in ready.values()),
        bordereaux_ecartes=tuple(sorted({state.bordereaux[rank].nom for rank in {d.bordereau for d in open_ones} & closed})),
    )
    emitted = (
        suivi.publier("preparation_faite", done),
        suivi.etape_generale(uai, suivi.RANG_PREPARATION, "FAIT", event.time),
        *suivi.etapes(state, after, ranks, event),
    )
    return Outcome(after, emitted, because=f"{len(ready)} dossiers préparés.")


def preparation_constat(reglages: Reglages, state: Etablissement, event: Event) -> Outcome:
    """The column of Luciole must show the day of the preparation that was commanded (R-LUC-13, A-02)."""
    data: PreparationConstat = event.data
    uai = suivi.uai_of(event)
    if state.prepare_le is None or event.time < state.prepare_le:
        return Outcome(state, counted="perime", because="Aucune préparation de la passerelle ne précède ce constat.")
    expected: date = state.prepare_le.astimezone(reglages.zone_de(uai, state.zone)).date()
    if data.date_derniere_preparation == expected:
        return Outcome(state, because="La date de la dernière préparation est la bonne.")
    seen = data.date_derniere_preparation
    told = PreparationARefaire(
        etablissement=uai,
        date_attendue=expected,
        date_constatee=seen,
        message=messages.PREPARATION_A_REFAIRE.format(constatee=f"{seen:%d/%m/%Y}" if seen else "vide", attendue=f"{expected:%d/%m/%Y}"),
        remede=messages.REMEDE_PREPARATION_A_REFAIRE,
    )
    after = replace(state, preparation_a_refaire=True, date_preparation=seen)
    emitted = (
        suivi.publier("preparation_a_refaire", told),
        suivi.etape_generale(uai, suivi.RANG_PREPARATION, "REFUSE", event.time, told.message),
        *suivi.etapes(state, after, range(len(after.bordereaux)), event),
    )
    return Outcome(after, emitted, because=told.message)


def _empeche(state: Etablissement, scope: dict[str, Dossier]) -> Texte | None:
    """Why the établissement cannot be prepared: an undecided dossier first, then the first step missing (R-LUC-01, 07, 09)."""
    blocking = sorted(n for n, d in scope.items() if d.bloquant)
    if blocking:
        more = f" et {len(blocking) - SHOWN} autres" if len(blocking) > SHOWN else ""
        return messages.INSTRUCTION_MANQUANTE.avec(dossiers=", ".join(blocking[:SHOWN]) + more)
    open_ones = [d for d in scope.values() if not d.clos]
    if not open_ones:
        return messages.RIEN_A_PREPARER
    ranks = sorted({d.bordereau for d in open_ones} - {AUCUN})
    missing = [_ferme(state, rank) for rank in ranks]
    if None in missing:
        return None
    return next((texte for texte in missing if texte), messages.BORDEREAU_MANQUANT)


def _ferme(state: Etablissement, rank: int) -> Texte | None:
    """What a bordereau lacks to be prepared: its payment file must have gone (R-LUC-01); the DRAAF may still be silent (AC-02)."""
    known = state.bordereaux[rank]
    return manque(known, "FLUX_FINANCIERS") or (manque(known, "CONFIRMATION_DRAAF") if known.statut == "REJETE" else None)


def _marquer(dossier: Dossier, marque: int) -> Dossier:
    return dossier if dossier.marque == marque else replace(dossier, marque=marque)

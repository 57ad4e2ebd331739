"""One sender at a time in the whole country (R-LUC-29…34), and beyond Luciole: a fair queue and a fencing token.

The token grows with each grant. It goes with every order and effect of a send, so that a former holder's late word changes
nothing where it acts. The lock itself never sees a dossier.
"""

from datetime import datetime, timedelta
from math import ceil
from typing import Any

from msgspec.structs import replace

from processors.verrou import messages
from processors.verrou.reglages import Reglages
from processors.verrou.state import Blocage, Detenteur, EnAttente, Verrou
from schemas import luciole_keys
from schemas.outcome import ECHEANCE, Deadline, Emitted, Event, Outcome, Refusal
from schemas.records import luciole as records
from schemas.records.support import Appel, AppelSansObjet, MotifAppel

PATIENCE = "patience"
"""The one deadline: the first instructor who waits too long for the same holder."""

Change = tuple[Verrou, tuple[Emitted, ...], str]
"""The lock after an event, what it answers, and why."""


def decide(reglages: Reglages, state: Verrou | None, event: Event) -> Outcome:
    """Decide one request, end, incident, unblocking or deadline of the lock."""
    before = state or Verrou()
    match event.type:
        case "verrou_demande":
            change = _demande(reglages, before, event)
        case "verrou_fin":
            change = _fin(reglages, before, event)
        case "verrou_incident":
            change = _incident(before, event)
        case "deblocage":
            change = _deblocage(before, event)
        case _ if event.type == ECHEANCE:
            change = _trop_long(reglages, before, event.time)
        case _:
            raise KeyError(event.type)
    if isinstance(change, Refusal):
        return Outcome(state, refusal=change, because=change.message)
    after, emitted, because = change
    if after == before:
        return Outcome(state, emitted, counted=None if emitted else "sans_effet", because=because)
    deadlines = _echeance(reglages, before, after)
    return Outcome(after, (*emitted, _etat(reglages, after, event.time)), deadlines=deadlines, because=because)


# --- events ----------------------------------------------------------------------------------------------------------


def _demande(reglages: Reglages, state: Verrou, event: Event) -> Change | Refusal:
    data: records.VerrouDemande = event.data
    code = luciole_keys.code_of(data.instructeur)
    if state.blocage is not None:
        blocked = records.Blocage(
            instructeur=data.instructeur,
            demande=data.demande,
            nature=state.blocage.nature,
            auteur=state.blocage.auteur,
            depuis=state.blocage.depuis,
        )
        return state, (_repondre("blocage", blocked, data.instructeur),), "Tout est bloqué jusqu'au déblocage par le support."
    holder = state.detenteur
    if holder is None:
        waiting = EnAttente(data.instructeur, code, data.demande, event.time, 0)
        return _accorder(replace(state, file=(waiting, *(w for w in state.file if w.code != code))), event.time, attendu=False)
    if holder.code == code:
        return state, (), "Cet instructeur a déjà le verrou."
    known = next((w for w in state.file if w.code == code), None)
    if known is None and len(state.file) >= reglages.file_max:
        return messages.FILE_PLEINE
    waiting = replace(known, demande=data.demande, instructeur=data.instructeur) if known else EnAttente(
        data.instructeur, code, data.demande, event.time, holder.jeton
    )  # fmt: skip
    file = tuple(waiting if w.code == code else w for w in state.file) if known else (*state.file, waiting)
    return _faire_patienter(reglages, replace(state, file=file), holder, waiting, event.time)


def _faire_patienter(reglages: Reglages, state: Verrou, holder: Detenteur, waiting: EnAttente, now: datetime) -> Change:
    """31, 32 or 33: another one sends, the same for thirty minutes, or another took the place."""
    situation: records.SituationAttente = "AUTRE"
    emitted: tuple[Emitted, ...] = ()
    if now - max(waiting.depuis, holder.depuis) >= reglages.patience:
        situation = "FIGE"
        state, emitted = _appeler(reglages, state, holder, waiting)
    elif waiting.vu != holder.jeton and now - waiting.depuis >= reglages.patience:
        situation = "CHANGE"
        told = replace(waiting, vu=holder.jeton)
        state = replace(state, file=tuple(told if w.code == waiting.code else w for w in state.file))
    answer = _attente(reglages, state, holder, waiting, situation, now)
    return state, (answer, *emitted), messages.VERROUILLAGE.format(detenteur=holder.instructeur)


def _fin(reglages: Reglages, state: Verrou, event: Event) -> Change:
    data: records.VerrouFin = event.data
    holder, code = state.detenteur, luciole_keys.code_of(data.instructeur)
    if data.issue == "RETRAIT":
        left = replace(state, file=tuple(w for w in state.file if w.code != code))
        if holder is not None and holder.code == code:
            void = _annuler(holder, event.time, messages.CAUSE_FIN_A_TEMPS, messages.REMEDE_FIN_A_TEMPS)
            return _suivant(replace(left, detenteur=None), event.time, "L'instructeur quitte la file au moment de son tour.", void)
        return left, (), "L'instructeur quitte la file."
    if holder is None or holder.jeton != data.jeton:
        return state, (), "Ce jeton n'est plus celui du détenteur."
    fin = data.fin or event.time
    if data.issue == "OK":
        state = _mesurer(reglages, state, fin - holder.depuis)
    void = _annuler(holder, fin, messages.CAUSE_FIN_A_TEMPS, messages.REMEDE_FIN_A_TEMPS)
    return _suivant(replace(state, detenteur=None), max(fin, event.time), "Le verrou est rendu.", void)


def _incident(state: Verrou, event: Event) -> Change:
    """Interruption or counter error: nobody sends any more; one call only (R-LUC-20, R-LUC-34)."""
    data: records.VerrouIncident = event.data
    holder = state.detenteur
    his = holder is not None and data.jeton is not None and holder.jeton == data.jeton
    if data.nature == "INTERRUPTION" and not his:
        return state, (), "Cet envoi n'a plus le verrou : son interruption ne bloque personne."
    freed = replace(state, detenteur=None) if his else state
    if state.blocage is not None:
        return freed, (), "Luciole est déjà bloqué, le support est déjà appelé."
    blocked = replace(freed, blocage=Blocage(data.nature, data.instructeur, event.time))
    void: tuple[Emitted, ...] = ()
    if holder is not None and his and holder.appele:
        void = _annuler(holder, event.time, messages.CAUSE_INTERROMPU_AVANT, messages.REMEDE_INTERROMPU_AVANT)
        if not void:
            return blocked, (), "Le support est déjà appelé pour cet envoi."
    counter = data.nature == "COMPTEUR"
    call = _appel(
        "COMPTEUR" if counter else "ENVOI_INTERROMPU",
        messages.COMPTEUR if counter else messages.INTERRUPTION.format(auteur=data.instructeur),
        messages.CAUSE_COMPTEUR if counter else messages.CAUSE_INTERRUPTION,
        messages.REMEDE_BLOCAGE,
        data.instructeur,
        event.time,
        data.jeton,
    )
    return blocked, (*void, call), "Tout est bloqué, le support est appelé."


def _deblocage(state: Verrou, event: Event) -> Change | Refusal:
    """The support unblocks: whoever was called about is set aside by his token, and the next one starts by itself."""
    holder = state.detenteur
    if state.blocage is not None:
        freed = replace(state, blocage=None)
        if holder is not None:
            return freed, (), "Débloqué ; l'envoi en cours continue."
        return _suivant(freed, event.time, "Débloqué par le support.")
    if holder is None or not holder.appele:
        return messages.RIEN_A_DEBLOQUER
    gone = _repondre("retrait", records.Retrait(instructeur=holder.instructeur, jeton=holder.jeton), holder.instructeur)
    after, emitted, because = _suivant(replace(state, detenteur=None), event.time, "Le détenteur figé est écarté par le support.")
    return after, (gone, *emitted), because


def _trop_long(reglages: Reglages, state: Verrou, now: datetime) -> Change:
    """Thirty minutes of waiting for the same holder: one call, and those who waited as long are told (R-LUC-32)."""
    holder = state.detenteur
    if holder is None or state.blocage is not None or holder.appele:
        return state, (), "Plus personne n'attend ce détenteur."
    late = [w for w in state.file if now - max(w.depuis, holder.depuis) >= reglages.patience]
    if not late:
        return state, (), "Personne n'attend depuis assez longtemps."
    after, emitted = _appeler(reglages, state, holder, late[0])
    told = tuple(_attente(reglages, after, holder, waiting, "FIGE", now, spontanee=True) for waiting in late)
    return after, (*emitted, *told), "Le même instructeur envoie depuis trop longtemps : le support est appelé."


# --- the lock changes hands ------------------------------------------------------------------------------------------


def _suivant(state: Verrou, now: datetime, because: str, said: tuple[Emitted, ...] = ()) -> Change:
    if state.blocage is not None or not state.file:
        return state, said, because
    after, emitted, why = _accorder(state, now, attendu=True, because=f"{because} Le suivant commence de lui-même.")
    return after, (*said, *emitted), why


def _accorder(state: Verrou, now: datetime, *, attendu: bool, because: str = "Le verrou est accordé.") -> Change:
    first, rest = state.file[0], state.file[1:]
    jeton = state.jeton + 1
    holder = Detenteur(first.instructeur, first.code, jeton, max(now, first.depuis))
    grant = records.Accord(instructeur=first.instructeur, jeton=jeton, demande=first.demande, attendu=attendu, depuis=holder.depuis)
    after = replace(state, jeton=jeton, detenteur=holder, file=rest)
    return after, (_repondre("accord", grant, first.instructeur),), because


def _mesurer(reglages: Reglages, state: Verrou, lasted: timedelta) -> Verrou:
    """The mean duration of a send, for the expected wait; a clock that jumped back counts as nothing."""
    count = min(state.mesures + 1, reglages.memoire)
    seconds = max(lasted.total_seconds(), 0.0)
    return replace(state, mesures=count, duree_moyenne=state.duree_moyenne + (seconds - state.duree_moyenne) / count)


def _appeler(reglages: Reglages, state: Verrou, holder: Detenteur, waiting: EnAttente) -> tuple[Verrou, tuple[Emitted, ...]]:
    """One call for one holder. It is for the instant when the first of those who wait had waited too long, whenever it is made."""
    if holder.appele:
        return state, ()
    call = _appel(
        "DETENTEUR_BLOQUE",
        messages.VERROUILLAGE.format(detenteur=holder.instructeur),
        messages.CAUSE_FIGE.format(demandeur=waiting.instructeur),
        messages.REMEDE_FIGE.format(detenteur=holder.instructeur),
        holder.instructeur,
        holder.depuis,
        holder.jeton,
        waiting.instructeur,
    )
    return replace(state, detenteur=replace(holder, appele=True, appele_pour=_due(reglages, state))), (call,)


def _annuler(holder: Detenteur, fin: datetime, cause: str, remede: str) -> tuple[Emitted, ...]:
    """His end, in time by its own instant, comes after the call: the support is told that there was nothing (elapsed time decides)."""
    if not holder.appele or holder.appele_pour is None or fin >= holder.appele_pour:
        return ()
    data = AppelSansObjet(
        message=messages.SANS_OBJET.format(detenteur=holder.instructeur),
        cause=cause,
        remede=remede,
        instructeur=holder.instructeur,
        depuis=holder.depuis,
        fin=fin,
        jeton=holder.jeton,
    )
    return (_au_support("appel_sans_objet", data, holder.instructeur),)


# --- what it says ----------------------------------------------------------------------------------------------------


def _attente_de(reglages: Reglages, state: Verrou, place: int, now: datetime) -> int:
    """Expected wait at a place, in whole minutes: the rest of the send in progress, then a mean send for each one before."""
    mean = timedelta(seconds=state.duree_moyenne) if state.mesures else reglages.duree_presumee
    rest = max(mean - (now - state.detenteur.depuis), timedelta()) if state.detenteur else timedelta()
    return ceil((rest + (place - 1) * mean) / timedelta(minutes=1))


def _attente(
    reglages: Reglages,
    state: Verrou,
    holder: Detenteur,
    waiting: EnAttente,
    situation: records.SituationAttente,
    now: datetime,
    *,
    spontanee: bool = False,
) -> Emitted:
    place = 1 + next(rank for rank, w in enumerate(state.file) if w.code == waiting.code)
    data = records.Attente(
        instructeur=waiting.instructeur,
        demande=waiting.demande,
        detenteur=holder.instructeur,
        depuis=holder.depuis,
        situation=situation,
        place=place,
        attente_estimee_minutes=_attente_de(reglages, state, place, now),
        spontanee=spontanee,
    )
    return _repondre("attente", data, waiting.instructeur)


def _appel(
    motif: MotifAppel,
    message: str,
    cause: str,
    remede: str,
    instructeur: str,
    depuis: datetime,
    jeton: int | None,
    demandeur: str | None = None,
) -> Emitted:
    data = Appel(
        motif=motif, message=message, cause=cause, remede=remede, instructeur=instructeur, demandeur=demandeur, depuis=depuis, jeton=jeton
    )
    return _au_support("appel", data, instructeur)


def _au_support(name: str, data: Any, instructeur: str) -> Emitted:
    subject = f"appel/{luciole_keys.code_of(instructeur)}"
    return Emitted("support.appels.v1", name, data, key=luciole_keys.of_instructeur(instructeur), subject=subject)


def _repondre(name: str, data: Any, instructeur: str) -> Emitted:
    key, subject = luciole_keys.of_instructeur(instructeur), luciole_keys.demande_subject(instructeur)
    return Emitted("luciole.accords.v1", name, data, key=key, subject=subject)


def _etat(reglages: Reglages, state: Verrou, now: datetime) -> Emitted:
    holder, blocage = state.detenteur, state.blocage
    reason = None
    if blocage is not None:
        reason = messages.COMPTEUR if blocage.nature == "COMPTEUR" else messages.INTERRUPTION.format(auteur=blocage.auteur)
    data = records.VerrouEtat(
        detenteur=holder.instructeur if holder else None,
        depuis=holder.depuis if holder else None,
        jeton=state.jeton,
        bloque=reason,
        support_appele=blocage is not None or (holder is not None and holder.appele),
        file=tuple(
            records.PlaceFile(
                instructeur=w.instructeur, place=rank, attente_estimee_minutes=_attente_de(reglages, state, rank, now), depuis=w.depuis
            )
            for rank, w in enumerate(state.file, start=1)
        ),
    )
    return Emitted("luciole.suivi.v1", "verrou_etat", data, key=luciole_keys.VERROU, subject="verrou")


def _echeance(reglages: Reglages, before: Verrou, after: Verrou) -> tuple[Deadline, ...]:
    due = _due(reglages, after)
    return () if due == _due(reglages, before) else (Deadline(PATIENCE, due),)


def _due(reglages: Reglages, state: Verrou) -> datetime | None:
    """When the first of those who wait will have waited too long for this holder, elapsed time (R-BUS-08)."""
    holder = state.detenteur
    if holder is None or state.blocage is not None or holder.appele or not state.file:
        return None
    return min(max(w.depuis, holder.depuis) for w in state.file) + reglages.patience

"""The send of one établissement: checked again at the grant, frozen meanwhile, then OGAPI at once and FREGATA the next day.

An amount and a decision have an identity of their own (établissement, bordereau, dossier): whatever brings them twice, they
are the same record (R-LUC-38).
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from processors.luciole import messages, suivi
from processors.luciole.dossiers import contenu_of
from processors.luciole.messages import Texte
from processors.luciole.paiement import defaire
from processors.luciole.procedure import en_portee, manque
from processors.luciole.reglages import Reglages
from processors.luciole.state import (
    AUCUN,
    MODIFIE,
    PREPARE,
    Bordereau,
    Descente,
    Dossier,
    EnvoiEtablissement,
    Etablissement,
    Occupation,
    contient,
    empreinte,
    empreinte_numero,
    euros,
    instant,
    jour,
    millis,
    mot,
    ordinal,
)
from schemas import luciole_keys
from schemas.outcome import Deadline, DeadlineReached, Emitted, Event, Outcome
from schemas.records import luciole as records
from schemas.records.fregata import Decision
from schemas.records.ogapi import Montant

FREGATA = "fregata/"
"""Name of the deadlines: `fregata/2026-06-06` is the first instant of that day in the établissement's zone."""
ANNEES_GARDEES = 2


def ordre_envoi(_reglages: Reglages, state: Etablissement, event: Event) -> Outcome:
    """The lock is granted: are the gates open? If so, nothing moves here any more until the end (R-LUC-02, 15, 16, 28, 35)."""
    data: records.OrdreEnvoi = event.data
    if data.jeton <= state.jeton:
        return Outcome(state, counted="jeton_perime", because="Un envoi plus récent est déjà connu.")
    before, state = state, replace(_liberer(state), jeton=data.jeton)
    scope = [d for d in state.dossiers.values() if en_portee(state, d, data.cycle, data.annee)]
    verdict, texte, ranks = _verdict(state, scope)
    answer = _answer(event, data, verdict, texte, _count(scope, ranks))
    if texte is not None:
        uai = suivi.uai_of(event)
        refused = suivi.etape_generale(uai, suivi.RANG_ENVOI, "REFUSE", event.time, texte.message)
        return suivi.refuser(before, texte, answer, refused, instructeur=data.instructeur, etablissement=uai)
    if verdict != "PRET":
        return Outcome(state, (answer,), because=messages.PAS_DE_DONNEES.message)
    after = replace(state, envoi=EnvoiEtablissement(data.jeton, data.instructeur, event.time, data.cycle, data.annee, ranks))
    return Outcome(after, (answer, *suivi.etapes(before, after, ranks, event)), because="Les étapes sont faites : l'envoi commence.")


def ordre_conclusion(reglages: Reglages, state: Etablissement, event: Event) -> Outcome:
    """The end of the send of this token; any other token comes from a former holder and does nothing."""
    data: records.OrdreConclusion = event.data
    if state.envoi is None or state.envoi.jeton != data.jeton:
        if data.issue == "ANNULE":
            return Outcome(state, counted="jeton_perime", because="Cet envoi n'est plus en cours ici.")
        uai = suivi.uai_of(event)
        return suivi.refuser(state, messages.JETON_PERIME.avec(jeton=data.jeton), instructeur=data.instructeur, etablissement=uai)
    if data.issue == "OK":
        return _transmettre(reglages, state, state.envoi, data, event)
    after = _liberer(state)
    return Outcome(after, suivi.etapes(state, after, state.envoi.bordereaux, event), because="L'envoi s'arrête : rien n'est transmis.")


def ordre_occupation(_reglages: Reglages, state: Etablissement, event: Event) -> Outcome:
    """An instructor sends elsewhere, or has finished: he touches nothing here meanwhile (R-LUC-41)."""
    data: records.OrdreOccupation = event.data
    code = luciole_keys.code_of(data.instructeur)
    others = tuple(o for o in state.occupations if o.code != code or o.jeton > data.jeton)
    if data.en_cours and not any(o.code == code for o in others):
        others += (Occupation(code, data.instructeur, data.jeton, data.depuis),)
    because = "Un envoi de l'instructeur commence ailleurs." if data.en_cours else "L'envoi de l'instructeur est fini."
    return Outcome(replace(state, occupations=others), because=because)


def ordre_bilan(_reglages: Reglages, state: Etablissement, event: Event) -> Outcome:
    """Which dossiers FREGATA will not renew if nothing more is sent (R-LUC-27)."""
    return Outcome(state, (_non_reconduits(state, event),), because="Bilan des dossiers non reconduits.")


def jour_venu(_reglages: Reglages, state: Etablissement, event: Event) -> Outcome:
    """The day has come in the établissement's zone: its decisions go to FREGATA, each once (R-LUC-25)."""
    data: DeadlineReached = event.data
    day = ordinal(datetime.fromisoformat(data.name.removeprefix(FREGATA)).date())
    due = [d for d in state.descentes if d.visible_le <= day]
    uai = suivi.uai_of(event)
    emitted = [_decision(state, uai, descente) for descente in due]
    for visible in sorted({d.visible_le for d in due}):
        count = sum(d.visible_le == visible for d in due)
        published = records.DecisionsPubliees(etablissement=uai, visible_le=_day(visible), nombre=count)
        emitted.append(suivi.publier("decisions_publiees", published))
    after = replace(state, descentes=tuple(d for d in state.descentes if d.visible_le > day))
    return Outcome(after, tuple(emitted), because=f"{len(due)} décisions visibles dans FREGATA.")


# --- the gates -------------------------------------------------------------------------------------------------------


def _verdict(state: Etablissement, scope: list[Dossier]) -> tuple[records.VerdictEnvoi, Texte | None, tuple[int, ...]]:
    if state.preparation_a_refaire or not any(d.marque for d in scope):
        return "SANS_DONNEES", None, ()
    if any(d.marque == MODIFIE for d in scope):
        return "MODIFIE", messages.MODIFIE_DEPUIS, ()
    ranks = sorted({d.bordereau for d in scope if d.marque == PREPARE} - {AUCUN})
    if not ranks:
        return "SANS_DONNEES", None, ()
    opened = tuple(rank for rank in ranks if state.bordereaux[rank].ouvert)
    if opened:
        return "PRET", None, opened
    return "ETAPE_MANQUANTE", manque(state.bordereaux[ranks[0]], "CONFIRMATION_DRAAF"), ()


def _count(scope: list[Dossier], ranks: tuple[int, ...]) -> int:
    return sum(d.marque == PREPARE and d.bordereau in ranks for d in scope)


def _answer(event: Event, data: records.OrdreEnvoi, verdict: records.VerdictEnvoi, texte: Texte | None, count: int) -> Emitted:
    uai = suivi.uai_of(event)
    answer = records.ReponseEnvoi(
        etablissement=uai, jeton=data.jeton, verdict=verdict, nombre_dossiers=count, code=texte.code if texte else None
    )
    key = luciole_keys.of_instructeur(data.instructeur)
    return Emitted("luciole.ordres.v1", "reponse_envoi", answer, key=key, subject=f"reponse/{uai}")


def _liberer(state: Etablissement) -> Etablissement:
    """Without its send; a payment file rejected meanwhile undoes the preparation now."""
    if state.envoi is None:
        return state
    freed = replace(state, envoi=None)
    for rank in state.envoi.bordereaux:
        if state.bordereaux[rank].statut not in ("ENVOYE", "CONFIRME"):
            freed = defaire(freed, rank)
    return freed


# --- the effects -----------------------------------------------------------------------------------------------------


def _transmettre(
    reglages: Reglages, state: Etablissement, envoi: EnvoiEtablissement, ended: records.OrdreConclusion, event: Event
) -> Outcome:
    """What was prepared, in the bordereaux checked at the grant, and nothing else (R-LUC-15, R-LUC-21…26)."""
    uai, fin = suivi.uai_of(event), ended.fin
    zone = reglages.zone_de(uai, state.zone)
    visible = fin.astimezone(zone).date() + timedelta(days=1)
    sent = {
        n: d
        for n, d in sorted(state.dossiers.items())
        if d.marque == PREPARE and d.bordereau in envoi.bordereaux and en_portee(state, d, envoi.cycle, envoi.annee)
    }
    amounts = [_montant(state, uai, n, d, envoi, fin) for n, d in sent.items() if state.ogapi and d.montant != AUCUN]
    queued = tuple(
        Descente(n, d.annee, d.cycle, d.decision, d.decide_le, d.theorique, d.bordereau, visible.toordinal(), millis(fin), envoi.jeton)
        for n, d in sent.items()
    )
    after = _figer(reglages, state, envoi, sent, fin, queued)
    line = records.LigneEnvoi(
        etablissement=uai,
        instructeur=envoi.instructeur,
        jeton=envoi.jeton,
        envoye="OK",
        debut=ended.debut,
        fin=fin,
        nombre_dossiers=len(sent),
        nombre_montants=len(amounts),
        bordereaux=tuple(state.bordereaux[rank].nom for rank in envoi.bordereaux),
        visible_le=visible,
    )
    emitted = (
        *amounts,
        suivi.publier("ligne_envoi", line),
        suivi.etape_generale(uai, suivi.RANG_ENVOI, "FAIT", fin),
        *suivi.etapes(state, after, envoi.bordereaux, event),
        _non_reconduits(after, event),
    )
    due = Deadline(FREGATA + visible.isoformat(), _midnight(visible.toordinal(), zone))
    return Outcome(after, emitted, deadlines=(due,), because=f"OK : {len(sent)} dossiers envoyés, {len(amounts)} montants dans OGAPI.")


def _figer(
    reglages: Reglages,
    state: Etablissement,
    envoi: EnvoiEtablissement,
    sent: dict[str, Dossier],
    fin: datetime,
    queued: tuple[Descente, ...],
) -> Etablissement:
    digests: dict[int, bytes] = {rank: state.bordereaux[rank].empreintes for rank in envoi.bordereaux}
    served = dict(state.servis)
    for numero, dossier in sent.items():
        digests[dossier.bordereau] += empreinte(numero, contenu_of(state, dossier))
        known = served.get(dossier.annee, b"")
        digest = empreinte_numero(numero)
        served[dossier.annee] = known if contient(known, digest) else (known + digest)[-4 * reglages.servis_max :]
    kept = sorted(served)[-ANNEES_GARDEES:]
    bordereaux = tuple(
        replace(b, fige_le=b.fige_le or millis(fin), empreintes=digests[rank]) if rank in digests else b
        for rank, b in enumerate(state.bordereaux)
    )
    return replace(
        state,
        dossiers={n: d for n, d in state.dossiers.items() if n not in sent},
        bordereaux=_oublier(reglages, bordereaux),
        envoi=None,
        descentes=(*state.descentes, *queued),
        servis={annee: served[annee] for annee in kept},
    )


def _oublier(reglages: Reglages, bordereaux: tuple[Bordereau, ...]) -> tuple[Bordereau, ...]:
    """The digests of the bordereaux frozen first go first."""
    left = 4 * reglages.empreintes_max
    kept: dict[str, bytes] = {}
    for b in sorted(bordereaux, key=lambda b: b.fige_le, reverse=True):
        kept[b.nom] = b.empreintes[: max(left, 0)]
        left -= len(b.empreintes)
    return tuple(replace(b, empreintes=kept[b.nom]) if b.empreintes != kept[b.nom] else b for b in bordereaux)


def _montant(state: Etablissement, uai: str, numero: str, dossier: Dossier, envoi: EnvoiEtablissement, fin: datetime) -> Emitted:
    bordereau = state.bordereaux[dossier.bordereau].nom
    montant = euros(dossier.montant)
    if montant is None:
        raise ValueError("un montant à facturer ne peut manquer")
    data = Montant(
        etablissement=uai,
        bordereau=bordereau,
        dossier=numero,
        annee=dossier.annee,
        cycle=mot(state.cycles, dossier.cycle),
        montant=montant,
        effectif_le=fin,
        instructeur=envoi.instructeur,
        jeton=envoi.jeton,
    )
    subject = luciole_keys.dossier_subject(uai, numero)
    return Emitted("ogapi.montants.v1", "montant", data, subject=subject, cause=_cause(uai, bordereau, numero))


def _decision(state: Etablissement, uai: str, descente: Descente) -> Emitted:
    bordereau = state.bordereaux[descente.bordereau].nom
    data = Decision(
        etablissement=uai,
        bordereau=bordereau,
        dossier=descente.dossier,
        annee=descente.annee,
        cycle=mot(state.cycles, descente.cycle),
        decision=mot(state.decisions, descente.decision),
        date_decision=jour(descente.decide_le),
        montant_theorique=euros(descente.theorique),
        visible_le=_day(descente.visible_le),
        envoye_le=instant(descente.envoye_le),
        jeton=descente.jeton,
    )
    subject = luciole_keys.dossier_subject(uai, descente.dossier)
    return Emitted("fregata.decisions.v1", "decision", data, subject=subject, cause=_cause(uai, bordereau, descente.dossier))


def _cause(uai: str, bordereau: str, numero: str) -> str:
    return f"{uai}/{bordereau}/{numero}"


def _non_reconduits(state: Etablissement, event: Event) -> Emitted:
    left = tuple(
        records.DossierNonReconduit(dossier=n, annee=d.annee, raison=_raison(d))
        for n, d in sorted(state.dossiers.items())
        if not contient(state.servis.get(d.annee, b""), empreinte_numero(n))
    )
    return suivi.publier(
        "dossiers_non_reconduits", records.DossiersNonReconduits(etablissement=suivi.uai_of(event), nombre=len(left), dossiers=left)
    )


def _raison(dossier: Dossier) -> str:
    if dossier.clos:
        return messages.RAISON_CLOS
    if dossier.bloquant:
        return messages.RAISON_NON_DECIDE
    if dossier.bordereau == AUCUN:
        return messages.RAISON_HORS_BORDEREAU
    return {PREPARE: messages.RAISON_PRET, MODIFIE: messages.RAISON_MODIFIE}.get(dossier.marque, messages.RAISON_NON_PREPARE)


def _day(number: int) -> date:
    found = jour(number)
    if found is None:
        raise ValueError("une décision en attente a toujours un jour")
    return found


def _midnight(number: int, zone: ZoneInfo) -> datetime:
    """The first instant of a day in a zone, UTC."""
    return datetime.combine(_day(number), time.min, zone).astimezone(UTC)

"""One instructor's commands: what they are about, his windows, and his send from the command to its end.

A command over several établissements becomes one order each (R-LUC-04, R-LUC-11). A send first asks the national lock, then
each établissement; Luciole says when it is over, and only the holder of the token is believed.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from processors.luciole import messages, suivi
from processors.luciole.dossiers import envoi_en_cours
from processors.luciole.messages import Texte
from processors.luciole.reglages import Reglages
from processors.luciole.state import EnvoiInstructeur, Instructeur, Refuse
from schemas import luciole_keys
from schemas.outcome import Emitted, Event, Outcome, Parked
from schemas.records import luciole as records

SITUATIONS: dict[records.SituationAttente, Texte] = {
    "AUTRE": messages.VERROU_AUTRE,
    "FIGE": messages.VERROU_FIGE,
    "CHANGE": messages.VERROU_CHANGE,
}
GENANTES = ("PREPARATION", "BORDEREAUX")
"""Windows that must be closed before a send; before a preparation, all but its own (R-LUC-10, R-LUC-17, R-LUC-30)."""


def rattachement(reglages: Reglages, state: Instructeur, event: Event) -> Outcome:
    """An établissement to look after, with its cycles, said by Luciole."""
    data: records.Rattachement = event.data
    return _rattacher(reglages, replace(state, nom=data.instructeur), data.etablissement, data.cycles)


def rattachement_constate(reglages: Reglages, state: Instructeur, event: Event) -> Outcome:
    """The same, seen on a dossier."""
    data: records.RattachementConstate = event.data
    named = state if state.nom else replace(state, nom=data.instructeur)
    return _rattacher(reglages, named, data.etablissement, (data.cycle,) if data.cycle else ())


def fenetre(_reglages: Reglages, state: Instructeur, event: Event) -> Outcome:
    """Which windows are open (R-LUC-10)."""
    data: records.Fenetre = event.data
    others = tuple(f for f in state.fenetres if f != data.fenetre)
    opened = (*others, data.fenetre) if data.etat == "OUVERTE" else others
    return Outcome(replace(state, nom=data.instructeur, fenetres=opened), because="Fenêtres mises à jour.")


def preparation_demande(reglages: Reglages, state: Instructeur, event: Event) -> Outcome:
    """« Préparation de l'envoi » on the selected établissements (R-LUC-11)."""
    data: records.PreparationDemande = event.data
    if state.envoi is not None and state.envoi.phase != "FILE":
        return suivi.refuser(state, _en_cours(reglages, state, state.envoi), instructeur=data.instructeur)
    wrong = next((f for f in state.fenetres if f != "PREPARATION"), None)
    if wrong is not None:
        texte = messages.FENETRES_OUVERTES.avec(fenetre=messages.FENETRES[wrong])
        return suivi.refuser(state, texte, instructeur=data.instructeur)
    uais = _portee(state, data)
    if not uais:
        return suivi.refuser(state, messages.AUCUN_ETABLISSEMENT, instructeur=data.instructeur)
    ordre = records.OrdrePreparation(instructeur=data.instructeur, cycle=data.cycle, annee=data.annee)
    emitted = (
        _selection(state, data.instructeur, "PREPARATION", uais, data.cycle),
        *(_ordre(uai, "ordre_preparation", ordre, f"preparation/{uai}") for uai in uais),
    )
    return Outcome(replace(state, nom=data.instructeur), emitted, because=f"Préparation de {len(uais)} établissements.")


def envoi_demande(reglages: Reglages, state: Instructeur, event: Event) -> Outcome:
    """« Préparation et envoi »: the lock is asked first, whatever the rest (R-LUC-18, R-LUC-29)."""
    data: records.EnvoiDemande = event.data
    if data.sujet != reglages.sujet:
        return Outcome(state, counted="autre_sujet", because="Un autre sujet de l'échange de données : ce n'est pas cette procédure.")
    envoi = state.envoi
    if envoi is not None and envoi.phase != "FILE":
        if envoi.automatique:
            started = replace(state, envoi=replace(envoi, automatique=False))
            return Outcome(started, counted="deja_parti", because="L'envoi est déjà parti de lui-même à la sortie de la file.")
        return suivi.refuser(state, _en_cours(reglages, state, envoi), instructeur=data.instructeur)
    uais = _portee(state, data)
    if not uais:
        return suivi.refuser(state, messages.AUCUN_ETABLISSEMENT, instructeur=data.instructeur)
    asked = EnvoiInstructeur(
        demande=event.id,
        sujet=event.subject,
        phase="FILE",
        depuis=event.time,
        etablissements=uais,
        cycle=data.cycle,
        annee=data.annee,
    )
    demande = records.VerrouDemande(instructeur=data.instructeur, demande=event.id)
    emitted = (
        _selection(state, data.instructeur, "ENVOI", uais, data.cycle),
        _verrou("verrou_demande", demande, data.instructeur),
    )
    return Outcome(replace(state, nom=data.instructeur, envoi=asked), emitted, because="Le verrou national est demandé.")


# --- what the lock answers -------------------------------------------------------------------------------------------


def accord(_reglages: Reglages, state: Instructeur, event: Event) -> Outcome:
    """The lock is his: every établissement checks its gates again. With a window left open, it is himself who blocks (R-LUC-30)."""
    data: records.Accord = event.data
    envoi = state.envoi
    if envoi is None or envoi.phase != "FILE":
        return Outcome(state, (_rendre(data.instructeur, data.jeton, "SANS_OBJET"),), counted="sans_objet", because="Plus rien à envoyer.")
    if any(f in GENANTES for f in state.fenetres):
        texte = messages.VERROU_SOI.avec(detenteur=data.instructeur)
        given_back = _rendre(data.instructeur, data.jeton, "SANS_OBJET")
        return suivi.refuser(state, texte, given_back, instructeur=data.instructeur)
    checked = replace(
        envoi,
        phase="CONTROLE",
        jeton=data.jeton,
        depuis=event.time,
        debut=data.depuis,
        attendus=envoi.etablissements,
        automatique=data.attendu,
    )
    ordre = records.OrdreEnvoi(instructeur=data.instructeur, jeton=data.jeton, demande=envoi.demande, cycle=envoi.cycle, annee=envoi.annee)
    orders = tuple(_ordre(uai, "ordre_envoi", ordre, f"envoi/{uai}") for uai in envoi.etablissements)
    return Outcome(replace(state, envoi=checked), orders, because="Le verrou est accordé : les établissements vérifient leurs étapes.")


def attente(_reglages: Reglages, state: Instructeur, event: Event) -> Outcome:
    """Another one is sending: who, which place, how long (R-LUC-29, 31, 32, 33)."""
    data: records.Attente = event.data
    envoi = state.envoi
    if envoi is None or envoi.phase != "FILE":
        return Outcome(state, counted="perime", because="Cette attente est finie.")
    texte = SITUATIONS[data.situation].avec(detenteur=data.detenteur, place=data.place, attente=data.attente_estimee_minutes)
    about: dict[str, Any] = {"instructeur": data.instructeur, "place": data.place, "attente": data.attente_estimee_minutes}
    if data.spontanee:
        return Outcome(state, (suivi.erreur(texte, **about),), because=texte.message)
    return suivi.refuser(state, texte, **about)


def blocage(_reglages: Reglages, state: Instructeur, event: Event) -> Outcome:
    """Everything is blocked until the support unblocks: the command is refused, nothing is retried (R-LUC-20, R-LUC-34)."""
    data: records.Blocage = event.data
    envoi = state.envoi
    if envoi is None or envoi.phase != "FILE":
        return Outcome(state, counted="perime", because="Cette attente est finie.")
    texte = messages.COMPTEUR if data.nature == "COMPTEUR" else messages.ENVOI_INTERROMPU.avec(auteur=data.auteur)
    return suivi.refuser(state, texte, instructeur=data.instructeur)


def retrait(_reglages: Reglages, state: Instructeur, event: Event) -> Outcome:
    """The support took the lock from him: his établissements are freed, nothing was sent."""
    data: records.Retrait = event.data
    envoi = state.envoi
    if envoi is None or envoi.jeton != data.jeton or envoi.phase == "FILE":
        return Outcome(state, counted="perime", because="Cet envoi est déjà fini.")
    stopped = _arreter(state, envoi, event, messages.JETON_PERIME.avec(jeton=data.jeton))
    return Outcome(replace(state, envoi=None), stopped, because="Débloqué par le support.")


# --- what the établissements answer ----------------------------------------------------------------------------------


def reponse_envoi(_reglages: Reglages, state: Instructeur, event: Event) -> Outcome:
    """All have answered: the send begins with those that are ready, or stops (R-LUC-28, R-LUC-35)."""
    data: records.ReponseEnvoi = event.data
    envoi = state.envoi
    if envoi is None or envoi.phase != "CONTROLE" or envoi.jeton != data.jeton or data.etablissement not in envoi.attendus:
        return Outcome(state, counted="perime", because="Cette réponse n'est plus attendue.")
    waiting = tuple(uai for uai in envoi.attendus if uai != data.etablissement)
    if data.verdict == "PRET":
        envoi = replace(envoi, attendus=waiting, prets=(*envoi.prets, data.etablissement))
    else:
        refuse = Refuse(data.etablissement, data.verdict, data.code, None)
        envoi = replace(envoi, attendus=waiting, refuses=(*envoi.refuses, refuse))
    if waiting:
        return Outcome(replace(state, envoi=envoi), because=f"Encore {len(waiting)} établissements.")
    return _decider(state, envoi, event)


def _decider(state: Instructeur, envoi: EnvoiInstructeur, event: Event) -> Outcome:
    modified = any(refuse.verdict == "MODIFIE" for refuse in envoi.refuses)
    if envoi.prets and not modified:
        return _commencer(state, envoi, event)
    emitted: tuple[Emitted, ...] = ()
    texte = messages.MODIFIE_DEPUIS if modified else messages.PAS_DE_DONNEES
    if all(refuse.verdict == "SANS_DONNEES" for refuse in envoi.refuses):
        emitted = (suivi.differer(messages.PAS_DE_DONNEES, envoi.sujet, instructeur=state.nom),)
    elif not modified:
        texte = next((t for t in messages.ETAPES_MANQUANTES if any(r.code == t.code for r in envoi.refuses)), texte)
    emitted += _arreter(state, envoi, event, texte)
    emitted += (_rendre(state.nom, envoi.jeton, "SANS_OBJET"),)
    return Outcome(replace(state, envoi=None), emitted, because=texte.message)


def _commencer(state: Instructeur, envoi: EnvoiInstructeur, event: Event) -> Outcome:
    begun = records.EnvoiCommence(
        instructeur=state.nom, jeton=envoi.jeton, etablissements=tuple(sorted(envoi.prets)), automatique=envoi.automatique
    )
    emitted = (suivi.publier("envoi_commence", begun), *_occuper(state, envoi, en_cours=True))
    running = replace(envoi, phase="EN_COURS")
    return Outcome(replace(state, envoi=running), emitted, because="L'envoi commence : jusqu'à 30 minutes sans réponse.")


# --- how a send ends -------------------------------------------------------------------------------------------------


def envoi_fin(reglages: Reglages, state: Instructeur, event: Event) -> Outcome:
    """« OK »: each établissement transmits; the lock is free again (R-LUC-21). A late word of a former holder does nothing."""
    data: records.EnvoiFin = event.data
    envoi = state.envoi
    held = _held(state, event, data.jeton)
    if held is not None:
        return held
    if envoi is None:
        return _sans_envoi(state, data.instructeur, data.jeton, event)
    fin = event.time
    conclusion = records.OrdreConclusion(instructeur=state.nom, jeton=envoi.jeton, issue="OK", debut=min(envoi.commence_le, fin), fin=fin)
    served = {**state.servis, **dict.fromkeys(envoi.prets, fin)}
    left, done = _bilan(reglages, state, served, fin)
    report = records.EtablissementsNonServis(
        instructeur=state.nom, etablissements=left, servis=done, remede=messages.NON_SERVIS if left else ""
    )
    bilan = records.OrdreBilan(instructeur=state.nom)
    emitted = (
        *(_ordre(uai, "ordre_conclusion", conclusion, f"envoi/{uai}") for uai in envoi.prets),
        _rendre(state.nom, envoi.jeton, "OK", fin),
        *_occuper(state, envoi, en_cours=False),
        suivi.publier("etablissements_non_servis", report),
        *(_ordre(uai, "ordre_bilan", bilan, f"bilan/{uai}") for uai in left),
    )
    after = replace(state, envoi=None, servis=served, dernier_jeton=envoi.jeton, derniere_fin=fin)
    return Outcome(after, emitted, because=f"OK pour {len(envoi.prets)} établissements.")


def envoi_interruption(_reglages: Reglages, state: Instructeur, event: Event) -> Outcome:
    """The send was stopped: nothing is transmitted and the whole country is blocked (R-LUC-20). While waiting: he leaves the queue."""
    data: records.EnvoiInterruption = event.data
    envoi = state.envoi
    if envoi is None or (data.jeton is not None and data.jeton != envoi.jeton):
        return _sans_envoi(state, data.instructeur, data.jeton, event)
    if event.time < envoi.depuis:
        return Outcome(state, counted="perime", because="Cette interruption est d'un envoi précédent.")
    if envoi.phase == "FILE":
        return Outcome(replace(state, envoi=None), (_rendre(state.nom, None, "RETRAIT"),), because="L'instructeur quitte la file.")
    incident = records.VerrouIncident(instructeur=state.nom, jeton=envoi.jeton, nature="INTERRUPTION")
    texte = messages.ENVOI_INTERROMPU.avec(auteur=state.nom)
    told = suivi.erreur(texte, instructeur=state.nom)
    emitted = (*_arreter(state, envoi, event, texte), told, _verrou("verrou_incident", incident, state.nom))
    return Outcome(replace(state, envoi=None), emitted, because=texte.message)


def erreur_compteur(_reglages: Reglages, state: Instructeur, event: Event) -> Outcome:
    """« Problème lors de la mise à jour du compteur »: everyone is blocked; his own send, if any, stops (R-LUC-34)."""
    data: records.ErreurCompteur = event.data
    envoi = state.envoi
    if data.jeton is not None and (envoi is None or envoi.jeton != data.jeton):
        return _sans_envoi(state, data.instructeur, data.jeton, event)
    running = envoi is not None and envoi.phase != "FILE"
    texte = messages.COMPTEUR
    stopped = _arreter(state, envoi, event, texte) if running and envoi is not None else ()
    incident = records.VerrouIncident(instructeur=data.instructeur, jeton=envoi.jeton if running and envoi else None, nature="COMPTEUR")
    emitted = (*stopped, suivi.erreur(texte, instructeur=data.instructeur), _verrou("verrou_incident", incident, data.instructeur))
    if envoi is not None and not running:
        emitted += (_rendre(data.instructeur, None, "RETRAIT"),)
    return Outcome(replace(state, nom=data.instructeur, envoi=None), emitted, because=texte.message)


def _held(state: Instructeur, event: Event, jeton: int | None) -> Outcome | None:
    """An end that comes before its beginning waits for it; None when it can be judged."""
    envoi = state.envoi
    if envoi is None or event.time < envoi.depuis:
        return _sans_envoi(state, state.nom or "cet instructeur", jeton, event) if envoi is not None else None
    if envoi.phase == "FILE":
        return Outcome(state, parked=Parked(f"accord/{luciole_keys.code_of(state.nom)}", messages.LABEL_ACCORD))
    if jeton is not None and jeton != envoi.jeton:
        return _sans_envoi(state, state.nom, jeton, event)
    if envoi.phase == "CONTROLE":
        return Outcome(state, parked=Parked(f"controle/{luciole_keys.code_of(state.nom)}", messages.LABEL_CONTROLE))
    return None


def _sans_envoi(state: Instructeur, instructeur: str, jeton: int | None, event: Event) -> Outcome:
    if jeton is not None and jeton == state.dernier_jeton:
        return Outcome(state, counted="doublon", because="Cet envoi est déjà fini.")
    if jeton is None and state.derniere_fin is not None and event.time <= state.derniere_fin:
        return Outcome(state, counted="doublon", because="Cet envoi est déjà fini.")
    texte = messages.PAS_D_ENVOI.avec(instructeur=instructeur) if jeton is None else messages.JETON_PERIME.avec(jeton=jeton)
    return suivi.refuser(state, texte, instructeur=instructeur)


# --- orders ----------------------------------------------------------------------------------------------------------


def _arreter(state: Instructeur, envoi: EnvoiInstructeur, event: Event, texte: Texte) -> tuple[Emitted, ...]:
    """Every établissement that froze, or may freeze, is freed; nothing was transmitted."""
    conclusion = records.OrdreConclusion(
        instructeur=state.nom, jeton=envoi.jeton, issue="ANNULE", debut=envoi.depuis, fin=max(event.time, envoi.depuis)
    )
    stopped = records.EnvoiArrete(instructeur=state.nom, jeton=envoi.jeton or None, code=texte.code, motif=texte.message)
    freed = (*envoi.prets, *envoi.attendus)
    return (
        *(_ordre(uai, "ordre_conclusion", conclusion, f"envoi/{uai}") for uai in freed),
        *(_occuper(state, envoi, en_cours=False) if envoi.phase == "EN_COURS" else ()),
        suivi.publier("envoi_arrete", stopped),
    )


def _occuper(state: Instructeur, envoi: EnvoiInstructeur, *, en_cours: bool) -> tuple[Emitted, ...]:
    """The other établissements he looks after: he touches nothing there during his send (R-LUC-41)."""
    ordre = records.OrdreOccupation(instructeur=state.nom, jeton=envoi.jeton, en_cours=en_cours, depuis=envoi.depuis)
    return tuple(_ordre(uai, "ordre_occupation", ordre, f"occupation/{uai}") for uai in state.rattaches if uai not in envoi.prets)


def _rendre(instructeur: str, jeton: int | None, issue: records.IssueVerrou, fin: datetime | None = None) -> Emitted:
    return _verrou("verrou_fin", records.VerrouFin(instructeur=instructeur, jeton=jeton, issue=issue, fin=fin), instructeur)


def _verrou(name: str, data: Any, instructeur: str) -> Emitted:
    return Emitted("luciole.verrou.v1", name, data, key=luciole_keys.VERROU, subject=luciole_keys.demande_subject(instructeur))


def _ordre(uai: str, name: str, data: Any, subject: str) -> Emitted:
    return Emitted("luciole.ordres.v1", name, data, key=luciole_keys.of_etablissement(uai), subject=subject)


# --- scope -----------------------------------------------------------------------------------------------------------


def _portee(state: Instructeur, data: records.PreparationDemande | records.EnvoiDemande) -> tuple[str, ...]:
    """The établissements a command is about: the one of the connection, or all; less those not selected (R-LUC-04, R-LUC-11)."""
    if data.etablissement is not None:
        return (data.etablissement,) if not data.selection or data.etablissement in data.selection else ()
    if data.selection:
        return tuple(dict.fromkeys(data.selection))
    return tuple(sorted(uai for uai, cycles in state.rattaches.items() if data.cycle is None or not cycles or data.cycle in cycles))


def _selection(
    state: Instructeur, instructeur: str, commande: records.CommandeLuciole, uais: tuple[str, ...], cycle: str | None
) -> Emitted:
    cycles = {uai: (cycle,) if cycle else state.rattaches.get(uai) or (None,) for uai in uais}
    couples = tuple(records.Couple(etablissement=uai, cycle=each) for uai in uais for each in cycles[uai])
    return suivi.publier("selection", records.Selection(instructeur=instructeur, commande=commande, couples=couples))


def _bilan(reglages: Reglages, state: Instructeur, served: dict[str, datetime], now: datetime) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of the établissements he looks after: those to whom nothing was sent in this campaign, and the others (R-LUC-05)."""
    done = {uai for uai, when in served.items() if now - when <= reglages.campagne}
    attached = set(state.rattaches) | done
    return tuple(sorted(attached - done)), tuple(sorted(done))


def _rattacher(reglages: Reglages, state: Instructeur, uai: str, cycles: tuple[str, ...]) -> Outcome:
    if uai not in state.rattaches and len(state.rattaches) >= reglages.etablissements_max:
        texte = messages.INSTRUCTEUR_PLEIN.avec(limite=reglages.etablissements_max)
        return suivi.refuser(state, texte, instructeur=state.nom, etablissement=uai)
    known = state.rattaches.get(uai, ())
    both = tuple(sorted({*known, *cycles}))
    return Outcome(replace(state, rattaches={**state.rattaches, uai: both}), because="Établissement rattaché.")


def _en_cours(reglages: Reglages, state: Instructeur, envoi: EnvoiInstructeur) -> Texte:
    return envoi_en_cours(ZoneInfo(reglages.zone), state.nom, envoi.depuis)

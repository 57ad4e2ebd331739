"""What Luciole says of an établissement: its settings, its dossiers, its bordereaux, its requests to modify."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from processors.luciole import messages, suivi
from processors.luciole.reglages import Reglages
from processors.luciole.state import (
    AUCUN,
    DEMANDEE,
    MODIFIE,
    NON_PREPARE,
    SANS_DEMANDE,
    Bordereau,
    Contenu,
    Dossier,
    Etablissement,
    Occupation,
    centimes,
    contient,
    empreinte,
    empreinte_numero,
    euros,
    jour,
    millis,
    mot,
    ordinal,
    rang,
)
from schemas import luciole_keys
from schemas.outcome import Emitted, Event, Outcome
from schemas.records import luciole as records
from schemas.records.draaf import DemandeRejet

FIRST_MONTH = 8
"""August begins a school year."""


def etablissement(_reglages: Reglages, state: Etablissement, event: Event) -> Outcome:
    """Whether it bills in OGAPI, and its zone."""
    data: records.Etablissement = event.data
    return Outcome(replace(state, ogapi=data.ogapi, zone=data.zone), because="Établissement mis à jour.")


def dossier(reglages: Reglages, state: Etablissement, event: Event) -> Outcome:
    """The last content of a dossier replaces the one before, unless it is frozen, being sent, or waits for the DRAAF."""
    data: records.Dossier = event.data
    uai, known = suivi.uai_of(event), state.dossiers.get(data.dossier)
    state, rattachement = _rattacher(state, data)
    annee = data.annee if data.annee is not None else _school_year(event.time.date())
    target = bordereau_of(state, data.bordereau)
    if known is not None and _contenu(data, annee) == contenu_of(state, known):
        return Outcome(state, rattachement, counted="doublon", because="Contenu déjà connu.")
    if target is not None and target.fige:
        if contient(target.empreintes, empreinte(data.dossier, _contenu(data, annee))):
            return Outcome(state, rattachement, counted="doublon", because="Contenu déjà envoyé.")
        texte = messages.BORDEREAU_FIGE.avec(bordereau=target.nom)
        return suivi.refuser(state, texte, *rattachement, instructeur=data.instructeur, etablissement=uai, bordereau=target.nom)
    if known is not None and millis(event.time) < known.vu:
        return Outcome(state, rattachement, counted="perime", because="Un contenu plus récent est déjà connu.")
    texte_ou_rien = _interdit(reglages, state, data.dossier, data.instructeur, event)
    if texte_ou_rien is not None:
        return suivi.refuser(state, texte_ou_rien, *rattachement, instructeur=data.instructeur, etablissement=uai, bordereau=data.bordereau)
    plein = _plein(reglages, state, known, data.bordereau, target)
    if plein is not None:
        return suivi.refuser(state, plein, *rattachement, instructeur=data.instructeur, etablissement=uai, bordereau=data.bordereau)
    after, fresh = _ranger(state, data, annee, event.time)
    if known is not None and known.marque != NON_PREPARE:
        late = after.prepare_le is not None and event.time <= after.prepare_le and not (fresh.bloquant or fresh.clos)
        fresh = replace(fresh, marque=known.marque if late else MODIFIE)
    after = replace(after, dossiers={**after.dossiers, data.dossier: fresh})
    touched = _touched(state, known, fresh)
    return Outcome(after, (*rattachement, *suivi.etapes(state, after, touched, event)), because="Dossier pris en compte.")


def bordereau(reglages: Reglages, state: Etablissement, event: Event) -> Outcome:
    """A bordereau opened or validated; frozen after the OK, for ever (R-LUC-09, R-LUC-22)."""
    data: records.Bordereau = event.data
    uai = suivi.uai_of(event)
    known = bordereau_of(state, data.bordereau)
    about = {"instructeur": data.instructeur, "etablissement": uai, "bordereau": data.bordereau}
    total = None if data.montant_total is None else centimes(data.montant_total)
    if known is not None and known.etat != "INCONNU":
        if (known.etat, known.nombre, known.total) == (data.etat, data.nombre_dossiers, total):
            return Outcome(state, counted="doublon", because="Contenu déjà connu.")
        if known.fige:
            return suivi.refuser(state, messages.BORDEREAU_FIGE.avec(bordereau=known.nom), **about)
        if millis(event.time) < known.vu:
            return Outcome(state, counted="perime", because="Un état plus récent est déjà connu.")
    texte = _occupe(reglages, state, data.instructeur, event)
    if texte is None and known is not None and known.statut in ("ENVOYE", "CONFIRME") and known.etat != "INCONNU":
        texte = messages.FICHIER_EN_COURS.avec(bordereau=known.nom, fichier=known.fichier)
    if texte is None and known is None and len(state.bordereaux) >= reglages.bordereaux_max:
        texte = messages.ETABLISSEMENT_PLEIN.avec(objets="bordereaux", limite=reglages.bordereaux_max)
    if texte is not None:
        return suivi.refuser(state, texte, **about)
    fresh = replace(known or Bordereau(data.bordereau), etat=data.etat, nombre=data.nombre_dossiers, total=total, vu=millis(event.time))
    after = poser(state, fresh)
    rank = [b.nom for b in after.bordereaux].index(fresh.nom)
    return Outcome(after, suivi.etapes(state, after, (rank,), event), because=f"Bordereau {data.etat.lower()}.")


def modification_demande(reglages: Reglages, state: Etablissement, event: Event) -> Outcome:
    """A modification after preparation goes through the DRAAF: may the payment file be rejected (R-LUC-14)?"""
    data: records.ModificationDemande = event.data
    uai, known = suivi.uai_of(event), state.dossiers.get(data.dossier)
    about = {"instructeur": data.instructeur, "etablissement": uai}
    occupe = _occupe(reglages, state, data.instructeur, event)
    if occupe is not None:
        return suivi.refuser(state, occupe, **about)
    if known is None:
        return suivi.refuser(state, _absent(state, data.dossier), **about)
    porteur = state.bordereaux[known.bordereau] if known.bordereau != AUCUN else None
    if porteur is not None and porteur.fige:
        return suivi.refuser(state, messages.BORDEREAU_FIGE.avec(bordereau=porteur.nom), bordereau=porteur.nom, **about)
    if porteur is None or porteur.statut not in ("ENVOYE", "CONFIRME") or porteur.fichier is None:
        libre = modification(uai, porteur, data.dossier, "ACCEPTEE", messages.MODIFICATION_LIBRE, messages.REMEDE_LIBRE)
        return Outcome(state, (libre,), because=messages.MODIFICATION_LIBRE)
    if known.demande == DEMANDEE:
        return Outcome(state, counted="doublon", because="La DRAAF est déjà interrogée.")
    question = messages.DEMANDE_DRAAF.format(bordereau=porteur.nom, fichier=porteur.fichier)
    demande = DemandeRejet(
        fichier=porteur.fichier, etablissement=uai, bordereau=porteur.nom, dossier=data.dossier, instructeur=data.instructeur,
        message=question, motif=data.motif,
    )  # fmt: skip
    after = replace(state, dossiers={**state.dossiers, data.dossier: replace(known, demande=DEMANDEE)})
    fichier = porteur.fichier
    key, subject = luciole_keys.of_fichier(fichier), luciole_keys.fichier_subject(fichier)
    emitted = (
        Emitted("draaf.demandes.v1", "demande_rejet", demande, key=key, subject=subject),
        modification(uai, porteur, data.dossier, "DEMANDEE", question, messages.REMEDE_DEMANDE),
    )
    return Outcome(after, emitted, because=question)


# --- shared with the payment and the send ----------------------------------------------------------------------------


def bordereau_of(state: Etablissement, nom: str | None) -> Bordereau | None:
    for known in state.bordereaux:
        if known.nom == nom:
            return known
    return None


def poser(state: Etablissement, fresh: Bordereau) -> Etablissement:
    """The bordereau of the same name replaced in its rank, or added."""
    if bordereau_of(state, fresh.nom) is None:
        return replace(state, bordereaux=(*state.bordereaux, fresh))
    return replace(state, bordereaux=tuple(fresh if b.nom == fresh.nom else b for b in state.bordereaux))


def modification(uai: str, porteur: Bordereau | None, numero: str, statut: records.StatutModification, motif: str, remede: str) -> Emitted:
    data = records.Modification(
        etablissement=uai,
        bordereau=porteur.nom if porteur else "",
        dossier=numero,
        fichier=porteur.fichier if porteur else None,
        statut=statut,
        motif=motif,
        remede=remede,
    )
    return suivi.publier("modification", data)


def envoi_en_cours(zone: ZoneInfo, instructeur: str, depuis: datetime) -> messages.Texte:
    """Names the send in progress, its beginning in the zone of those who read it (R-LUC-41)."""
    return messages.ENVOI_EN_COURS.avec(instructeur=instructeur, heure=depuis.astimezone(zone).strftime("%H:%M"))


def contenu_of(state: Etablissement, known: Dossier) -> Contenu:
    """A dossier in hand in the types of its contract."""
    return Contenu(
        known.annee,
        mot(state.cycles, known.cycle),
        mot(state.decisions, known.decision),
        jour(known.decide_le),
        jour(known.clos_le),
        euros(known.montant),
        euros(known.theorique),
        None if known.bordereau == AUCUN else state.bordereaux[known.bordereau].nom,
    )


def _contenu(data: records.Dossier, annee: int) -> Contenu:
    return Contenu(
        annee, data.cycle, data.decision, data.date_decision, data.date_cloture, data.montant, data.montant_theorique, data.bordereau
    )


def _school_year(day: date) -> int:
    return day.year if day.month >= FIRST_MONTH else day.year - 1


def _rattacher(state: Etablissement, data: records.Dossier) -> tuple[Etablissement, tuple[Emitted, ...]]:
    """A dossier shows which instructor looks after its établissement: « tous » then means it too (R-LUC-04)."""
    if data.instructeur is None:
        return state, ()
    mark = f"{luciole_keys.code_of(data.instructeur)}|{data.cycle or ''}"
    if mark in state.instructeurs:
        return state, ()
    constat = records.RattachementConstate(instructeur=data.instructeur, etablissement=data.etablissement, cycle=data.cycle)
    emitted = Emitted(
        "luciole.ordres.v1",
        "rattachement_constate",
        constat,
        key=luciole_keys.of_instructeur(data.instructeur),
        subject=f"rattachement/{data.etablissement}",
    )
    return replace(state, instructeurs=(*state.instructeurs, mark)), (emitted,)


def _occupe(reglages: Reglages, state: Etablissement, instructeur: str | None, event: Event) -> messages.Texte | None:
    """Nothing is touched here during a send, nor anywhere by who sends (R-LUC-41)."""
    sending = state.envoi or _occupation(state, instructeur, event.time)
    if sending is None:
        return None
    return envoi_en_cours(reglages.zone_de(suivi.uai_of(event), state.zone), sending.instructeur, sending.depuis)


def _occupation(state: Etablissement, instructeur: str | None, time: datetime) -> Occupation | None:
    if not state.occupations or not instructeur:
        return None
    code = luciole_keys.code_of(instructeur)
    return next((each for each in state.occupations if each.code == code and time >= each.depuis), None)


def _interdit(reglages: Reglages, state: Etablissement, numero: str, instructeur: str | None, event: Event) -> messages.Texte | None:
    occupe = _occupe(reglages, state, instructeur, event)
    if occupe is not None:
        return occupe
    known = state.dossiers.get(numero)
    if known is None or known.demande == SANS_DEMANDE:
        return None
    return messages.MODIFICATION_EN_ATTENTE if known.demande == DEMANDEE else messages.MODIFICATION_REFUSEE


def _plein(
    reglages: Reglages, state: Etablissement, known: Dossier | None, nom: str | None, target: Bordereau | None
) -> messages.Texte | None:
    if known is None and len(state.dossiers) + len(state.descentes) >= reglages.dossiers_max:
        return messages.ETABLISSEMENT_PLEIN.avec(objets="dossiers", limite=reglages.dossiers_max)
    if nom is not None and target is None and len(state.bordereaux) >= reglages.bordereaux_max:
        return messages.ETABLISSEMENT_PLEIN.avec(objets="bordereaux", limite=reglages.bordereaux_max)
    return None


def _ranger(state: Etablissement, data: records.Dossier, annee: int, time: datetime) -> tuple[Etablissement, Dossier]:
    """The compact form of a content, and the state that knows its words."""
    cycles, cycle = rang(state.cycles, data.cycle)
    decisions, decision = rang(state.decisions, data.decision)
    bordereaux, porteur = _porteur(state.bordereaux, data.bordereau)
    if cycles is not state.cycles or decisions is not state.decisions or bordereaux is not state.bordereaux:
        state = replace(state, cycles=cycles, decisions=decisions, bordereaux=bordereaux)
    fresh = Dossier(
        annee=annee,
        cycle=cycle,
        decision=decision,
        decide_le=ordinal(data.date_decision),
        clos_le=ordinal(data.date_cloture),
        montant=centimes(data.montant),
        theorique=centimes(data.montant_theorique),
        bordereau=porteur,
        vu=millis(time),
    )
    return state, fresh


def _porteur(known: tuple[Bordereau, ...], nom: str | None) -> tuple[tuple[Bordereau, ...], int]:
    """The bordereaux with this one among them, and its rank."""
    if nom is None:
        return known, AUCUN
    for rank, each in enumerate(known):
        if each.nom == nom:
            return known, rank
    return (*known, Bordereau(nom)), len(known)


def _touched(before: Etablissement, known: Dossier | None, fresh: Dossier) -> tuple[int, ...]:
    """Ranks of the bordereaux whose steps this change may move: one more decided dossier moves none."""
    if known is None and not fresh.bloquant and fresh.bordereau < len(before.bordereaux):
        return ()
    if known is not None and (known.bordereau, known.bloquant, known.marque) == (fresh.bordereau, fresh.bloquant, fresh.marque):
        return ()
    ranks = {fresh.bordereau} if known is None else {known.bordereau, fresh.bordereau}
    return tuple(sorted(ranks - {AUCUN}))


def _absent(state: Etablissement, numero: str) -> messages.Texte:
    digest = empreinte_numero(numero)
    if any(contient(sent, digest) for sent in state.servis.values()):
        return messages.BORDEREAU_FIGE.avec(bordereau="de ce dossier")
    return messages.DOSSIER_INCONNU

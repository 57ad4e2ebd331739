"""What becomes of a bordereau's payment file: sent to Chorus, confirmed or rejected. Only the file in force counts (R-LUC-14)."""

from msgspec.structs import replace

from processors.luciole import messages, suivi
from processors.luciole.dossiers import bordereau_of, envoi_en_cours, modification, poser
from processors.luciole.reglages import Reglages
from processors.luciole.state import DEMANDEE, NON_PREPARE, REFUSEE, SANS_DEMANDE, Bordereau, Etablissement
from schemas.luciole_keys import bordereau_subject
from schemas.outcome import Emitted, Event, Outcome, Parked
from schemas.records.luciole import OrdreFlux, OrdreValidation


def ordre_flux(reglages: Reglages, state: Etablissement, event: Event) -> Outcome:
    """The bordereau goes to Chorus in this file. It waits for its validation (R-LUC-01); a new file replaces the former one."""
    data: OrdreFlux = event.data
    uai, known = suivi.uai_of(event), bordereau_of(state, data.bordereau)
    if known is None or known.etat != "VALIDE":
        return Outcome(state, parked=Parked(bordereau_subject(uai, data.bordereau), messages.LABEL_BORDEREAU))
    if known.fichier == data.fichier:
        return Outcome(state, counted="doublon", because="Ce fichier de paiement est déjà celui du bordereau.")
    if known.fige:
        return suivi.refuser(state, messages.BORDEREAU_FIGE.avec(bordereau=known.nom), etablissement=uai, bordereau=known.nom)
    if state.envoi is not None and _rank(state, known) in state.envoi.bordereaux:
        texte = envoi_en_cours(reglages.zone_de(uai, state.zone), state.envoi.instructeur, state.envoi.depuis)
        return suivi.refuser(state, texte, etablissement=uai, bordereau=known.nom)
    return _changed(state, replace(known, fichier=data.fichier, statut="ENVOYE"), event, "Flux financiers envoyés vers Chorus.")


def ordre_validation(_reglages: Reglages, state: Etablissement, event: Event) -> Outcome:
    """What the DRAAF or Chorus says of a payment file; of a file that is no longer in force, it changes nothing."""
    data: OrdreValidation = event.data
    known = bordereau_of(state, data.bordereau)
    if known is None or known.fichier != data.fichier:
        return Outcome(state, counted="perime", because="Ce fichier de paiement n'est pas, ou plus, celui du bordereau.")
    if data.statut == "CONFIRMEE":
        if known.statut != "ENVOYE":
            return Outcome(state, counted="doublon", because="Le fichier de paiement a déjà sa réponse.")
        return _changed(state, replace(known, statut="CONFIRME"), event, "La DRAAF a confirmé le fichier de paiement.")
    if data.statut == "REJET_REFUSE":
        return _rejet_refuse(state, known, event)
    return _rejete(state, known, event)


def _rejete(state: Etablissement, known: Bordereau, event: Event) -> Outcome:
    """The gate closes, the preparation of its dossiers falls, and the modifications asked for are allowed (R-LUC-14)."""
    data: OrdreValidation = event.data
    uai = suivi.uai_of(event)
    if known.fige:
        return suivi.refuser(state, messages.REJET_APRES_ENVOI.avec(bordereau=known.nom), etablissement=uai, bordereau=known.nom)
    statut = "REJETE_CHORUS" if data.statut == "REJETEE_CHORUS" else "REJETE"
    if known.statut == statut:
        return Outcome(state, counted="doublon", because="Ce rejet est déjà connu.")
    rank = _rank(state, known)
    concerned = sorted(n for n, d in state.dossiers.items() if d.bordereau == rank and d.demande)
    dossiers = {n: replace(d, demande=SANS_DEMANDE) if n in concerned else d for n, d in state.dossiers.items()}
    accepted = tuple(
        modification(uai, known, numero, "ACCEPTEE", data.motif or messages.MODIFICATION_ACCEPTEE, messages.REMEDE_ACCEPTEE)
        for numero in concerned
    )
    after = poser(replace(state, dossiers=dossiers), replace(known, statut=statut))
    sending = state.envoi is not None and rank in state.envoi.bordereaux
    if sending:
        texte = messages.REJET_PENDANT_ENVOI.avec(fichier=data.fichier)
        accepted += (suivi.erreur(texte, etablissement=uai, bordereau=known.nom),)
    else:
        after = defaire(after, rank)
    return Outcome(after, (*accepted, *suivi.etapes(state, after, (rank,), event)), because="Le fichier de paiement est rejeté.")


def _rejet_refuse(state: Etablissement, known: Bordereau, event: Event) -> Outcome:
    data: OrdreValidation = event.data
    uai, rank = suivi.uai_of(event), _rank(state, known)
    asked = sorted(n for n, d in state.dossiers.items() if d.bordereau == rank and d.demande == DEMANDEE)
    if not asked:
        return Outcome(state, counted="sans_objet", because="Aucune modification n'était demandée pour ce fichier.")
    texte = messages.MODIFICATION_REFUSEE
    emitted: list[Emitted] = []
    for numero in asked:
        emitted.append(modification(uai, known, numero, "REFUSEE", data.motif or texte.message, texte.remede))
    emitted.append(suivi.differer(texte, event.subject, etablissement=uai, bordereau=known.nom))
    dossiers = {n: replace(d, demande=REFUSEE) if n in asked else d for n, d in state.dossiers.items()}
    return Outcome(replace(state, dossiers=dossiers), tuple(emitted), because=texte.message)


def defaire(state: Etablissement, rank: int) -> Etablissement:
    """The dossiers of this bordereau are no longer prepared."""
    dossiers = {n: replace(d, marque=NON_PREPARE) if d.bordereau == rank and d.marque else d for n, d in state.dossiers.items()}
    return replace(state, dossiers=dossiers)


def _rank(state: Etablissement, known: Bordereau) -> int:
    return next(rank for rank, b in enumerate(state.bordereaux) if b.nom == known.nom)


def _changed(state: Etablissement, fresh: Bordereau, event: Event, because: str) -> Outcome:
    after = poser(state, fresh)
    return Outcome(after, suivi.etapes(state, after, (_rank(state, fresh),), event), because=because)

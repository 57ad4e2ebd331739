"""A payment file: what it pays, and what Chorus and the DRAAF say of it. It tells each établissement its own part."""

import zlib

import msgspec
from msgspec.structs import replace

from processors.luciole import messages, suivi
from processors.luciole.reglages import Reglages
from processors.luciole.state import Fichier
from schemas import luciole_keys
from schemas.outcome import Emitted, Event, Outcome, Parked
from schemas.records.chorus import FichierPaiement, RetourPaiement
from schemas.records.draaf import Validation
from schemas.records.luciole import OrdreFlux, OrdreValidation, StatutOrdreValidation


def fichier_paiement(reglages: Reglages, state: Fichier | None, event: Event) -> Outcome:
    """The payment file goes to Chorus: « envoyer les flux financiers » (R-LUC-02)."""
    data: FichierPaiement = event.data
    digest = zlib.crc32(msgspec.msgpack.encode(data))
    if state is not None:
        if state.empreinte == digest:
            return Outcome(state, counted="doublon", because="Ce fichier de paiement est déjà connu.")
        return suivi.refuser(state, messages.FICHIER_CONTRADICTOIRE.avec(fichier=data.fichier), instructeur=data.instructeur)
    if len(data.lignes) > reglages.lignes_max:
        texte = messages.FICHIER_TROP_LONG.avec(nombre=len(data.lignes), limite=reglages.lignes_max)
        return suivi.refuser(state, texte, instructeur=data.instructeur)
    lignes = tuple(dict.fromkeys((ligne.etablissement, ligne.bordereau) for ligne in data.lignes))
    emitted = tuple(
        _ordre(
            ligne.etablissement,
            ligne.bordereau,
            "ordre_flux",
            OrdreFlux(fichier=data.fichier, bordereau=ligne.bordereau, nombre_dossiers=ligne.nombre_dossiers, montant=ligne.montant),
        )
        for ligne in data.lignes
    )
    return Outcome(Fichier(lignes, digest), emitted, because=f"Flux financiers envoyés pour {len(lignes)} bordereaux.")


def validation(_reglages: Reglages, state: Fichier | None, event: Event) -> Outcome:
    """The DRAAF answers for the very file it names; after a rejection, no confirmation opens anything (R-LUC-02, R-LUC-14)."""
    data: Validation = event.data
    if state is None:
        return Outcome(state, parked=Parked(luciole_keys.fichier_subject(data.fichier), messages.LABEL_FLUX))
    if data.statut == "REJET_REFUSE":
        return Outcome(state, _tell(state, data.fichier, "REJET_REFUSE", data.motif), because="La DRAAF ne rejette pas le fichier.")
    if data.statut == "CONFIRMEE":
        if state.statut in ("REJETE", "REJETE_CHORUS"):
            texte = messages.FICHIER_REJETE if state.statut == "REJETE" else messages.FICHIER_REJETE_CHORUS
            return suivi.refuser(state, texte.avec(fichier=data.fichier))
        if state.statut == "CONFIRME":
            return Outcome(state, counted="doublon", because="La DRAAF l'a déjà confirmé.")
        return Outcome(
            replace(state, statut="CONFIRME"), _tell(state, data.fichier, "CONFIRMEE", data.motif), because="La DRAAF confirme le fichier."
        )
    if state.statut == "REJETE":
        return Outcome(state, counted="doublon", because="La DRAAF l'a déjà rejeté.")
    told = _tell(state, data.fichier, "REJETEE", data.motif)
    return Outcome(replace(state, statut="REJETE"), told, because="La DRAAF rejette le fichier.")


def retour_paiement(_reglages: Reglages, state: Fichier | None, event: Event) -> Outcome:
    """The return of Chorus, which may come again: only a rejection closes something, for the bordereaux it names."""
    data: RetourPaiement = event.data
    if state is None:
        return Outcome(state, parked=Parked(luciole_keys.fichier_subject(data.fichier), messages.LABEL_FLUX))
    digest = zlib.crc32(msgspec.msgpack.encode(data))
    if state.retour == digest:
        return Outcome(state, counted="doublon", because="Ce retour de Chorus est déjà connu.")
    after = replace(state, retour=digest)
    if data.statut == "INTEGRE":
        return Outcome(after, because="Chorus a intégré le fichier.")
    if data.statut == "REJETE":
        closed = replace(after, statut="REJETE_CHORUS") if state.statut != "REJETE" else after
        return Outcome(closed, _tell(state, data.fichier, "REJETEE_CHORUS", data.motif), because="Chorus rejette le fichier.")
    emitted: list[Emitted] = []
    for uai, bordereau in dict.fromkeys((rejet.etablissement, rejet.bordereau) for rejet in data.rejets):
        if (uai, bordereau) in state.lignes:
            motif = next((r.motif for r in data.rejets if (r.etablissement, r.bordereau) == (uai, bordereau)), None)
            emitted.append(_verdict(uai, bordereau, data.fichier, "REJETEE_CHORUS", motif))
    return Outcome(after, tuple(emitted), because=f"Chorus rejette {len(emitted)} bordereaux du fichier.")


def _tell(state: Fichier, fichier: str, statut: StatutOrdreValidation, motif: str | None) -> tuple[Emitted, ...]:
    return tuple(_verdict(uai, bordereau, fichier, statut, motif) for uai, bordereau in state.lignes)


def _verdict(uai: str, bordereau: str, fichier: str, statut: StatutOrdreValidation, motif: str | None) -> Emitted:
    return _ordre(uai, bordereau, "ordre_validation", OrdreValidation(fichier=fichier, bordereau=bordereau, statut=statut, motif=motif))


def _ordre(uai: str, bordereau: str, name: str, data: OrdreFlux | OrdreValidation) -> Emitted:
    key, subject = luciole_keys.of_etablissement(uai), luciole_keys.bordereau_subject(uai, bordereau)
    return Emitted("luciole.ordres.v1", name, data, key=key, subject=subject)

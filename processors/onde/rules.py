"""Which rule decides which event of a school of the first degree. Pure (R-ONDE-01 to 15)."""

from collections.abc import Callable, Mapping

import msgspec

from processors.onde import extraction, messages, parametrage, transfert
from processors.onde.contexte import Contexte
from processors.onde.reglages import Reglages
from processors.onde.state import Ecole
from schemas.outcome import Event, Outcome
from schemas.records.academie import Etablissement

PROFIL = "etablissement"
ARCHIVES = "onde.archives.v1"
EXTRACTIONS = "onde.extractions.v1"

ACTES: Mapping[str, Callable[[Contexte], Outcome]] = {
    "formations_importees": parametrage.importer_formations,
    "langues_importees": parametrage.importer_langues,
    "classe": parametrage.regler_classe,
    "classe_supprimee": parametrage.supprimer_classe,
    "base_eleves": parametrage.recevoir_base,
    "fiche_eleve": parametrage.recevoir_fiche,
    "eleve_sorti": parametrage.retirer_eleve,
    "controle": transfert.controler,
    "export_demande": transfert.exporter,
    "fichier": transfert.annoncer_archive,
    "morceau": transfert.prendre_octets,
    "depot_effectue": transfert.confirmer,
    "depot_refuse": transfert.refuser,
}


def decide(reglages: Reglages, state: Ecole | None, event: Event) -> Outcome:
    """Decide one event of one school: each has its own base, folder and archive (R-ONDE-15)."""
    if event.data is None:
        return Outcome(state, counted="suppression_ignoree", because="une suppression ne dit rien de la procédure")
    ecole = state or Ecole()
    if event.type == PROFIL:
        return _profil(state, ecole, event.data)
    ctx = Contexte(reglages, ecole, event, state)
    if event.topic == EXTRACTIONS:
        return extraction.lire(ctx)
    if ecole.second_degre:
        return ctx.refuse(messages.second_degre())
    if event.topic == ARCHIVES:
        return ACTES[event.type](ctx)
    annee: int = event.data.annee
    if annee < ecole.annee:
        return ctx.refuse(messages.annee_passee(annee, ecole.annee))
    if annee == ecole.annee:
        return ACTES[event.type](ctx)
    return _nouvelle_annee(Contexte(reglages, _ouverte(ecole, annee), event, state))


def _profil(state: Ecole | None, ecole: Ecole, data: Etablissement) -> Outcome:
    second_degre = data.type != "ECOLE"
    if (ecole.second_degre, ecole.fuseau) == (second_degre, data.fuseau):
        return Outcome(state, counted="profil_sans_objet", because="rien ne change pour la remontée vers ONDE")
    return Outcome(msgspec.structs.replace(ecole, second_degre=second_degre, fuseau=data.fuseau), because="profil de l'établissement")


def _ouverte(ecole: Ecole, annee: int) -> Ecole:
    """The base goes on into the new year; its control and export do not."""
    return msgspec.structs.replace(ecole, annee=annee, controle=None, export=None)


def _nouvelle_annee(ctx: Contexte) -> Outcome:
    """Decide in the new year; formations of a year before are flagged at once (R-ONDE-04). A refused event opens no year."""
    outcome = ACTES[ctx.event.type](ctx)
    if outcome.refusal is not None or not isinstance(outcome.state, Ecole) or outcome.state.annee != ctx.ecole.annee:
        return outcome
    importees = outcome.state.annee_formations
    if importees is None or importees == ctx.ecole.annee:
        return outcome
    signale = ctx.information("FORMATIONS_ANNEE_PRECEDENTE", messages.formations_a_importer(importees, ctx.ecole.annee))
    return Outcome(outcome.state, (*outcome.emitted, signale), counted=outcome.counted, because=outcome.because)

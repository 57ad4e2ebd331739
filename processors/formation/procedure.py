"""The procedure as data: for each event, the gates it must pass, in order, then what it does.

An event that is not in the table is not of this procedure. Who may act, what is locked and until when is read here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from processors.formation import cloture, declarations, description, enquetes, facturation, heures, inscriptions, ouverture, region, sorties
from processors.formation.contexte import Contexte
from processors.formation.verrous import (
    Verrou,
    close,
    en_ligne,
    fiche_entiere,
    mois_du_calendrier,
    non_close,
    non_ouverte,
    ouverte,
    solde_non_demande,
    stagiaire_connu,
    titulaire,
)
from schemas.outcome import Outcome

DESCRIPTION = "action"
"""The event that makes the action known: the only one that needs no state."""


@dataclass(frozen=True, slots=True)
class Etape:
    """One kind of event: the menu it belongs to (R-EXT-90), its gates, its effect."""

    menu: str
    verrous: tuple[Verrou, ...]
    effet: Callable[[Contexte], Outcome]


DATES = "Gestion des dates de formation"
INSCRIPTION = "Inscription des Stagiaires"
EXECUTION = "Exécution de l'action"
DECLARATION = "Déclaration de réalisation périodique"
FACTURATION = "Facturation"
CLOTURE = "Clôture de l'action"
BILAN = "Bilan et évaluations"
REGION = "Région"

_ORGANISME = (en_ligne, titulaire)
_VIVANTE = (*_ORGANISME, non_close)
_EN_COURS = (*_ORGANISME, ouverte, non_close)
_STAGIAIRE = (stagiaire_connu, fiche_entiere)

ETAPES: Mapping[str, Etape] = {
    "dates_validees": Etape(DATES, _VIVANTE, ouverture.valider_dates),
    "stagiaire_saisi": Etape(INSCRIPTION, _VIVANTE, inscriptions.saisir),
    "stagiaire_supprime": Etape(INSCRIPTION, (*_VIVANTE, stagiaire_connu), inscriptions.supprimer),
    "liste_confirmee": Etape(INSCRIPTION, _VIVANTE, inscriptions.confirmer_liste),
    "formateurs_confirmes": Etape(EXECUTION, _VIVANTE, ouverture.confirmer_formateurs),
    "formateurs_modifies": Etape(EXECUTION, _VIVANTE, ouverture.modifier_formateurs),
    "ouverture": Etape(EXECUTION, (*_VIVANTE, non_ouverte), ouverture.ouvrir),
    "heures_saisies": Etape(DECLARATION, (*_EN_COURS, mois_du_calendrier), heures.saisir),
    "realise_saisi": Etape(DECLARATION, (*_EN_COURS, mois_du_calendrier), heures.saisir_ensemble),
    "sortie_saisie": Etape(DECLARATION, (*_EN_COURS, *_STAGIAIRE), sorties.saisir),
    "declaration_confirmee": Etape(DECLARATION, (*_EN_COURS, mois_du_calendrier), declarations.confirmer),
    "facture_preparee": Etape(FACTURATION, (*_EN_COURS, solde_non_demande), facturation.preparer),
    "facture_confirmee": Etape(FACTURATION, (*_ORGANISME, ouverte), facturation.confirmer),
    "facture_sous_traitant": Etape(FACTURATION, (*_ORGANISME, ouverte, solde_non_demande), facturation.saisir_sous_traitant),
    "cloture_demandee": Etape(CLOTURE, _EN_COURS, cloture.demander),
    "enquete_saisie": Etape(BILAN, (*_ORGANISME, ouverte, *_STAGIAIRE), enquetes.saisir),
    "bilan_depose": Etape(BILAN, (*_ORGANISME, close), enquetes.deposer_bilan),
    "solde_confirme": Etape(FACTURATION, (*_ORGANISME, close, solde_non_demande), cloture.confirmer_solde),
    "accord": Etape(REGION, (), description.accorder),
    "decision_facture": Etape(REGION, (), region.decider),
    "justificatif_recu": Etape(REGION, (), declarations.recevoir_justificatif),
    "bilan_recu": Etape(REGION, (), enquetes.recevoir_bilan),
    "versement": Etape(REGION, (), region.verser),
    "facture_validee": Etape(REGION, (), region.rapprocher),
}

"""The procedure as data: its steps in their mandatory order (R-LUC-01, R-LUC-06), what shows each done, what its lack says."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from processors.luciole import messages
from processors.luciole.messages import Texte
from processors.luciole.state import MODIFIE, Bordereau, Dossier, Etablissement
from schemas.records.luciole import NomEtape, StatutEtape


@dataclass(frozen=True, slots=True)
class Vue:
    """What the steps of one bordereau are judged by."""

    bordereau: Bordereau
    bloquant: bool
    """One of its dossiers has neither date de décision nor date de clôture."""
    prepare: bool
    modifie: bool
    a_refaire: bool
    envoi: bool
    """A send in progress takes it."""


@dataclass(frozen=True, slots=True)
class Etape:
    """One step. `gate` steps are those that a preparation or a send cannot do without."""

    nom: NomEtape
    faite: Callable[[Vue], bool]
    manque: Texte
    refuse: Callable[[Vue], bool] = lambda _: False


def _flux(vue: Vue) -> bool:
    return vue.bordereau.statut in ("ENVOYE", "CONFIRME", "REJETE")


def _rejete_par_chorus(vue: Vue) -> bool:
    return vue.bordereau.statut == "REJETE_CHORUS"


def _rejete_par_la_draaf(vue: Vue) -> bool:
    return vue.bordereau.statut == "REJETE"


def _prepare(vue: Vue) -> bool:
    return vue.prepare and not vue.modifie and not vue.a_refaire


ETAPES: tuple[Etape, ...] = (
    Etape("INSTRUCTION", lambda vue: not vue.bloquant, messages.INSTRUCTION_MANQUANTE),
    Etape("BORDEREAU", lambda vue: vue.bordereau.etat == "VALIDE", messages.BORDEREAU_MANQUANT),
    Etape("FLUX_FINANCIERS", _flux, messages.FLUX_MANQUANT, _rejete_par_chorus),
    Etape("CONFIRMATION_DRAAF", lambda vue: vue.bordereau.statut == "CONFIRME", messages.DRAAF_MANQUANTE, _rejete_par_la_draaf),
    Etape("PREPARATION", _prepare, messages.PAS_DE_DONNEES, lambda vue: vue.modifie),
    Etape("ENVOI", lambda vue: vue.bordereau.fige, messages.PAS_DE_DONNEES),
)

ATTENTES: dict[NomEtape, str] = {
    "INSTRUCTION": "date de décision ou date de clôture des dossiers",
    "BORDEREAU": "validation du bordereau de liquidation",
    "FLUX_FINANCIERS": "envoi des flux financiers vers Chorus",
    "CONFIRMATION_DRAAF": "confirmation DRAAF",
    "PREPARATION": "préparation des envois",
    "ENVOI": "envoi des données",
}
"""What a person reads of a step that is the next to do."""

REJETS: dict[str, Texte] = {"REJETE": messages.FICHIER_REJETE, "REJETE_CHORUS": messages.FICHIER_REJETE_CHORUS}


@dataclass(frozen=True, slots=True)
class Avancement:
    """Where one step of one bordereau stands."""

    statut: StatutEtape
    attend: str | None = None
    motif: str | None = None


def avancement(vue: Vue) -> tuple[Avancement, ...]:
    """Every step of a bordereau, in order: done, refused, being done, waiting (the first that is not done), or to come."""
    if vue.bordereau.fige:
        return tuple(Avancement("FAIT") for _ in ETAPES)
    found: list[Avancement] = []
    first = True
    for etape in ETAPES:
        if etape.faite(vue):
            found.append(Avancement("FAIT"))
        elif etape.refuse(vue):
            texte = REJETS.get(vue.bordereau.statut, messages.MODIFIE_DEPUIS).avec(fichier=vue.bordereau.fichier)
            found.append(Avancement("REFUSE", motif=texte.message))
            first = False
        elif etape.nom == "ENVOI" and vue.envoi:
            found.append(Avancement("EN_COURS"))
        elif first:
            found.append(Avancement("ATTEND", ATTENTES[etape.nom]))
            first = False
        else:
            found.append(Avancement("A_VENIR"))
    return tuple(found)


def vues(etablissement: Etablissement, ranks: Iterable[int]) -> dict[int, Vue]:
    """What the steps of the bordereaux of these ranks are judged by; a rank that is not there is left out. Reads the dossiers once."""
    bloquants, prepares, modifies = set(), set(), set()
    for dossier in etablissement.dossiers.values():
        if dossier.marque:
            prepares.add(dossier.bordereau)
            if dossier.marque == MODIFIE:
                modifies.add(dossier.bordereau)
        if dossier.bloquant:
            bloquants.add(dossier.bordereau)
    sending = etablissement.envoi.bordereaux if etablissement.envoi is not None else ()
    return {
        rank: Vue(known, rank in bloquants, rank in prepares, rank in modifies, etablissement.preparation_a_refaire, rank in sending)
        for rank, known in ((rank, etablissement.bordereaux[rank]) for rank in ranks if rank < len(etablissement.bordereaux))
    }


def manque(bordereau: Bordereau, until: NomEtape) -> Texte | None:
    """The first of the steps of the bordereau itself, up to `until`, that is not done; None when the gates are open."""
    seen = Vue(bordereau, bloquant=False, prepare=False, modifie=False, a_refaire=False, envoi=False)
    for etape in ETAPES:
        if not etape.faite(seen):
            texte = REJETS.get(bordereau.statut, etape.manque) if etape.nom in ("FLUX_FINANCIERS", "CONFIRMATION_DRAAF") else etape.manque
            return texte.avec(fichier=bordereau.fichier)
        if etape.nom == until:
            return None
    return None


def en_portee(etablissement: Etablissement, dossier: Dossier, cycle: str | None, annee: int | None) -> bool:
    """Whether a command for this cycle and year is about this dossier; empty is all (R-LUC-04)."""
    if annee is not None and dossier.annee != annee:
        return False
    return cycle is None or dossier.cycle < 0 or etablissement.cycles[dossier.cycle] == cycle

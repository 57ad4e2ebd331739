"""Exit of a stagiaire: end of the training or early exit, its motive, and the surveys it opens (R-EXT-51, 83)."""

from processors.formation import enquetes, messages
from processors.formation.calendrier import mois_de
from processors.formation.changements import stagiaire_remplace
from processors.formation.contexte import Contexte
from processors.formation.declarations import sortie_enregistree
from processors.formation.publications import suivi
from processors.formation.questions import ligne_de, rang_de
from schemas.outcome import Outcome, Refusal
from schemas.records import extranet


def saisir(ctx: Contexte) -> Outcome:
    """Keep an exit; entered again, it replaces the one before and moves its surveys."""
    donnees: extranet.SortieSaisie = ctx.data
    rang = rang_de(ctx.action, donnees.stagiaire)
    assert rang is not None
    recevable = not donnees.fin_de_formation and est_recevable(donnees.motif, ctx.action.descriptif.motifs_recevables)
    refus = _refus(ctx, donnees, rang, recevable)
    if refus is not None:
        return ctx.refuse(refus)
    ancien = ctx.action.stagiaires[rang]
    suite = ctx.sur(
        stagiaire_remplace(
            ctx.action,
            rang,
            sortie=donnees.date_sortie,
            fin_de_formation=donnees.fin_de_formation,
            recevable=recevable,
            motif=donnees.motif or "",
            justifiee=ancien.justifiee and recevable and ancien.sortie == donnees.date_sortie,
        )
    )
    un = suite.action.stagiaires[rang]
    emis = [sortie_enregistree(suite, rang), *enquetes.ouvertes(suite, un), suivi(suite)]
    because = "fin de formation" if donnees.fin_de_formation else "sortie anticipée" + (" recevable" if recevable else "")
    return suite.applique(suite.action, emis, because, enquetes.echeances(suite, un.numero, donnees.date_sortie))


def est_recevable(motif: str | None, recevables: tuple[str, ...]) -> bool:
    """Whether the motive is one of those of the CCTP, whatever the case and the spaces."""
    return motif is not None and _normal(motif) in {_normal(un) for un in recevables}


def _normal(texte: str) -> str:
    return " ".join(texte.replace("…", "...").split()).casefold()


def _refus(ctx: Contexte, donnees: extranet.SortieSaisie, rang: int, recevable: bool) -> Refusal | None:
    un = ctx.action.stagiaires[rang]
    if not donnees.fin_de_formation and not (donnees.motif or "").strip():
        return messages.motif_manquant()
    if un.entree is not None and donnees.date_sortie < un.entree:
        return messages.sortie_avant_entree(un.entree)
    if recevable:
        return None
    for mois in ctx.action.mois:
        if mois.mois <= mois_de(donnees.date_sortie):
            continue
        ligne = ligne_de(mois, rang)
        if ligne is not None and not ligne.vide:
            return messages.heures_deja_apres_sortie(mois.mois)
    return None

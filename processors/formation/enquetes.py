"""Situation of each stagiaire at exit, 6 months and 1 year after that stagiaire's own exit, and the bilan (R-EXT-82 to 84, 86)."""

from datetime import date

from processors.formation import messages
from processors.formation.calculs import en_heures
from processors.formation.calendrier import dans_les_mois, debut_du_jour
from processors.formation.changements import stagiaire_remplace
from processors.formation.contexte import Contexte
from processors.formation.publications import est_payable, facture, notification, publie, solde_payable, suivi
from processors.formation.questions import heures_de_tous, inscrits, rang_de
from processors.formation.reglages import Reglages
from processors.formation.state import Action, Stagiaire
from schemas.outcome import Deadline, Emitted, Outcome
from schemas.records import extranet
from schemas.records import formation as f

PREFIXE = "enquete"
DIFFEREES: tuple[extranet.Terme, ...] = ("SIX_MOIS", "UN_AN")


def due_le(reglages: Reglages, sortie: date, terme: extranet.Terme) -> date:
    """The day from which that survey is filled; the last day of the month where the exit's day does not exist (R-EXT-83)."""
    if terme == "SORTIE":
        return sortie
    return dans_les_mois(sortie, reglages.mois_enquetes[DIFFEREES.index(terme)])


def echeances(ctx: Contexte, numero: str, sortie: date) -> tuple[Deadline, ...]:
    zone = ctx.action.descriptif.zone
    return tuple(Deadline(_nom(terme, numero), debut_du_jour(due_le(ctx.reglages, sortie, terme), zone)) for terme in DIFFEREES)


def echeances_levees(numero: str) -> tuple[Deadline, ...]:
    return tuple(Deadline(_nom(terme, numero), None) for terme in DIFFEREES)


def _nom(terme: extranet.Terme, numero: str) -> str:
    return f"{PREFIXE}/{terme}/{numero}"


def ouvertes(ctx: Contexte, un: Stagiaire) -> list[Emitted]:
    """The three surveys of a stagiaire who has just left: the first is due, the others to come."""
    if un.sortie is None:
        return []
    return [
        _enquete(ctx, un, terme, "SAISIE" if terme in un.enquetes else "DUE" if terme == "SORTIE" else "A_VENIR")
        for terme in ("SORTIE", *DIFFEREES)
        if terme not in un.enquetes
    ]


def _enquete(
    ctx: Contexte, un: Stagiaire, terme: extranet.Terme, etat: f.EtatEnquete, saisie: extranet.EnqueteSaisie | None = None
) -> Emitted:
    assert un.sortie is not None
    return publie(
        "enquete",
        f.Enquete(
            contrat=ctx.contrat,
            stagiaire=un.numero,
            terme=terme,
            due_le=due_le(ctx.reglages, un.sortie, terme),
            etat=etat,
            situation=None if saisie is None else saisie.situation,
            type_contrat=None if saisie is None else saisie.type_contrat,
        ),
    )


def echue(ctx: Contexte, nom: str) -> Outcome:
    """A survey's day has come: it is due unless it was answered or the exit was taken back."""
    _, terme, numero = nom.split("/", 2)
    rang = rang_de(ctx.action, numero)
    trouve = next((t for t in DIFFEREES if t == terme), None)
    if rang is None or trouve is None or ctx.action.stagiaires[rang].sortie is None or trouve in ctx.action.stagiaires[rang].enquetes:
        return ctx.ignore("enquete_sans_objet", "enquête déjà saisie ou sans objet")
    un = ctx.action.stagiaires[rang]
    message = messages.notification_enquete(numero, trouve)
    return ctx.applique(
        ctx.action, [_enquete(ctx, un, trouve, "DUE"), notification(ctx, "ENQUETE_DUE", message, ("Bilan et évaluations",))], message
    )


def saisir(ctx: Contexte) -> Outcome:
    """Keep a situation; it may be corrected, never entered before its day."""
    saisie: extranet.EnqueteSaisie = ctx.data
    rang = rang_de(ctx.action, saisie.stagiaire)
    assert rang is not None
    un = ctx.action.stagiaires[rang]
    if un.sortie is None:
        return ctx.refuse(messages.stagiaire_non_sorti(un.numero))
    due = due_le(ctx.reglages, un.sortie, saisie.terme)
    if ctx.jour < due:
        return ctx.refuse(messages.enquete_prematuree(due))
    if saisie.situation != "AUTRE" and saisie.type_contrat is None:
        return ctx.refuse(messages.type_de_contrat_manquant())
    termes = tuple(sorted({*un.enquetes, saisie.terme}))
    action = stagiaire_remplace(ctx.action, rang, enquetes=termes)
    levee = () if saisie.terme == "SORTIE" else (Deadline(_nom(saisie.terme, un.numero), None),)
    return ctx.applique(action, [_enquete(ctx, un, saisie.terme, "SAISIE", saisie)], "situation du stagiaire enregistrée", levee)


# --- bilan -----------------------------------------------------------------------------------------------------------


def bilan(ctx: Contexte, etape: f.EtapeBilan) -> Emitted:
    """Filled in advance from what was entered at each exit (R-EXT-82)."""
    return publie("bilan", f.Bilan(contrat=ctx.contrat, etape=etape, lignes=_lignes(ctx.action)))


def _lignes(action: Action) -> tuple[f.LigneBilan, ...]:
    totaux = heures_de_tous(action)
    return tuple(_ligne(un, *totaux[rang]) for rang, un in inscrits(action))


def _ligne(un: Stagiaire, centre: int, entreprise: int) -> f.LigneBilan:
    return f.LigneBilan(
        stagiaire=un.numero,
        date_entree=un.entree,
        date_sortie=un.sortie,
        fin_de_formation=un.fin_de_formation,
        centre=en_heures(centre),
        entreprise=en_heures(entreprise),
        enquete_sortie="SORTIE" in un.enquetes,
    )


def deposer_bilan(ctx: Contexte) -> Outcome:
    """Complete when each stagiaire's situation at exit is entered."""
    if ctx.action.bilan_depose:
        return ctx.ignore("doublon", "bilan déjà déposé")
    manquantes = tuple(un.numero for _, un in inscrits(ctx.action) if un.complet and "SORTIE" not in un.enquetes)
    if manquantes:
        return ctx.refuse(messages.enquetes_manquantes(manquantes))
    action = ctx.avec(bilan_depose=True)
    return ctx.applique(action, [bilan(ctx.sur(action), "DEPOSE")], "bilan pédagogique déposé")


def recevoir_bilan(ctx: Contexte) -> Outcome:
    """The Region has it: a solde already asked becomes payable (R-EXT-84)."""
    if ctx.action.bilan_recu:
        return ctx.ignore("doublon", "bilan déjà reçu")
    suite = ctx.sur(ctx.avec(bilan_recu=True))
    emis = [bilan(suite, "RECU")]
    for une in suite.action.factures:
        if une.nature == "SOLDE" and est_payable(suite.action, une):
            emis += [facture(suite, une), *solde_payable(suite, une, messages.BILAN_RECU)]
    return suite.applique(suite.action, [*emis, suivi(suite)], "la Région a reçu le bilan pédagogique")

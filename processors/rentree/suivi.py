"""What people follow: the rows of the table that an event changed, occurrences, notices and reminders (R-CHA-35)."""

from datetime import date
from typing import Any

from processors.rentree import messages
from processors.rentree.contexte import Contexte
from processors.rentree.procedure import CONTROLE_INTEGRATION, CONTROLE_RECEPTION, ENVOIS, ETAPES, Etape, etape_d_envoi
from processors.rentree.state import Annee, Occurrence
from schemas.outcome import Emitted
from schemas.records import rentree as r

SUIVI = "rentree.suivi.v1"


def publie(nom: str, data: Any, subject: str | None = None) -> Emitted:
    return Emitted(SUIVI, nom, data, subject=subject)


def changements(avant: Contexte, apres: Contexte) -> tuple[Emitted, ...]:
    """Every row of the table that differs."""
    emis: list[Emitted] = []
    for annee in apres.etablissement.annees:
        if annee.profil is None:
            continue
        connue = avant.etablissement.annee(annee.annee)
        same = connue is annee and avant.etablissement.fermetures is apres.etablissement.fermetures
        if same:
            continue
        for etape in ETAPES.values():
            ligne = _ligne(apres, annee, etape)
            if connue.profil is None or _ligne(avant, connue, etape) != ligne:
                emis.append(publie("etape_suivie", ligne, f"etape/{annee.annee}/{etape.numero}"))
    return tuple(emis)


def _ligne(ctx: Contexte, annee: Annee, etape: Etape) -> r.EtapeSuivie:
    statut, motif = _statut(ctx, annee, etape)
    fait_le = ctx.fait_le(annee, etape.numero)
    objet = statut != "SANS_OBJET"
    echeance = ctx.echeance(annee, etape) if objet else None
    retard = annee.retard(etape.numero)
    return r.EtapeSuivie(
        uai=ctx.uai,
        annee=annee.annee,
        numero=etape.numero,
        section=etape.section,
        libelle=etape.libelle,
        reference=etape.reference,
        a_faire=etape.consigne(annee.annee),
        systemes=etape.systemes,
        statut=statut,
        motif=motif,
        fait_le=fait_le,
        accuse=_accuse(annee, etape),
        echeance=echeance,
        jours_de_retard=_jours(retard.jours if retard is not None else None, fait_le, echeance),
        attend=ctx.bloquantes(annee, etape, None) if objet and fait_le is None else (),
        manquantes=_manquantes(annee, etape, objet),
        ecarts=_ecarts(annee, etape),
        a_controler=a_controler(annee) if etape.numero == CONTROLE_INTEGRATION and objet else (),
    )


def _statut(ctx: Contexte, annee: Annee, etape: Etape) -> tuple[r.StatutEtape, str | None]:
    pourquoi = ctx.sans_objet(annee, etape)
    if pourquoi is not None:
        return "SANS_OBJET", pourquoi
    if annee.retard(etape.numero) is not None:
        return "EN_RETARD", None
    attente = a_controler(annee) if etape.numero == CONTROLE_INTEGRATION else ()
    if attente:
        return "A_FAIRE", messages.envois_a_controler(attente)
    if ctx.fait_le(annee, etape.numero) is not None:
        return "FAITE", None
    manque = ctx.bloquantes(annee, etape, None)
    return "A_FAIRE", f"attend {messages.etapes(manque)}" if manque else None


def _jours(en_retard: int | None, fait_le: date | None, echeance: date | None) -> int | None:
    if en_retard is not None:
        return en_retard
    if fait_le is not None and echeance is not None and fait_le > echeance:
        return (fait_le - echeance).days
    return None


def _manquantes(annee: Annee, etape: Etape, objet: bool) -> tuple[int, ...]:
    if etape.numero in ENVOIS:
        envois = [each for each in annee.occurrences if each.envoye_le is not None]
        return envois[-1].manquantes if envois and objet else ()
    faite = annee.faite(etape.numero)
    return () if faite is None else faite.manquantes


def _accuse(annee: Annee, etape: Etape) -> str | None:
    faite = annee.faite(etape.numero)
    return None if faite is None else faite.accuse


def _ecarts(annee: Annee, etape: Etape) -> int | None:
    if etape.numero == CONTROLE_RECEPTION and annee.envoyes is not None and annee.recus is not None:
        return len(differences(annee)) or abs(annee.recus.total - annee.envoyes.total)
    if etape.numero == CONTROLE_INTEGRATION:
        controles = [each for each in annee.occurrences if each.controle_le is not None and each.liste]
        return controles[-1].nombre - controles[-1].integres if controles else None
    return None


def a_controler(annee: Annee) -> tuple[str, ...]:
    """The sendings whose integration nobody has checked."""
    return tuple(each.nom for each in annee.occurrences if each.envoye_le is not None and each.controle_le is None)


def differences(annee: Annee) -> tuple[r.Difference, ...]:
    """The codes whose sent and received figures differ, when both sides give lines."""
    if annee.envoyes is None or annee.recus is None or not annee.envoyes.lignes or not annee.recus.lignes:
        return ()
    envoyes = {each.code: each.nombre for each in annee.envoyes.lignes}
    recus = {each.code: each.nombre for each in annee.recus.lignes}
    codes = sorted(envoyes.keys() | recus.keys())
    return tuple(
        r.Difference(code=code, envoye=envoyes.get(code, 0), recu=recus.get(code, 0))
        for code in codes
        if envoyes.get(code, 0) != recus.get(code, 0)
    )


def avertissement(ctx: Contexte, annee: Annee, numero: int, manquantes: tuple[int, ...]) -> tuple[Emitted, ...]:
    """The warning of R-CHA-38, when something is missing."""
    if not manquantes:
        return ()
    data = r.Avertissement(
        uai=ctx.uai,
        annee=annee.annee,
        numero=numero,
        libelle=ETAPES[numero].libelle,
        manquantes=manquantes,
        message=messages.avertissement(numero, manquantes),
    )
    return (publie("avertissement", data),)


def occurrence(ctx: Contexte, annee: Annee, une: Occurrence, statut: r.StatutOccurrence, dans_la_fenetre: bool | None = None) -> Emitted:
    """Where a sending stands."""
    debut, fin = ctx.fenetre(annee)
    data = r.Occurrence(
        uai=ctx.uai,
        annee=annee.annee,
        occurrence=une.nom,
        numero=etape_d_envoi(ctx.omogen(annee)),
        statut=statut,
        importe_le=une.importe_le,
        envoye_le=une.envoye_le,
        controle_le=une.controle_le,
        dans_la_fenetre=dans_la_fenetre,
        fenetre_debut=debut,
        fenetre_fin=fin,
        nombre_envoyes=une.nombre if une.liste else None,
        nombre_integres=une.integres if une.liste and une.controle_le is not None else None,
    )
    return publie("occurrence", data, f"remontee/{annee.annee}")

"""Commands of a deposit: the confirmation, the checks in SIECLE's order, the replacement, the night (R-PRO-03, 50 to 55, 72 to 74)."""

import re
from datetime import datetime

from msgspec.structs import replace

from processors.depot_siecle import messages, prediction, publications, tranches
from processors.depot_siecle.calcul import annee_utilisee, situation, tetes_connues
from processors.depot_siecle.connaissance import Lien
from processors.depot_siecle.garde import suivante
from processors.depot_siecle.reglages import Reglages
from processors.depot_siecle.state import Collecte, Depot, Ecole, LienSaisi, Motif, Tete
from schemas.outcome import Deadline, Emitted, Event, Outcome, Refusal
from schemas.records import siecle as records

NUIT = "nuit"
"""The one deadline of a school: its next treatment."""

_NOM = re.compile(r"(\d{7}[A-Z])ELEGROUPE(\d{4})(\d{12})\.(zip|xml)", re.ASCII)


def nom_lu(fichier: str) -> tuple[str, int] | None:
    """UAI and millésime of a file's name; None for a malformed one, an impossible instant included (R-PRO-42)."""
    found = _NOM.fullmatch(fichier)
    if found is None:
        return None
    try:
        datetime.strptime(found[3], "%y%m%d%H%M%S")  # noqa: DTZ007 (school-local: only its form matters)
    except ValueError:
        return None
    return found[1], int(found[2])


def demande(_reglages: Reglages, ecole: Ecole, event: Event) -> Outcome:
    """« Déposer »: SIECLE asks first, and nothing is analysed (R-PRO-50)."""
    data: records.DepotDemande = event.data
    asked = records.ConfirmationDemandee(
        uai=data.uai,
        fichier=data.fichier,
        messages=messages.CONFIRMATION,
        boutons=messages.BOUTONS,
        rappels=(messages.RAPPEL_4A,),
    )
    emitted = Emitted(publications.SUIVI, "confirmation_demandee", asked)
    return Outcome(replace(ecole, demande=data.fichier), (emitted,), because="la confirmation est demandée")


def reponse(reglages: Reglages, ecole: Ecole, event: Event) -> Outcome:
    """Annuler: nothing. OK: the checks, then the file waits for the night."""
    data: records.DepotReponse = event.data
    fichier = ecole.demande
    if fichier is None:
        return _refuser(ecole, messages.AUCUNE_DEMANDE)
    if data.choix == "ANNULER":
        gone = Emitted(publications.SUIVI, "depot_annule", records.DepotAnnule(uai=data.uai, fichier=fichier))
        return Outcome(replace(ecole, demande=None), (gone,), because="annulé : rien n'est analysé")
    found = _controler(reglages, ecole, event.key, fichier)
    return _refuser(ecole, found) if isinstance(found, Refusal) else _deposer(reglages, ecole, event, found)


def _controler(reglages: Reglages, ecole: Ecole, uai: str, fichier: str) -> Tete | Refusal:
    """Name, year, content, then what must come before (2 once, 3, 4a). What reading decides, the reader has already refused."""
    read = nom_lu(fichier)
    if read is None:
        return messages.NOM_MAL_FORME
    if read[0] != uai:
        return messages.autre_etablissement(uai)
    annee = annee_utilisee(reglages, ecole, uai)
    if annee is not None and read[1] != annee:
        return messages.ANNEE_DIFFERENTE
    tete = ecole.tetes.get("FICHIER")
    if tete is None or _base(tete.fichier) != _base(fichier):
        return messages.fichier_inconnu(tete is not None)
    blocking = prediction.obstacles(situation(reglages, ecole, uai, tete))
    if blocking:
        return blocking[0]
    return messages.trop_grand(reglages.eleves_max) if tete.nombre > reglages.eleves_max else tete


def _base(fichier: str) -> str:
    return fichier.rsplit(".", 1)[0]


def _deposer(reglages: Reglages, ecole: Ecole, event: Event, tete: Tete) -> Outcome:
    """Only the last file deposited is kept: it takes the place of one that waits (R-PRO-74)."""
    due = reglages.prochain_traitement(event.key, event.time)
    before = ecole.depot
    depose = records.FichierDepose(
        uai=event.key,
        fichier=tete.fichier,
        message=messages.DEPOSE,
        etat="DEPOSE",
        depose_le=event.time,
        traitement_le=due,
        remplace=None if before is None else before.tete.fichier,
    )
    after = replace(ecole, demande=None, depot=Depot(tete, event.time, due))
    emitted = Emitted(publications.SUIVI, "fichier_depose", depose, subject=f"depot/{tete.fichier}")
    return Outcome(after, (emitted,), deadlines=(Deadline(NUIT, due),), because=messages.DEPOSE)


def nuit(_reglages: Reglages, ecole: Ecole, event: Event) -> Outcome:
    """The night has come for the file that waits: what is known of the school is gathered."""
    depot = ecole.depot
    if depot is None:
        return Outcome(ecole, counted="sans_depot", because="aucun fichier n'attend")
    ecole = replace(ecole, depot=None)
    after, order = collecter(ecole, event.key, "NUIT", (*tetes_connues(ecole), depot.tete), depot, event.time)
    return Outcome(after, (order,), because="le traitement de la nuit commence")


def predire(ecole: Ecole, uai: str) -> tuple[Ecole, tuple[Emitted, ...]]:
    """Gather what is known for a prediction of the last file."""
    tete = ecole.tetes.get("FICHIER")
    if tete is None:
        return ecole, ()
    after, order = collecter(ecole, uai, "PREDICTION", (*tetes_connues(ecole), tete))
    return after, (order,)


def prediction_demande(_reglages: Reglages, ecole: Ecole, event: Event) -> Outcome:
    """Again, with what is known now."""
    after, orders = predire(ecole, event.key)
    return Outcome(after, orders) if orders else _refuser(ecole, messages.fichier_inconnu(False))


def collecter(
    ecole: Ecole, uai: str, motif: Motif, tetes: tuple[Tete, ...], depot: Depot | None = None, quand: datetime | None = None
) -> tuple[Ecole, Emitted]:
    """Send an order through the slices of these collections; it comes back as `collecte_faite`."""
    numero = ecole.collectes_faites + 1
    keys = tuple(key for tete in tetes for key in tranches.cles(uai, tete))
    waiting = {**ecole.collectes, str(numero): Collecte(motif, tetes, depot, quand)}
    order = suivante(records.Collecte(uai=uai, motif=motif, numero=numero, reste=keys, contenus=()), ())
    return replace(ecole, collectes_faites=numero, collectes=waiting), order


def lien_saisi(reglages: Reglages, ecole: Ecole, event: Event) -> Outcome:
    """A link made or taken away by hand in SIECLE: the next treatment wipes it unless the file has it (R-PRO-51)."""
    data: records.LienSaisi = event.data
    if len(ecole.liens_saisis) >= reglages.liens_saisis_max:
        return _refuser(ecole, messages.TROP_DE_LIENS_SAISIS)
    lien = Lien(data.code_groupe, data.date_debut_groupe, data.date_fin_groupe)
    return Outcome(replace(ecole, liens_saisis=(*ecole.liens_saisis, LienSaisi(data.eleve_id, lien, data.retire))))


def _refuser(ecole: Ecole, refusal: Refusal) -> Outcome:
    return Outcome(ecole, refusal=refusal, because=refusal.message)

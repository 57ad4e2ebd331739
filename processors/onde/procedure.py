"""The procedure as data: chapters in their order (R-ONDE-01), what shows each done, what an export cannot do without."""

from collections.abc import Callable
from dataclasses import dataclass

from processors.onde import base, messages
from processors.onde.state import Ecole
from schemas.outcome import Refusal
from schemas.records.onde import EtapeOnde, StatutEtape

Avancement = tuple[StatutEtape, str | None]
"""Status, and what is missing."""


@dataclass(frozen=True, slots=True)
class Chapitre:
    """One chapter, with its exact heading."""

    etape: EtapeOnde
    libelle: str
    avancement: Callable[[Ecole], Avancement]


def manque_formations(ecole: Ecole) -> Refusal | None:
    """The formations must be imported each year (R-ONDE-04)."""
    if ecole.annee_formations == ecole.annee:
        return None
    if ecole.annee_formations is None:
        return messages.formations_absentes()
    return messages.formations_perimees(ecole.annee_formations, ecole.annee)


def manque_classes(ecole: Ecole) -> Refusal | None:
    """Every class has its code, contract, type and formations; no code twice (R-ONDE-06, R-ONDE-07)."""
    if not ecole.classes:
        return messages.aucune_classe()
    sans_code = base.sans_code(ecole)
    if sans_code:
        return messages.classes_sans_code(sans_code)
    doubles = base.codes_en_double(ecole)
    if doubles:
        return messages.code_en_double(*doubles[0])
    incompletes = base.incompletes(ecole)
    if incompletes:
        return messages.classe_incomplete(*incompletes[0])
    return None


def manque_controle(ecole: Ecole) -> Refusal | None:
    """A control without any anomaly, and nothing modified since (R-ONDE-10)."""
    if ecole.controle is None:
        return messages.controle_absent()
    if not ecole.controle.valide:
        return messages.controle_invalide()
    if ecole.controle.non_conformes:
        return messages.controle_non_conforme(ecole.controle.non_conformes)
    return None


def _formations(ecole: Ecole) -> Avancement:
    manque = manque_formations(ecole)
    if manque is None:
        return "FAITE", None
    return ("A_FAIRE" if ecole.annee_formations is None else "A_REFAIRE"), manque.message


def _classes(ecole: Ecole) -> Avancement:
    manque = manque_classes(ecole)
    return ("FAITE", None) if manque is None else ("A_FAIRE", manque.message)


def _controle(ecole: Ecole) -> Avancement:
    manque = manque_controle(ecole)
    if manque is None:
        return "FAITE", None
    return ("A_FAIRE", None) if ecole.controle is None else ("A_REFAIRE", manque.message)


def _export(ecole: Ecole) -> Avancement:
    if ecole.export is None:
        return "A_FAIRE", None
    match ecole.export.phase:
        case "ATTENDUE" | "ANNONCEE":
            return "ATTEND_CHARLEMAGNE", messages.ATTEND_ARCHIVE
        case "REFUSEE":
            return "A_REFAIRE", messages.EXPORT_REFUSE
    return "FAITE", None


def _depot(ecole: Ecole) -> Avancement:
    """Never done until a person says so (R-ONDE-13)."""
    if ecole.export is None or ecole.export.phase in ("ATTENDUE", "ANNONCEE"):
        return "A_FAIRE", None
    match ecole.export.phase:
        case "DEPOSEE":
            return "FAITE", None
        case "REFUSEE":
            return "A_REFAIRE", messages.EXPORT_REFUSE
    return "ATTEND_UNE_PERSONNE", messages.ATTEND_PERSONNE


CHAPITRES = (
    Chapitre("FORMATIONS", "IMPORTATION DES FORMATIONS DU 1ER DEGRE", _formations),
    Chapitre("CLASSES", "AFFECTATION DES CLASSES", _classes),
    Chapitre("CONTROLE", "CONTROLE DE LA BASE ELEVES", _controle),
    Chapitre("EXPORT", "EXPORTER LA BASE ELEVES", _export),
    Chapitre("DEPOT", "IMPORTER LE FICHIER DANS ONDE", _depot),
)

AVANT_CONTROLE = (manque_formations, manque_classes)
"""Gates of the control, in the order of the chapters."""
AVANT_EXPORT = (*AVANT_CONTROLE, manque_controle)
"""Gates of the export (AC-52)."""

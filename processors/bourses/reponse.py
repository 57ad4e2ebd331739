"""The synchronous answer (R-AGL-02…06, 36): POSITIVE only when it is certain, else one waiting answer, whatever the cause.

Pure: from the rights of one student, whether they are fresh, and a question. Asking changes nothing.
"""

from typing import Literal

import msgspec

from schemas.records.bourses import Droits, DroitsAnnee

NON_CONFIRMEE = "bourse non encore confirmée"
"""The message of a detection (R-AGL-07), the same for every doubt."""

SANS_DROITS = "Aucun dossier de bourse n'est connu sous cet identifiant : ce n'est pas une preuve que l'étudiant n'est pas boursier."
AUTRE_ANNEE = "Aucun dossier de bourse de cette année n'est connu sous cet identifiant."
PAS_A_JOUR = "Le bus n'est pas sûr d'avoir tout lu : rien ne peut être affirmé."
INSCRIPTION_NON_ACQUISE = "L'inscription connue dans cet établissement n'a pas encore de bourse acquise."
HORS_DELAI = "La question est arrivée trop tard pour celui qui l'a posée."
SANS_REPONSE = "La réponse n'est pas venue à temps."
SANS_VOEU = "Aucun vœu du dossier ne porte sur ce qui est demandé."


class Question(msgspec.Struct, frozen=True, gc=False):
    """What is asked of one student, whose key is known."""

    annee: int
    """Year in which the school year starts."""
    uai: str | None = None
    cod_etp: str | None = None


class Reponse(msgspec.Struct, frozen=True, gc=False):
    """The answer, and what only the operator may see of it."""

    reponse: Literal["POSITIVE", "ATTENTE"]
    raison: str = ""
    a_rejouer: bool = False
    """The doubt is the bus's own: the same question may be answered otherwise in a moment (R-AGL-36)."""

    @property
    def corps(self) -> dict[str, str]:
        """What the caller gets. Two waiting answers are equal, byte for byte (R-AGL-05)."""
        return {"reponse": "POSITIVE"} if self.reponse == "POSITIVE" else {"reponse": "ATTENTE", "message": NON_CONFIRMEE}


POSITIVE = Reponse("POSITIVE")


def attendre(raison: str) -> Reponse:
    """The question itself failed (too late, nobody answered): a doubt, never a no (R-AGL-36)."""
    return Reponse("ATTENTE", raison, a_rejouer=True)


def repondre(droits: Droits | None, question: Question, a_jour: bool = True) -> Reponse:
    """`a_jour`: everything said until less than the permitted delay ago is in `droits`."""
    if not a_jour:
        return attendre(PAS_A_JOUR)
    if droits is None or not droits.annees:
        return Reponse("ATTENTE", SANS_DROITS)
    for annee in droits.annees:
        if annee.annee == question.annee:
            raison = _doute(annee, question)
            return Reponse("ATTENTE", raison) if raison else POSITIVE
    return Reponse("ATTENTE", AUTRE_ANNEE)


def _doute(annee: DroitsAnnee, question: Question) -> str:
    """A bursary acquired for what is asked is certain. A decided dossier is, where no registration contradicts it, for a
    registration that one of its vœux foresees: the étape asked, else any of that establishment."""
    known = False
    for inscription in annee.inscriptions:
        if _porte_sur(inscription.uai, inscription.cod_etp, question):
            if inscription.definitive:
                return ""
            known = True
    if not annee.affirmable:
        return annee.raison
    if known:
        return INSCRIPTION_NON_ACQUISE
    return "" if any(_porte_sur(voeu.uai, voeu.cod_etp, question) for voeu in annee.voeux) else SANS_VOEU


def _porte_sur(uai: str, cod_etp: str, question: Question) -> bool:
    return question.uai in (None, uai) and question.cod_etp in (None, cod_etp)

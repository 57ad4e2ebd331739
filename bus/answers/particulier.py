"""The answer in the form of API Particulier v4 (`/v4/cnous/etudiant_boursier/ine`), so that software written for it can be
pointed at the bus. Pure: from the rights of one student to a body, from faults to the errors that API documents.

Only what is certain is a bursary; of everything else it says "not found" (26003), never "not boursier". A radiation is told,
since the CNOUS says it itself. What the bus does not know of a person is left out, as for a token without that scope.
"""

import re
from collections.abc import Mapping
from typing import Any

from processors.bourses.reponse import Question, repondre
from schemas.records.bourses import Droits, DroitsAnnee, FicheCnous

PROVIDER = "CNOUS"
FIRST_CAMPAIGN = 2021
INE = re.compile(r"[0-9a-zA-Z]{11}")
_SIRET = re.compile(r"[0-9]{14}")
LA_POSTE = "356000000"

SCOPES: Mapping[str, tuple[str, ...]] = {
    "cnous_statut_boursier": ("statut_boursier",),
    "cnous_periode_versement": ("periode_versement_bourse",),
    "cnous_ville_etudes": ("etablissement_etudes",),
    "cnous_echelon_bourse": ("echelon_bourse",),
    "cnous_email": ("email",),
    "cnous_identite": ("identite",),
}
"""Scope → the fields that it lets out."""

Body = dict[str, Any]


def error(code: str, title: str, detail: str, parameter: str | None = None, **meta: Any) -> Body:
    """One error as that API writes it."""
    source = None if parameter is None else {"parameter": parameter}
    return {"errors": [{"code": code, "title": title, "detail": detail, "source": source, "meta": meta}]}


NO_TOKEN = error("00101", "Interdit", "Votre token n'est pas valide ou n'est pas renseigné", "token")
NO_RIGHT = error(
    "00100",
    "Privilèges insuffisants",
    "Votre token est valide mais vos privilèges sont insuffisants. Listez vos privilèges sur /api/introspect",
    "token",
)
NO_RECIPIENT = error("00203", "Entité non traitable", "Le paramètre recipient est obligatoire", "recipient")
BAD_RECIPIENT = error("00210", "Entité non traitable", "Le paramètre recipient n'est pas un siret valide", "recipient")
BAD_INE = error("00360", "Entité non traitable", "Le numéro d'INE n'est pas correctement formatté", "ine")
BAD_REQUEST = error("00401", "Mauvaise requête", "Votre requête est invalide")
TOO_MANY = error("00429", "Trop de requêtes", "Vous avez effectué trop de requêtes")
NOT_FOUND = error("26003", "Entité non trouvée", "Aucun étudiant boursier n'a pu être trouvé.", provider=PROVIDER)
AWAY = error(
    "26001",
    "Service non disponible",
    "Service du fournisseur de données temporairement indisponible ou en maintenance.",
    provider=PROVIDER,
    retry_in=10,
)


def valid_siret(text: str) -> bool:
    """14 digits with Luhn's key; those of La Poste's establishments have a plain sum of digits that is a multiple of 5."""
    if not _SIRET.fullmatch(text):
        return False
    if text.startswith(LA_POSTE) and sum(map(int, text)) % 5 == 0:
        return True
    doubled = (int(digit) * (2 if rank % 2 == 0 else 1) for rank, digit in enumerate(text))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def answer(droits: Droits | None, annee: int | None, fresh: bool, scopes: tuple[str, ...]) -> Body | None:
    """The 200 body, less the fields that the scopes do not let out; None: not found. `annee` None: the latest certain year."""
    chosen = _chosen(droits, annee, fresh)
    if chosen is None:
        return None
    allowed = {field for scope in scopes for field in SCOPES.get(scope, ())}
    data = {name: value for name, value in _data(chosen).items() if name in allowed and value is not None}
    return {"data": data, "links": {}, "meta": {}}


def _chosen(droits: Droits | None, annee: int | None, fresh: bool) -> DroitsAnnee | None:
    if droits is None or not fresh:
        return None
    years = sorted(droits.annees, key=lambda each: each.annee, reverse=True)
    wanted = [each for each in years if annee in (None, each.annee)]
    return next((each for each in wanted if _radie(each) or _certain(droits, each)), None)


def _certain(droits: Droits, annee: DroitsAnnee) -> bool:
    return repondre(droits, Question(annee.annee)).reponse == "POSITIVE"


def _radie(annee: DroitsAnnee) -> bool:
    return annee.fiche is not None and annee.fiche.radie


def _data(annee: DroitsAnnee) -> Body:
    fiche = annee.fiche or FicheCnous()
    radiation = fiche.date_radiation.isoformat() if fiche.radie and fiche.date_radiation is not None else None
    return {
        "statut_boursier": {"est_boursier": not fiche.radie, "est_radie": fiche.radie, "date_radiation": radiation},
        "periode_versement_bourse": _period(fiche),
        "etablissement_etudes": _whole(nom_commune=fiche.ville_etudes, nom_etablissement=fiche.etablissement),
        "echelon_bourse": None
        if annee.echelon is None
        else {"echelon": annee.echelon, "echelon_bourse_regionale_provisoire": annee.provisoire},
        "email": fiche.email,
        "identite": _identity(fiche),
    }


def _period(fiche: FicheCnous) -> Body | None:
    return _whole(date_rentree=fiche.date_rentree.isoformat() if fiche.date_rentree is not None else None, duree=fiche.duree)


def _identity(fiche: FicheCnous) -> Body | None:
    return _whole(
        nom=fiche.nom,
        prenoms=list(fiche.prenoms) or None,
        date_naissance=fiche.date_naissance.isoformat() if fiche.date_naissance is not None else None,
        nom_commune_naissance=fiche.lieu_naissance,
        sexe=fiche.sexe,
    )


def _whole(**fields: Any) -> Body | None:
    """An object of that API, or nothing when one of the parts that it must have is unknown."""
    return None if any(value is None for value in fields.values()) else fields

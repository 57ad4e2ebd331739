"""The calendar as data: 23 steps, their exact words, what must come before, whom and by when they are for (R-CHA-01 to 38).

The numbers are not the order of execution (R-CHA-30): `exige` and `suit` are. The colours of the printed table are lost:
`systemes` is inferred from the labels (A-23).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from schemas.records.academie import TypeEtablissement

PREMIERE, DERNIERE = 1, 23
ENVOI_AVEC_OMOGEN, ENVOI_SANS_OMOGEN, CONTROLE_INTEGRATION = 21, 22, 23
ENVOI_EFFECTIFS, CONTROLE_RECEPTION = 19, 20
ENVOIS = (ENVOI_AVEC_OMOGEN, ENVOI_SANS_OMOGEN)


class Terme(Enum):
    """By when, in the words of the table (R-CHA-33)."""

    AVANT_JUILLET = "Avant début juillet"
    AVANT_14_JUILLET = "Avant le 14 juillet"
    AVANT_RENTREE = "Avant la rentrée"
    DEBUT_SEPTEMBRE = "Début septembre"
    FENETRE = "De la mi-septembre {annee} à fin mai {suivante} :"


@dataclass(frozen=True, slots=True)
class Etape:
    """One row of the table."""

    numero: int
    section: str
    libelle: str
    reference: str
    a_faire: str
    systemes: tuple[str, ...]
    terme: Terme | None = None
    """None: no machine date."""
    exige: tuple[int, ...] = ()
    """Explicit dependencies: a gate (R-CHA-38)."""
    suit: tuple[int, ...] = ()
    """Inferred dependencies: a warning. Those without object for the school do not count."""
    suit_avec_omogen: tuple[int, ...] | None = None
    """Instead of `suit`, with OMOGEN; None: the same."""
    omogen: bool | None = None
    """Only with (True) or only without (False) the web service."""
    types: frozenset[TypeEtablissement] | None = None
    """Only for these schools; None: all of the second degree."""

    def consigne(self, annee: int) -> str:
        """The column « A FAIRE », for the school year that begins in `annee`."""
        return self.a_faire.format(annee=annee, suivante=annee + 1)


PARAMETRAGES = "Conseils = Siècle 2-Préconisations de paramétrages"
NOMENCLATURES = "Conseils = Siècle 3-Nomenclatures & Divisions"
OUVERTURE = "Traitements fin d'année et ouverture année (Cf les aides en ligne dans ? > Aides en lignes > Procédures)"
EVALUATION = "Conseils = Siècle 4-Evaluation de rentrée"
REMONTEE = "Conseils = Siècle 5-Echanges & Remontée des élèves"

LYCEES: frozenset[TypeEtablissement] = frozenset(("LYCEE", "CITE_SCOLAIRE"))
COLLEGES: frozenset[TypeEtablissement] = frozenset(("COLLEGE", "CITE_SCOLAIRE"))

_JUILLET = Terme.AVANT_JUILLET
_14_JUILLET = Terme.AVANT_14_JUILLET
_RENTREE = Terme.AVANT_RENTREE
_SEPTEMBRE = Terme.DEBUT_SEPTEMBRE
_AIDES = "Cf les aides en ligne dans ?, Liaison Rectorat"
_REPETEZ = "Selon les directives rectorales, répétez périodiquement les opérations 21 à 23"
_IDENTIFIANTS = "Importation des identifiants nationaux Elèves et des identifiants familles dans Charlemagne + Envoi des élèves"

_TABLE = (
    Etape(1, PARAMETRAGES, "Bascule d'année dans STSweb", "Conseils = Siècle 2 p. 1", "Dès que possible", ("STSWEB",)),
    Etape(
        2,
        PARAMETRAGES,
        "Informations et conseils: Dates dans Fiches Elèves, Ouverture de classe, Elèves sortis, Dossier d'échange",
        "Conseils = Siècle 2 p. 3",
        "Informations à lire",
        (),
    ),
    Etape(
        3,
        NOMENCLATURES,
        "Profilage des nomenclatures dans SIECLE",
        "Conseils = Siècle 3 p. 1",
        _JUILLET.value,
        ("SIECLE",),
        _JUILLET,
        suit=(1,),
    ),
    Etape(
        4,
        NOMENCLATURES,
        "Mise à jour des structures dans STSweb",
        "Conseils = Siècle 3 p. 5",
        _JUILLET.value,
        ("STSWEB",),
        _JUILLET,
        suit=(1, 3),
    ),
    Etape(
        5,
        NOMENCLATURES,
        "Envoi des structures vers SIECLE",
        "Conseils = Siècle 3 p. 6",
        _JUILLET.value,
        ("STSWEB", "SIECLE"),
        _JUILLET,
        suit=(4,),
    ),
    Etape(
        6,
        NOMENCLATURES,
        "Exportation des nomenclatures, structures de SIECLE si vous n'utilisez pas le Web_service OMOGEN",
        "Conseils = Siècle 3 p. 7",
        _JUILLET.value,
        ("SIECLE",),
        _JUILLET,
        suit=(3, 5),
        omogen=False,
    ),
    Etape(
        7,
        NOMENCLATURES,
        "Importation des nomenclatures et structures dans Charlemagne",
        "Conseils = Siècle 3 p. 8",
        "Après la bascule d'année Charlemagne",
        ("CHARLEMAGNE",),
        exige=(13,),
        suit=(6,),
        suit_avec_omogen=(5,),
    ),
    Etape(
        8,
        OUVERTURE,
        "Dans Charlemagne Notes : remontée PARCOURSUP pour les classes de première en lycée",
        _AIDES,
        _14_JUILLET.value,
        ("CHARLEMAGNE", "PARCOURSUP"),
        _14_JUILLET,
        types=LYCEES,
    ),
    Etape(
        9,
        OUVERTURE,
        "Dans Charlemagne Compétences : remontée LSU pour les collèges",
        _AIDES,
        _14_JUILLET.value,
        ("CHARLEMAGNE", "LSU"),
        _14_JUILLET,
        types=COLLEGES,
    ),
    Etape(
        10,
        OUVERTURE,
        "Saisir les inscriptions ou transférer les préinscriptions",
        "TFA-Ouverture année p.2",
        _RENTREE.value,
        ("CHARLEMAGNE",),
        _RENTREE,
    ),
    Etape(
        11,
        OUVERTURE,
        "Saisir les dates et motifs de sortie",
        "TFA-Ouverture année p3",
        _RENTREE.value,
        ("CHARLEMAGNE",),
        _RENTREE,
        suit=(10,),
    ),
    Etape(
        12,
        OUVERTURE,
        "Renseigner l'onglet An Prochain(N+1)",
        "TFA-Ouverture année p4",
        _RENTREE.value,
        ("CHARLEMAGNE",),
        _RENTREE,
        suit=(11,),
    ),
    Etape(
        13,
        OUVERTURE,
        "Ouvrir la nouvelle année (N+1)",
        "TFA-Ouverture année p 7",
        _RENTREE.value,
        ("CHARLEMAGNE",),
        _RENTREE,
        suit=(8, 9, 10, 11, 12),
    ),
    Etape(
        14,
        OUVERTURE,
        "Importer les fichiers du Rectorat dans la nouvelle année (N+1)",
        "TFA-Ouverture année p 10",
        _RENTREE.value,
        ("CHARLEMAGNE",),
        _RENTREE,
        exige=(13,),
    ),
    Etape(
        15,
        OUVERTURE,
        "Contrôler la Structure et les Formations sur les classes",
        "TFA-Ouverture année p 12",
        _RENTREE.value,
        ("CHARLEMAGNE",),
        _RENTREE,
        suit=(7, 14),
    ),
    Etape(
        16,
        OUVERTURE,
        "Contrôler et finaliser les fiches élèves",
        "TFA-Ouverture année p 13",
        _RENTREE.value,
        ("CHARLEMAGNE",),
        _RENTREE,
        suit=(15,),
    ),
    Etape(
        17,
        EVALUATION,
        "Mise à jour des effectifs réels dans STSweb",
        "Conseils = Siècle 4 p 1",
        _SEPTEMBRE.value,
        ("STSWEB",),
        _SEPTEMBRE,
        suit=(1,),
    ),
    Etape(
        18,
        EVALUATION,
        "Exportation vers SCONET",
        "Conseils = Siècle 4 p 1",
        _SEPTEMBRE.value,
        ("STSWEB", "SIECLE"),
        _SEPTEMBRE,
        suit=(17,),
    ),
    Etape(
        ENVOI_EFFECTIFS,
        EVALUATION,
        "Envoi des effectifs depuis SIECLE",
        "Conseils = Siècle 4 p 2",
        _SEPTEMBRE.value,
        ("SIECLE", "BEA"),
        _SEPTEMBRE,
        suit=(18,),
    ),
    Etape(
        CONTROLE_RECEPTION,
        EVALUATION,
        "Contrôle de la réception dans la BEA",
        "Conseils = Siècle 4 p 3",
        "Après envoi EVA",
        ("SIECLE", "BEA"),
        exige=(ENVOI_EFFECTIFS,),
    ),
    Etape(
        ENVOI_AVEC_OMOGEN,
        REMONTEE,
        f"Cas n° 1: Avec l'utilisation du Web_service OMOGEN: {_IDENTIFIANTS}",
        "Conseils = Siècle 5 p 2",
        Terme.FENETRE.value,
        ("CHARLEMAGNE", "SIECLE", "OMOGEN"),
        Terme.FENETRE,
        suit=(7, 16),
        omogen=True,
    ),
    Etape(
        ENVOI_SANS_OMOGEN,
        REMONTEE,
        f"Cas n°2 : Sans l'utilisation du Web_service OMOGEN : {_IDENTIFIANTS}",
        "Conseils = Siècle 5 p 4",
        _REPETEZ,
        ("CHARLEMAGNE", "SIECLE"),
        Terme.FENETRE,
        suit=(6, 7, 16),
        omogen=False,
    ),
    Etape(
        CONTROLE_INTEGRATION,
        REMONTEE,
        "Contrôle de l'intégration des élèves dans la BEE",
        "Conseils = Siècle 5 p8",
        _REPETEZ,
        ("SIECLE",),
        suit=ENVOIS,
    ),
)

ETAPES: Mapping[int, Etape] = {etape.numero: etape for etape in _TABLE}


def sans_objet(etape: Etape, type_etablissement: TypeEtablissement, omogen: bool) -> str | None:
    """Why a step is none of this school's, in French; None when it is (R-CHA-31, R-CHA-34)."""
    if type_etablissement == "ECOLE":
        return "école du premier degré : elle remonte ses élèves vers ONDE"
    if etape.omogen is not None and etape.omogen != omogen:
        return "l'établissement n'utilise pas le Web_service OMOGEN" if etape.omogen else "l'établissement utilise le Web_service OMOGEN"
    if etape.types is not None and type_etablissement not in etape.types:
        return "lycées seulement" if etape.types is LYCEES else "collèges seulement"
    return None


def precedents(etape: Etape, omogen: bool) -> tuple[int, ...]:
    """The steps that usually come before (inferred)."""
    return etape.suit_avec_omogen if omogen and etape.suit_avec_omogen is not None else etape.suit


def etape_d_envoi(omogen: bool) -> int:
    """21 with OMOGEN, 22 without (R-CHA-31)."""
    return ENVOI_AVEC_OMOGEN if omogen else ENVOI_SANS_OMOGEN

"""The words that invented schools are made of: names, places, formations, subjects. A person's name is a chance meeting of two lists."""

from dataclasses import dataclass

FAMILY_NAMES = (
    "ABELARD", "AMBROISE-TERRIER", "AUBÉPIN", "BARBEZIEUX", "BEN SALEM", "BÉRANGER", "BOISVERT", "BRÉMOND", "CAÏD", "CHÂTELAIN",
    "CLÉMENCEAU", "D'ALBERTAS", "D'HÉROUVILLE", "DA SILVA", "DE LA MOTTE", "DE SAINT-AUBIN", "DELACROIX", "DU PONT", "DUCHÊNE",
    "EL MANSOURI", "ÉLOI", "FAŸ", "FLEURY", "FONTANÈS", "GARÇON", "GUÉGUEN", "HAMANI", "HAŸNES", "HOAREAU", "ISNARD", "JAÏRUS",
    "KERVÉGAN", "L'HERMITE", "LE GOFF", "LE QUÉRÉ", "LEBŒUF", "LEFÈVRE", "MAÏGA", "MONTFLEURY", "N'DIAYE", "NGUYEN-ROCHE", "NOËL",
    "O'BRYAN", "OUVÉA", "PAÏTA", "PERRAULT", "POINDIMIÉ", "QUÉNEL", "RAÏATEA", "ROCHEBRUNE", "SAINT-YVES", "TRAORÉ-VIDAL", "TÊTU",
    "URBAIN", "VAN DER MEER", "VÉRON", "WAÏMA", "XAVIER", "YVETOT", "ZÉNON",
)  # fmt: skip
GIRLS = (
    "Adèle", "Aïcha", "Anne-Laure", "Anaïs", "Béatrice", "Chloé", "Cécile", "Éléonore", "Fatoumata", "Gaëlle", "Hélène", "Inès",
    "Jeanne", "Kaéla", "Léa", "Loïse", "Maëlys", "Marie-Noëlle", "Nahéma", "Océane", "Romane", "Salomé", "Thaïs", "Wassila",
    "Zoé",
)  # fmt: skip
BOYS = (
    "Adrien", "Alizé", "Benoît", "Bérenger", "Célestin", "Clément", "Dimitri", "Élie", "Félix", "François", "Gaël", "Hédi",
    "Ismaël", "Jean-Noël", "Kévin", "Loïc", "Maël", "Maxence", "Noé", "Ousmane", "Raphaël", "Sékou", "Théo", "Ulysse", "Yanaël",
    "Zéphyr",
)  # fmt: skip
STREETS = (
    "rue de l'Église", "allée des Tilleuls", "chemin du Moulin à Vent", "boulevard Jean-Jaurès", "impasse de l'Étang",
    "lotissement Les Niaoulis", "place du Marché", "route de la Mer", "rue du Général-de-Gaulle", "quai de l'Île",
    "résidence Bel'Air", "tribu de Néaoua",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Town:
    """A commune: INSEE code, postal code, name."""

    insee: str
    postal: str
    name: str


@dataclass(frozen=True, slots=True)
class Territory:
    """Where schools whose UAI begins so are."""

    prefix: str
    label: str
    departement: str
    academie: tuple[str, str]
    zone: str
    towns: tuple[Town, ...]
    southern: bool = False
    """The school year is the calendar year after the millésime (Nouvelle-Calédonie)."""


NOUVELLE_CALEDONIE = Territory(
    "983",
    "Nouvelle-Calédonie",
    "988",
    ("40", "NOUVELLE CALEDONIE"),
    "Pacific/Noumea",
    (
        Town("98807", "98816", "HOUAILOU"),
        Town("98818", "98800", "NOUMEA"),
        Town("98822", "98822", "POINDIMIE"),
        Town("98821", "98890", "PAITA"),
    ),
    southern=True,
)
REUNION = Territory(
    "974",
    "La Réunion",
    "974",
    ("28", "LA REUNION"),
    "Indian/Reunion",
    (Town("97411", "97400", "SAINT DENIS"), Town("97416", "97410", "SAINT PIERRE"), Town("97406", "97431", "LA PLAINE DES PALMISTES")),
)
GUADELOUPE = Territory(
    "971",
    "Guadeloupe",
    "971",
    ("32", "GUADELOUPE"),
    "America/Guadeloupe",
    (Town("97120", "97110", "POINTE A PITRE"), Town("97101", "97139", "LES ABYMES"), Town("97117", "97180", "SAINTE ANNE")),
)
METROPOLE = Territory(
    "",
    "Métropole",
    "084",
    ("02", "AIX-MARSEILLE"),
    "Europe/Paris",
    (
        Town("84007", "84000", "AVIGNON"),
        Town("84054", "84800", "L ISLE SUR LA SORGUE"),
        Town("2A004", "20000", "AJACCIO"),
        Town("75112", "75012", "PARIS 12E  ARRONDISSEMENT"),
        Town("13055", "13001", "MARSEILLE 01"),
    ),
)
TERRITORIES = (NOUVELLE_CALEDONIE, REUNION, GUADELOUPE, METROPOLE)
"""In the order tried: the last one is everywhere else."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A matière: national code, mnemonic, label, weekly hours, modality of a pupil's option (None: everyone has it)."""

    code: str
    gestion: str
    label: str
    hours: str
    modality: str | None = None


COMMON = (
    Subject("020700", "FRANC", "FRANCAIS", "4.50"),
    Subject("061300", "MATHS", "MATHEMATIQUES", "3.50"),
    Subject("043700", "HI-GE", "HISTOIRE-GEOGRAPHIE", "3.00"),
    Subject("062900", "SVT", "SCIENCES DE LA VIE ET DE LA TERRE", "1.50"),
    Subject("100100", "EPS", "EDUCATION PHYSIQUE ET SPORTIVE", "3.00"),
)
FIRST_LANGUAGE = Subject("030201", "AGL1", "ANGLAIS LV1", "3.00", "O")
SECOND_LANGUAGES = (Subject("030602", "ESP2", "ESPAGNOL LV2", "2.50", "O"), Subject("030402", "ALL2", "ALLEMAND LV2", "2.50", "O"))
MELANESIAN = Subject("038902", "LMJ2", "MELANESIEN AJIE LV2", "2.50", "O")
LATIN = Subject("020300", "LCALA", "LCA LATIN", "1.00", "F")


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a school: short code, label, MEF, formation, MEFSTAT11, whether a second language and Latin are taught, usual age."""

    code: str
    label: str
    mef: str
    formation: str
    mefstat: str
    second_language: bool
    age: int


COLLEGE = (
    Level("6", "6EME", "10010012110", "6EME", "21110010001", False, 11),
    Level("5", "5EME", "10110001110", "5G", "21120010001", True, 12),
    Level("4", "4EME", "10210001110", "4G", "21130010001", True, 13),
    Level("3", "3EME", "10310019110", "3EME", "21140010001", True, 14),
)
LYCEE = (
    Level("2", "2NDE", "20010018110", "2-GT", "22110010001", True, 15),
    Level("1", "1ERE", "20111011110", "1-G", "22120010001", True, 16),
    Level("T", "TERM", "20211011110", "T-G", "22130010001", True, 17),
)
ECOLE = (
    Level("PS", "PS", "", "PS", "", False, 3),
    Level("MS", "MS", "", "MS", "", False, 4),
    Level("GS", "GS", "", "GS", "", False, 5),
    Level("CP", "CP", "", "CP", "", False, 6),
    Level("CE1", "CE1", "", "CE1", "", False, 7),
    Level("CE2", "CE2", "", "CE2", "", False, 8),
    Level("CM1", "CM1", "", "CM1", "", False, 9),
    Level("CM2", "CM2", "", "CM2", "", False, 10),
)
CYCLES = {"PS": "CYCLE I", "MS": "CYCLE I", "GS": "CYCLE I", "CP": "CYCLE II", "CE1": "CYCLE II", "CE2": "CYCLE II"}
"""The cycle of a level; the others are of CYCLE III."""
REGIMES = ("0", "2", "2", "2", "24", "3")
PROFESSIONS = ("10", "21", "31", "34", "42", "45", "52", "56", "63", "67", "85")

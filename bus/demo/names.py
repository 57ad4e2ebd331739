"""Invented people. Given names are common ones; surnames are put together from syllables and belong to nobody we know."""

from random import Random

GIVEN = (
    "Amélie", "Anaïs", "Aurélien", "Benoît", "Camille", "Cécile", "Chloé", "Clémence", "Désirée", "Élodie", "Éloïse", "Étienne",
    "Fanny", "François", "Gaëlle", "Grégoire", "Hélène", "Inès", "Jean-Baptiste", "Joël", "Kévin", "Léa", "Loïc", "Maëlys",
    "Marie-Ange", "Mathéo", "Maxence", "Noémie", "Océane", "Raphaël", "Rémi", "Salomé", "Solène", "Théo", "Thaïs", "Yaël", "Zoé",
    "Aïcha", "Amadou", "Fatoumata", "Ibrahim", "Kaïna", "Linh", "Mehdi", "Nour", "Oumaïma", "Wassila", "Xuân",
    "Heimana", "Hinatea", "Moana", "Teiva", "Vaïana", "Wanaë", "Iëkawé", "Nassuf", "Raïssa", "Célimène", "Dieudonné", "Laurette",
)  # fmt: skip

STARTS = (
    "Var",
    "Bel",
    "Cor",
    "Tré",
    "Ker",
    "Gui",
    "Lan",
    "Mer",
    "Sau",
    "Bré",
    "Fau",
    "Jou",
    "Pé",
    "Rou",
    "Thé",
    "Vau",
    "Blan",
    "Char",
    "Du",
    "Mou",
)
MIDDLES = ("", "ga", "li", "ma", "né", "ro", "va", "do", "ti")
ENDS = (
    "vannier",
    "dréal",
    "quevin",
    "gançois",
    "hévrin",
    "lossart",
    "bréville",
    "moreux",
    "tassin",
    "guérac",
    "pignolet",
    "zeau",
    "raunac",
    "çonnet",
)
PARTICLES = ("de ", "de la ", "du ", "d'", "Le ", "L'", "des ")
OVERSEAS = (
    "Wanémoué", "Iépoulo", "Tahuarii", "Teravaahi", "Manutahé", "Mhadjouni", "Soilihiné", "Virapinmalé", "Sinadassé", "Zitamboul",
    "Kaliémou", "N'Doulavé", "N'Guémané", "M'Sahidou", "Fakatauli", "Bello-Cimarel", "Rosamélia", "Grandpélé",
)  # fmt: skip

LONGEST = 30
"""Characters of LIB_NOM_PAT_IND."""


def given_name(random: Random) -> str:
    return random.choice(GIVEN)


def surname(random: Random) -> str:
    """As Apogée keeps it: capitals, accents and apostrophes kept, at most 30 characters."""
    if random.random() < 0.12:
        name = random.choice(OVERSEAS)
    else:
        name = random.choice(STARTS) + random.choice(MIDDLES) + random.choice(ENDS)
        chance = random.random()
        if chance < 0.08:
            particle = random.choice(PARTICLES)
            name = particle + ("É" + name[1:] if particle.endswith("'") else name)
        elif chance < 0.12:
            name = f"{name}-{random.choice(STARTS)}{random.choice(ENDS)}"
    return name.upper()[:LONGEST]

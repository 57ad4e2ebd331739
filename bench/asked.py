"""The students of the answers' measures: invented, one in five of whom nothing is certain."""

from schemas.records.bourses import Droits, DroitsAnnee, InscriptionSuivie, VoeuOuvert

SECRET = b"a secret of the measurements alone"
ANNEE = 2026
UAI = "0990101A"
ETAPE = "L1INFO"


def nne_of(rank: int) -> str:
    """Eleven characters, different for each rank. They start where no real one is known to start."""
    return f"99{rank:08d}A"


def rights_of(rank: int) -> Droits:
    """What the matching publishes of a student with one dossier, two vœux and one registration."""
    certain = rank % 5 != 0
    annee = DroitsAnnee(
        annee=ANNEE,
        affirmable=certain,
        provisoire=False,
        echelon="5",
        voeux=(VoeuOuvert(uai=UAI, cod_etp=ETAPE), VoeuOuvert(uai="0990102B", cod_etp=ETAPE)),
        inscriptions=(InscriptionSuivie(uai=UAI, cod_etp=ETAPE, definitive=certain),),
        raison="" if certain else "Dossier non traité.",
    )
    return Droits(annees=(annee,))

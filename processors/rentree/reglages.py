"""What an academy may set: calendars, holidays, the rhythm of reminders. Frozen and versioned."""

from datetime import date
from zoneinfo import ZoneInfo

import msgspec

from schemas.zones import zone_of


class JourDeLAnnee(msgspec.Struct, frozen=True):
    """A day told by its month and day, in the year of the rentrée plus `an`."""

    mois: int
    jour: int
    an: int = 0

    def de(self, annee: int) -> date:
        return date(annee + self.an, self.mois, self.jour)


class Calendrier(msgspec.Struct, frozen=True, kw_only=True):
    """The machine dates of one school calendar (R-CHA-33). `annee` is that of the rentrée."""

    nom: str
    departements: tuple[str, ...] = ()
    """First three characters of the UAI that follow it; none: the default one."""
    structures: JourDeLAnnee
    """« Avant début juillet »: strictly before."""
    bilans: JourDeLAnnee
    """« Avant le 14 juillet »: strictly before."""
    rentree: JourDeLAnnee
    """« Avant la rentrée »: strictly before; used when the school does not say its own."""
    effectifs: JourDeLAnnee
    """« Début septembre »: the last day on time."""
    fenetre_debut: JourDeLAnnee
    """« mi-septembre »: the first day of the sendings (R-CHA-32)."""
    fenetre_fin: JourDeLAnnee
    """« fin mai »: their last day."""


METROPOLE = Calendrier(
    nom="metropole",
    structures=JourDeLAnnee(7, 1),
    bilans=JourDeLAnnee(7, 14),
    rentree=JourDeLAnnee(9, 1),
    effectifs=JourDeLAnnee(9, 15),
    fenetre_debut=JourDeLAnnee(9, 15),
    fenetre_fin=JourDeLAnnee(5, 31, 1),
)
NOUVELLE_CALEDONIE = Calendrier(
    nom="nouvelle_caledonie",
    departements=("983", "986"),
    structures=JourDeLAnnee(12, 1, -1),
    bilans=JourDeLAnnee(12, 14, -1),
    rentree=JourDeLAnnee(2, 15),
    effectifs=JourDeLAnnee(3, 1),
    fenetre_debut=JourDeLAnnee(3, 1),
    fenetre_fin=JourDeLAnnee(10, 31),
)
"""A year from February to December, as in Wallis-et-Futuna: the same distances to the rentrée and to the end of the year. A
proposal, to be set by the vice-rectorat: no public text gives these dates."""


class Vacances(msgspec.Struct, frozen=True):
    """Days without class of the schools of some zones, both ends included."""

    zones: str
    """`A`, `ABC`."""
    debut: date
    fin: date


VACANCES: tuple[Vacances, ...] = (
    Vacances("ABC", date(2024, 7, 6), date(2024, 9, 1)),
    Vacances("ABC", date(2024, 10, 19), date(2024, 11, 3)),
    Vacances("ABC", date(2024, 12, 21), date(2025, 1, 5)),
    Vacances("A", date(2025, 2, 22), date(2025, 3, 9)),
    Vacances("B", date(2025, 2, 8), date(2025, 2, 23)),
    Vacances("C", date(2025, 2, 15), date(2025, 3, 2)),
    Vacances("A", date(2025, 4, 19), date(2025, 5, 4)),
    Vacances("B", date(2025, 4, 5), date(2025, 4, 21)),
    Vacances("C", date(2025, 4, 12), date(2025, 4, 27)),
    Vacances("ABC", date(2025, 7, 5), date(2025, 8, 31)),
    Vacances("ABC", date(2025, 10, 18), date(2025, 11, 2)),
    Vacances("ABC", date(2025, 12, 20), date(2026, 1, 4)),
    Vacances("A", date(2026, 2, 7), date(2026, 2, 22)),
    Vacances("B", date(2026, 2, 14), date(2026, 3, 1)),
    Vacances("C", date(2026, 2, 21), date(2026, 3, 8)),
    Vacances("A", date(2026, 4, 4), date(2026, 4, 19)),
    Vacances("B", date(2026, 4, 11), date(2026, 4, 26)),
    Vacances("C", date(2026, 4, 18), date(2026, 5, 3)),
    Vacances("ABC", date(2026, 7, 4), date(2026, 8, 31)),
    Vacances("ABC", date(2026, 10, 17), date(2026, 11, 1)),
    Vacances("ABC", date(2026, 12, 19), date(2027, 1, 3)),
    Vacances("A", date(2027, 2, 13), date(2027, 2, 28)),
    Vacances("B", date(2027, 2, 20), date(2027, 3, 7)),
    Vacances("C", date(2027, 2, 6), date(2027, 2, 21)),
    Vacances("A", date(2027, 4, 10), date(2027, 4, 25)),
    Vacances("B", date(2027, 4, 17), date(2027, 5, 2)),
    Vacances("C", date(2027, 4, 3), date(2027, 4, 18)),
    Vacances("ABC", date(2027, 7, 3), date(2027, 8, 31)),
)
"""The national calendar of zones A, B and C; a school's own holidays replace it."""


class Reglages(msgspec.Struct, frozen=True, kw_only=True):
    """Defaults are those of the calendar's own texts, read as R-CHA-33 does."""

    version: str = "2024.1"
    omogen: bool = False
    """Of a school whose academy does not say."""
    calendriers: tuple[Calendrier, ...] = (METROPOLE, NOUVELLE_CALEDONIE)
    """The first one is the default."""
    vacances: tuple[Vacances, ...] = VACANCES
    heure_rappel: int = 8
    """Local hour of the week's reminder, on the first school day from Monday to Friday."""
    jours_de_rappel: int = 30
    """Days after the end of the sendings during which a year's late steps are still recalled."""
    jours_rendus: int = 7
    """A closure gives back the days it takes from the last `jours_rendus` days before a deadline."""
    periodicite_envois: int = 0
    """Days within which the rectorat wants the next sending; 0: it does not say (R-CHA-32)."""
    annees_max: int = 3
    """School years that a state keeps."""
    occurrences_max: int = 40
    """Sendings of one year that a state keeps."""
    place_eleves: int = 46_000
    """Bytes that the pupils of one school's unchecked sendings may take: about 3,400 pupils."""
    effectifs_max: int = 400
    """Lines of one school's figures."""
    membres_max: int = 4_000
    """Schools of one département."""

    def __post_init__(self) -> None:
        """Raises ValueError, in French, for what cannot be applied."""
        if not self.calendriers:
            raise ValueError("calendriers : au moins un calendrier est attendu")
        for each in self.calendriers:
            for jour in (each.structures, each.bilans, each.rentree, each.effectifs, each.fenetre_debut, each.fenetre_fin):
                _verifie(each.nom, jour)
            if each.fenetre_debut.de(2000) > each.fenetre_fin.de(2000):
                raise ValueError(f"calendrier {each.nom} : la période de remontée finit avant de commencer")
        if any(each.debut > each.fin for each in self.vacances):
            raise ValueError("vacances : une période finit avant de commencer")
        if not 0 <= self.heure_rappel <= 23:
            raise ValueError("heure_rappel : une heure de 0 à 23 est attendue")
        if min(self.jours_de_rappel, self.periodicite_envois) < 0:
            raise ValueError("jours_de_rappel et periodicite_envois : des nombres positifs ou nuls sont attendus")
        limites = (self.jours_rendus, self.annees_max, self.occurrences_max, self.place_eleves, self.effectifs_max, self.membres_max)
        if min(limites) < 1:
            raise ValueError("jours_rendus et les limites d'un état : des nombres positifs sont attendus")

    def calendrier(self, uai: str, dit: str | None) -> Calendrier:
        """The calendar that a school names, else that of its département, else the first."""
        if dit is not None:
            named = next((each for each in self.calendriers if each.nom == dit), None)
            if named is not None:
                return named
        return next((each for each in self.calendriers if uai[:3] in each.departements), self.calendriers[0])

    def fuseau(self, uai: str, dit: str | None) -> ZoneInfo:
        """The zone of a school's business dates (R-BUS-07)."""
        return ZoneInfo(dit or zone_of(uai))


_BISSEXTILE = 2000


def _verifie(nom: str, jour: JourDeLAnnee) -> None:
    try:
        jour.de(_BISSEXTILE)
    except ValueError:
        raise ValueError(f"calendrier {nom} : {jour.jour}/{jour.mois} n'est pas un jour de l'année") from None
    if (jour.mois, jour.jour) == (2, 29):
        raise ValueError(f"calendrier {nom} : le 29 février n'existe pas chaque année")

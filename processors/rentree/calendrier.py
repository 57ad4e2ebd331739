"""Days of the calendar: deadlines, closures that move them, holidays, the day of the week's reminder. Local days in and out."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from processors.rentree.procedure import Etape, Terme
from processors.rentree.reglages import Calendrier, Vacances
from processors.rentree.state import Fermeture, Periode, Profil

UN_JOUR = timedelta(days=1)
SAMEDI = 5
"""`date.weekday()` of the first day without school."""
CHERCHE = 200
"""Days after which no school day is looked for any more."""


def jour_local(instant: datetime, zone: ZoneInfo) -> date:
    """The day that the school reads on its calendar at this instant."""
    return instant.astimezone(zone).date()


def instant_local(jour: date, heure: int, zone: ZoneInfo) -> datetime:
    """That hour of that day in the zone, UTC."""
    return datetime.combine(jour, time(heure), zone).astimezone(UTC)


def semaine(jour: date) -> str:
    """The ISO week of a day, such as `2024-W38`."""
    annee, rang, _ = jour.isocalendar()
    return f"{annee:04d}-W{rang:02d}"


def terme(etape: Etape, calendrier: Calendrier, profil: Profil, annee: int) -> date | None:
    """The last day on which a step is on time, closures left out; None: it has no date (R-CHA-33)."""
    match etape.terme:
        case Terme.AVANT_JUILLET:
            return calendrier.structures.de(annee) - UN_JOUR
        case Terme.AVANT_14_JUILLET:
            return calendrier.bilans.de(annee) - UN_JOUR
        case Terme.AVANT_RENTREE:
            return (profil.rentree or calendrier.rentree.de(annee)) - UN_JOUR
        case Terme.DEBUT_SEPTEMBRE:
            return calendrier.effectifs.de(annee)
        case Terme.FENETRE:
            return calendrier.fenetre_fin.de(annee)
        case None:
            return None


def decalee(jour: date, systemes: Sequence[str], fermetures: Iterable[Fermeture], jours_rendus: int) -> date:
    """A deadline after the closures of the systems it needs.

    A closure that takes days from the last `jours_rendus` days before the deadline gives them back after it has reopened, or
    after the deadline when it reopens before. Two closures of one day take it once.
    """
    utiles = [each for each in fermetures if each.systeme in systemes and not each.annulee]
    fermes = {each.debut + n * UN_JOUR for each in utiles for n in range((each.fin - each.debut).days + 1)}
    perdus = sum(1 for n in range(jours_rendus) if jour - n * UN_JOUR in fermes)
    while perdus > 0:
        jour += UN_JOUR
        if jour not in fermes:
            perdus -= 1
    return jour


def en_vacances(jour: date, profil: Profil, vacances: Iterable[Vacances]) -> bool:
    """Whether the school is closed that day: its own holidays if it gives any, else those of its zone."""
    if profil.vacances:
        return _dans(jour, profil.vacances)
    if profil.zone_vacances is None:
        return False
    return any(each.debut <= jour <= each.fin for each in vacances if profil.zone_vacances in each.zones)


def jour_de_rappel(depuis: date, faite: str, ferme: Callable[[date], bool]) -> date | None:
    """The first school day from `depuis` on of a week after the last reminded one (`faite`); None: none within half a year."""
    for ecart in range(CHERCHE):
        jour = depuis + ecart * UN_JOUR
        if jour.weekday() < SAMEDI and semaine(jour) > faite and not ferme(jour):
            return jour
    return None


def _dans(jour: date, periodes: Iterable[Periode]) -> bool:
    return any(each.debut <= jour <= each.fin for each in periodes)

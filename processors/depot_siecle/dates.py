"""Dates of an inscription brought back into the pupils' year (R-PRO-62, 63, 71; A-34, A-40)."""

from datetime import date

from msgspec.structs import replace

from processors.depot_siecle import messages
from processors.depot_siecle.connaissance import Calendrier, EleveSiecle, Lien
from processors.depot_siecle.messages import Anomalie


def borner(lien: Lien, eleve: EleveSiecle, calendrier: Calendrier) -> tuple[Lien, tuple[Anomalie, ...]]:
    """The link with its dates inside the pupils' year, and what was said of each change; once done, again changes nothing.

    A start outside goes back to the pupil's entry when he entered during the year, else to the first day; an end outside goes to
    the last day, or to the exit date of a pupil who left before. A start that is not before the end is then reset the same way.
    """
    found: list[Anomalie] = []
    debut, fin = lien.debut, lien.fin
    origine = _origine(eleve, calendrier)
    if debut is not None and not calendrier.comprend(debut):
        found.append(messages.debut_hors_periode(debut, lien.groupe, calendrier, origine))
        debut = origine
    if fin is not None and not calendrier.comprend(fin):
        terme = _terme(eleve, calendrier)
        found.append(messages.fin_hors_periode(fin, lien.groupe, calendrier, terme))
        fin = terme
    if debut is not None and fin is not None and debut >= fin:
        retenu = origine if origine < fin else calendrier.rentree
        if retenu != debut:
            found.append(messages.debut_apres_fin(debut, fin, lien.groupe, retenu))
            debut = retenu
    return (replace(lien, debut=debut, fin=fin) if found else lien), tuple(found)


def _origine(eleve: EleveSiecle, calendrier: Calendrier) -> date:
    entree = eleve.entree
    return entree if entree is not None and calendrier.comprend(entree) else calendrier.rentree


def _terme(eleve: EleveSiecle, calendrier: Calendrier) -> date:
    sortie = eleve.sortie
    return sortie if sortie is not None and calendrier.comprend(sortie) else calendrier.sortie

"""A check's reports as one accessible page that loads nothing from elsewhere."""

from collections.abc import Sequence

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from bus.controler.rapport import Rapport
from sinks.siecle.page import COLONNES, TITRE

_PAGES = Environment(
    loader=ChoiceLoader((PackageLoader("bus.controler"), PackageLoader("sinks.siecle"))),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def html(rapports: Sequence[Rapport]) -> str:
    """The page; values of files are escaped."""
    return _PAGES.get_template("rapport.html").render(rapports=rapports, titre=TITRE, colonnes=COLONNES)

"""The sources that an installation asks: those that its settings give an address."""

from dataclasses import dataclass

from bus.pulling.feed import open_feed
from bus.pulling.fregata import open_api
from bus.pulling.view import open_view
from bus.settings import Settings
from connectors.apogee import completion
from connectors.apogee.vue import ApogeeVue
from connectors.fregata.inscriptions import FregataInscriptions
from connectors.pegase.flux import PegaseFlux
from schemas.outcome import PullConnector


@dataclass(frozen=True, slots=True)
class Source:
    """One source and how often it is asked once it has nothing more."""

    connector: PullConnector
    interval: float


def configured(settings: Settings) -> frozenset[str]:
    """The names of the sources that are turned on."""
    on = {
        ApogeeVue.name: settings.apogee_vue.configured,
        completion.NAME: settings.apogee_ws.configured,
        PegaseFlux.name: settings.pegase.configured,
        FregataInscriptions.name: settings.fregata.configured,
    }
    return frozenset(name for name, turned_on in on.items() if turned_on)


def open_sources(settings: Settings) -> tuple[Source, ...]:
    """Ready to be asked; nothing is yet."""
    secret = settings.student_key()
    found: list[Source] = []
    if settings.apogee_vue.configured:
        found.append(Source(open_view(settings.apogee_vue, secret), settings.apogee_vue.interval_seconds))
    if settings.pegase.configured:
        found.append(Source(open_feed(settings.pegase, secret), settings.pegase.interval_seconds))
    if settings.fregata.configured:
        found.append(Source(open_api(settings.fregata, secret), settings.fregata.interval_seconds))
    return tuple(found)

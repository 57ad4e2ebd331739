"""Every connector, once. Adding a system is one folder, one line here and one class of the contract tests."""

from collections.abc import Mapping
from typing import Protocol

from connectors.academie.connector import Academie
from connectors.aglae.connector import Aglae
from connectors.apogee.completion import ApogeeComplements
from connectors.apogee.connector import Apogee
from connectors.apogee.vue import ApogeeVue
from connectors.charlemagne.connector import Charlemagne
from connectors.chorus.connector import Chorus
from connectors.crous.connector import Crous
from connectors.draaf.connector import Draaf
from connectors.etablissement.connector import Etablissement
from connectors.extranet.connector import Extranet
from connectors.fregata.inscriptions import FregataInscriptions
from connectors.lsu.connector import Lsu
from connectors.luciole.connector import Luciole
from connectors.nne.connector import Nne
from connectors.onde.connector import Onde
from connectors.pegase.flux import PegaseFlux
from connectors.pronote.connector import Pronote
from connectors.pve.connector import Pve
from connectors.safir.connector import Safir
from connectors.siecle.compte_rendu import SiecleSuivi
from connectors.siecle.connector import Siecle
from connectors.sts.connector import Sts
from connectors.support.connector import Support
from connectors.transport.deliveries import Policy
from schemas.outcome import Accepted, Delivery, Refused

DIRECTION = "entrée"


class Connector(Protocol):
    """A `PushConnector` with what `bus/` must know to serve it."""

    @property
    def system(self) -> str: ...
    @property
    def topics(self) -> tuple[str, ...]: ...
    @property
    def transports(self) -> tuple[str, ...]:
        """`depot` (its folder of the inbox), `http` (`POST /v1/<system>/evenements`)."""
        ...

    @property
    def kinds(self) -> Mapping[str, Policy]:
        """The kinds it recognises and what equal bytes mean for each."""
        ...

    def accept(self, delivery: Delivery) -> Accepted | Refused: ...


class Asked(Protocol):
    """The pure half of a `PullConnector`: what to ask and how to read it. `bus/` asks."""

    @property
    def name(self) -> str: ...
    @property
    def system(self) -> str: ...
    @property
    def topics(self) -> tuple[str, ...]: ...


def push_connectors(secret: bytes) -> tuple[Connector, ...]:
    """The connectors that receive. `secret` makes the keys of students (architecture §3)."""
    return (
        Apogee(secret),
        Aglae(secret),
        Crous(secret),
        Pve(secret),
        Nne(secret),
        Siecle(secret),
        SiecleSuivi(),
        Etablissement(),
        Charlemagne(),
        Academie(),
        Sts(),
        Pronote(),
        Onde(),
        Lsu(),
        Extranet(secret),
        Safir(secret),
        Luciole(),
        Chorus(),
        Draaf(),
        Support(),
    )


def pull_connectors(secret: bytes) -> tuple[Asked, ...]:
    """The sources that are asked."""
    return (ApogeeVue(secret), ApogeeComplements(), PegaseFlux(secret), FregataInscriptions(secret))

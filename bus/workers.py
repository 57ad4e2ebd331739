"""The processes of an installation: which ones the supervisor keeps alive, and by which command."""

import sys

from bus.processors import all_processors, domain_of
from bus.pulling.sources import configured
from bus.settings import Settings
from bus.told import Told
from connectors.apogee.completion import NAME as COMPLETED

TRANSPORTS = {"http": "bus.push.http_push", "inbox": "bus.inbox.worker", "sorties": "bus.outgoing.worker"}
"""The processes that take what arrives and write what leaves, by the name people see."""


ANSWERS = {"bourses": {"reponses": "bus.answers"}}
"""Domain → the processes that answer its questions, by the name people see."""

SOURCES, COMPLEMENTS = "interrogations", "complements"
"""The process that asks the sources and the one that completes registrations, where the settings turn them on."""


class UnknownDomain(Told):
    """`PASSERELLE_DOMAINS` names a domain without any processor."""

    exit_code = 2


def commands(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Name → command line: one worker a processor of the enabled domains, and the transports."""
    known = {domain_of(processor) for processor in all_processors()}
    unknown = sorted(set(settings.domains) - known)
    if unknown:
        raise UnknownDomain(f"PASSERELLE_DOMAINS : domaine inconnu {', '.join(unknown)} ; connus : {', '.join(sorted(known))}.")
    names = [processor.name for processor in all_processors() if domain_of(processor) in settings.domains]
    workers = {name: (sys.executable, "-m", "bus.engine.worker", name) for name in names}
    answers = {name: module for domain in settings.domains for name, module in ANSWERS.get(domain, {}).items()}
    on = configured(settings)
    asked = {SOURCES: "bus.pulling.worker"} if on - {COMPLETED} else {}
    asked |= {COMPLEMENTS: "bus.pulling.completing_worker"} if COMPLETED in on else {}
    return {**{name: (sys.executable, "-m", module) for name, module in (TRANSPORTS | asked | answers).items()}, **workers}

"""Every procedure of the bus, one line each. SQL projections and outgoing files are listed by `sinks/registry.py`."""

from processors.bilans_lsu import PROCESSOR as BILANS_LSU
from processors.bourses import PROCESSOR as BOURSES
from processors.comptes import PROCESSOR as COMPTES
from processors.correspondances import PROCESSOR as CORRESPONDANCES
from processors.depot_siecle import PROCESSOR as DEPOTS
from processors.depot_siecle import TRANCHES
from processors.formation import PROCESSOR as FORMATION
from processors.lsu import PROCESSOR as LSU
from processors.luciole import PROCESSOR as LUCIOLE
from processors.onde import PROCESSOR as ONDE
from processors.presences import PROCESSOR as PRESENCES
from processors.rentree import PROCESSOR as RENTREE
from processors.verrou import PROCESSOR as VERROU
from schemas.outcome import Processor

PROCESSORS: tuple[Processor, ...] = (
    BOURSES,
    FORMATION,
    COMPTES,
    LUCIOLE,
    VERROU,
    LSU,
    CORRESPONDANCES,
    BILANS_LSU,
    DEPOTS,
    TRANCHES,
    PRESENCES,
    RENTREE,
    ONDE,
)

"""The life of training actions, their tables and the mails of their accounts, on a real broker, held against `simulate`."""

import asyncio
from collections.abc import Iterator

import pytest

from bus.processors import all_processors
from tests.bus.procedures.network import Network, of_domain, simulated
from tests.services import Services

PROCESSORS = of_domain(all_processors(), "formation", "comptes")


@pytest.fixture
def network(services: Services, prefix: str, schema: str) -> Iterator[Network]:
    made = Network(services, prefix, schema, PROCESSORS)
    yield made
    made.close()


@pytest.mark.parametrize("name", ["ac_34_cloture_et_solde", "ac_45_trois_acomptes", "ac_50_comptes_effectifs_avenant"])
def test_a_scenario_on_the_broker_gives_what_it_gives_in_memory(network: Network, name: str) -> None:
    played = simulated("formation", name)

    async def scenario() -> None:
        async with network.running():
            await network.play(played)
        said = await network.said()
        assert len(set(said)) == len(said)
        assert set(said) == played.said(PROCESSORS)

    asyncio.run(scenario())
    rows = played.rows(PROCESSORS)
    assert rows
    assert network.rows(rows) == rows
    assert network.effects() == played.effects()

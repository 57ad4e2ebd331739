"""The demonstration's training actions: the real connectors and the real rules give what the plan announces."""

import io
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from bus.demo import organismes
from bus.demo.organismes import Action
from bus.engine.fold import Fold, Incoming, KeyState
from connectors.extranet.connector import Extranet
from connectors.registry import Connector
from connectors.safir.connector import Safir
from processors.formation import PROCESSOR
from schemas.identity import from_receipt
from schemas.outcome import Accepted, Delivery, Event
from schemas.records.formation import Refus

SECRET = b"secret de demonstration, 32 octets"
TODAY = date(2027, 2, 11)
RECEIVED = datetime(2027, 2, 11, 8, tzinfo=UTC)
ACTIONS = organismes.generate(7, TODAY)


def heard(connector: Connector, events: Iterable[organismes.Event]) -> Iterator[Event]:
    body = json.dumps(list(events)).encode()
    answer = connector.accept(Delivery("", len(body), lambda: io.BytesIO(body), RECEIVED, "application/json"))
    assert isinstance(answer, Accepted), answer
    for record in answer.records:
        identifier = from_receipt(body[:99].hex(), record.position)
        if record.topic in PROCESSOR.inputs:
            yield Event(identifier, record.name, record.time, record.key, record.subject, "/essai", record.topic, record.data)


def played(action: Action) -> dict[str, list[Any]]:
    """What the procedure publishes on this action, by name."""
    safir, extranet = Safir(SECRET), Extranet(SECRET)
    order = (
        (safir, organismes.vote),
        (safir, organismes.papiers),
        (extranet, organismes.vie),
        (safir, organismes.acceptations),
        (extranet, organismes.solde),
        (safir, organismes.reglement),
    )
    fold = Fold(PROCESSOR, PROCESSOR.reglages(), lambda _topic, _name, _data: b"", lambda _topic, fields: Refus(**fields))
    events = [event for connector, chapter in order for event in heard(connector, chapter(action))]
    folded = fold(
        [Incoming(event, msgspec.json.encode(event.id), rank) for rank, event in enumerate(events)], {action.contrat: KeyState()}, {}
    )
    assert folded.dead == []
    found: dict[str, list[Any]] = {}
    for output in folded.outputs:
        found.setdefault(output.name, []).append(output.data)
    return found


def test_the_same_seed_gives_the_same_actions_and_another_one_another() -> None:
    assert organismes.generate(7, TODAY) == ACTIONS
    assert organismes.generate(8, TODAY) != ACTIONS
    assert ACTIONS[0].mois == ("2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11")


@pytest.mark.parametrize("action", ACTIONS, ids=[action.frequence for action in ACTIONS])
def test_the_rules_pay_what_the_plan_announces(action: Action) -> None:
    found = played(action)
    last = {facture.reference: facture for facture in found["facture"]}
    assert {facture.statut for facture in last.values()} == {"ACCEPTEE"}
    acomptes = tuple(facture.montant_ht for facture in last.values() if facture.nature == "ACOMPTE")
    assert acomptes == action.acomptes
    assert (last["SOLDE"].montant_ht, last["SOLDE"].realise_ht) == (action.solde, action.realise)
    assert action.avance + sum(acomptes, Decimal(0)) + action.solde == action.realise
    assert [refus.code for refus in found["refus"]] == ["DECLARATION_NON_CONFIRMEE"]
    assert found["action_suivie"][-1].etat == "SOLDEE"


def test_every_justified_hour_has_its_papers() -> None:
    for action in ACTIONS:
        assert any(ligne.justifiees for mois in action.mois for ligne in action.lignes[mois])
        assert played(action).get("anomalie", []) == []

"""The demonstration's campaign: deterministic, invented, readable by the real connectors, adding up."""

import io
import json
from datetime import UTC, datetime
from decimal import Decimal

from bus.demo import campagne
from connectors.draaf.connector import Draaf
from connectors.luciole.connector import Luciole
from schemas.identifiants import uai_warnings
from schemas.outcome import Accepted, Delivery

AT = datetime(2026, 6, 1, 8, tzinfo=UTC)
CAMPAIGN = campagne.generate(7, (3, 2), 40)


def accepted(connector: Luciole | Draaf, events: list[campagne.Event]) -> int:
    body = json.dumps(events).encode()
    answer = connector.accept(Delivery("", len(body), lambda: io.BytesIO(body), AT, "application/json"))
    assert isinstance(answer, Accepted), answer
    return len(list(answer.records))


def test_the_same_seed_gives_the_same_campaign_and_another_one_another() -> None:
    assert campagne.generate(7, (3, 2), 40) == CAMPAIGN
    assert campagne.generate(8, (3, 2), 40) != CAMPAIGN


def test_each_instructor_has_his_own_etablissements_and_each_uai_its_letter() -> None:
    assert [each.instructeur for each in CAMPAIGN] == [CAMPAIGN[0].instructeur] * 3 + [CAMPAIGN[3].instructeur] * 2
    assert CAMPAIGN[0].instructeur != CAMPAIGN[3].instructeur
    assert len({each.uai for each in CAMPAIGN}) == 5
    assert {uai_warnings(each.uai) for each in CAMPAIGN} == {()}
    assert {each.ogapi for each in CAMPAIGN} == {True, False}


def test_every_event_is_one_that_the_connectors_take() -> None:
    events = [event for each in CAMPAIGN for event in (*campagne.instruction(each, AT), campagne.flux(each, AT))]
    assert accepted(Luciole(), events) == 5 * (1 + 40 + 1 + 1)
    assert accepted(Draaf(), [campagne.validation(each.fichier, AT) for each in CAMPAIGN]) == 5


def test_a_closed_dossier_is_neither_sent_nor_paid() -> None:
    first = CAMPAIGN[0]
    assert len(first.envoyes) == 38
    assert first.montant == sum((dossier.montant for dossier in first.dossiers if not dossier.clos), Decimal(0))
    closed = next(dossier for dossier in first.dossiers if dossier.clos)
    event = campagne.du_dossier(first, closed, AT)
    assert event["date_cloture"] == "2026-06-01"
    assert not {"bordereau", "montant", "decision"} & set(event)

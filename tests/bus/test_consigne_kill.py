"""A worker killed by SIGKILL on the way of a file larger than a message: no event is ever without its bytes, nothing is stored twice."""

import hashlib
import signal
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select

from bus import topic_admin
from bus.consigne import Consigne
from bus.database.transport_tables import consigne, consigne_morceaux
from bus.publishing import RecordPublisher
from connectors.pronote import elegroupe, model
from connectors.pronote.connector import Pronote
from connectors.transport.passthrough import LARGEST_CARRIED
from tests.bus.inbox_kills import killed
from tests.bus.receiving import Receiving, receiving
from tests.services import Services
from topics.catalogue import CATALOGUE

FILES = "pronote.fichiers.v1"
STEPS = ("accepted", "prepared", "kept", "window_published", "published", "recorded", "moved", "settled")
"""`kept`: the bytes are durable, no event says so yet. `published`: the event is there, nobody has claimed the bytes for it."""
PROJECT = Path(__file__).resolve().parent.parent.parent


def links(step: int) -> tuple[str, str]:
    """A file of links of its own for each step, with a comment that no compression makes small."""
    groupes = (model.Groupe(code_groupe="4A", date_debut_groupe="2018-02-19", date_fin_groupe="2018-12-14"),)
    eleve = model.Eleve(eleve_id="1", nom_de_famille="TEIN", prenom="Noe", date_naiss="2005-04-02", groupes=groupes)
    file = model.Elegroupe(
        version="1.4",
        parametres=model.Parametres(uaj="9830418M", annee_scolaire="2017", date_import="24/07/2018", num_envoi="1", logiciel="PRONOTE"),
        donnees=model.Donnees(eleves=(eleve,)),
    )
    noise = f"<!-- {Random(step).randbytes(LARGEST_CARRIED).hex()} -->"
    text = elegroupe.write(file).decode("ascii").replace("</IMPORT_ELEVES>", f"{noise}</IMPORT_ELEVES>")
    return f"9830418MELEGROUPE20171807240913{step:02d}.xml", text


class Died(BaseException):
    """Stands for SIGKILL."""


def make_topics(bus: Receiving) -> None:
    with topic_admin.administration(bus.kafka) as client:
        topic_admin.create(client, [topic for topic in CATALOGUE if topic.name in Pronote.topics], bus.deployment)


@pytest.mark.parametrize(("step", "stored", "published"), [("prepared", 0, 0), ("kept", 1, 0), ("published", 1, 1)])
def test_the_bytes_are_durable_before_any_record_says_so(
    services: Services, prefix: str, schema: str, tmp_path: Path, step: str, stored: int, published: int
) -> None:
    def probe(name: str) -> None:
        if name == step:
            raise Died

    with receiving(services, prefix, schema, tmp_path) as bus:
        make_topics(bus)
        name, text = links(0)
        bus.drop(name, text, "pronote")

        async def work(publisher: RecordPublisher) -> None:
            inbox = bus.inbox(publisher, "pronote", probe=probe)
            for _ in range(2):
                await inbox.cycle()

        with pytest.raises(Died):
            bus.run(work, probe=probe)
        with bus.database.begin() as connection:
            assert connection.execute(select(func.count()).select_from(consigne)).scalar_one() == stored
        assert len([each for each in bus.came(FILES) if each.name == "fichier"]) == published


def test_a_kill_at_any_step_leaves_every_event_with_its_bytes(services: Services, prefix: str, schema: str, tmp_path: Path) -> None:
    with receiving(services, prefix, schema, tmp_path) as bus:
        make_topics(bus)
        bus.folders("pronote")
        made = {step: links(number) for number, step in enumerate(STEPS)}
        orders = [{"name": name, "content": step, "step": step} for step, (name, _) in made.items()]
        ends = killed(bus, orders, {step: text for step, (_, text) in made.items()}, system="pronote")
        assert [(each["step"], each["killed"], each["finished"]) for each in ends] == [(step, int(signal.SIGKILL), 0) for step in STEPS]
        assert {row["state"] for row in bus.rows()} == {"ARCHIVED"}

        heads = [each for each in bus.came(FILES) if each.name == "fichier"]
        assert {each.data.nom for each in heads} == {name for name, _ in made.values()}
        assert len({each.envelope.ce_id for each in heads}) == len(STEPS), "published again under the same id"
        contents = {name: text.encode() for name, text in made.values()}
        store = Consigne(bus.database)
        for each in heads:
            assert each.data.consigne
            assert each.data.empreinte == hashlib.sha256(contents[each.data.nom]).hexdigest()
            assert b"".join(store.read(each.data.empreinte)) == contents[each.data.nom]
        with bus.database.begin() as connection:
            count = select(func.count()).select_from(consigne_morceaux)
            assert connection.execute(count).scalar_one() == len(STEPS)
            for until, stored in connection.execute(select(consigne.c.kept_until, consigne.c.stored_at)):
                assert 29 < (until - stored).days < 31, "each is claimed as long as its topic"

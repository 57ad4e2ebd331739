"""What every sink promises, over the registry: one more sink is one more case, none can be left out."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy

from bus.deployment import Deployment
from bus.engine.assembly import check_processor, topics_of
from bus.outgoing.http import METHODS, is_path
from bus.outgoing.mail_message import compose
from bus.processors import all_processors
from schemas.outcome import FileInPieces, FilePerGroup, FileSink, HttpSink, MailSink, Processor
from sinks.edt.files import PASSED_ON
from sinks.registry import FILE_SINKS, HTTP_SINKS, MAIL_SINKS, METADATAS, PROCESSORS, TABLES
from topics.catalogue import CATALOGUE

NAMES = [*(sink.name for sink in FILE_SINKS), *(sink.name for sink in MAIL_SINKS), *(sink.name for sink in HTTP_SINKS)]

PIECES: list[dict[str, Any]] = [
    {"uai": "0840001V", "millesime": 2026, "empreinte": hashlib.sha256(b"").hexdigest(), "rang": rang, "morceaux": 2, "contenu": ""}
    for rang in (1, 2)
]

EXPORTS = [{"nom": "ExportXML_Structures.zip", "empreinte": PIECES[0]["empreinte"]}]

GROUPS: dict[str, tuple[dict[str, Any], ...]] = {
    "onde.archives": ({"fichier": "0840001V.ZIP", "uai": "0840001V", "annee": 2026, "eleves": []},),
    **{sink.name: tuple(PIECES) for sink in PASSED_ON},
    "siecle.elegroupe": ({"fichier": "9830418MELEGROUPE2017180724091341.zip", "empreinte": PIECES[0]["empreinte"], "contenu": ""},),
    "pronote.exports_siecle": ({"uai": "0840001V", "millesime": 2026, "fichiers": EXPORTS},),
    "charlemagne.nomenclatures": ({"uai": "0840001V", "millesime": 2026, "fichiers": EXPORTS},),
    "siecle.import_eleves": ({"fichier": "0840001VPRIVE2026260924091341.zip", "empreinte": PIECES[0]["empreinte"]},),
}
"""A lot for each sink that makes one file of one group of effects: it has nothing to say of an empty one."""

PAYLOADS: dict[str, dict[str, Any]] = {
    "comptes.courriels": {"destinataire": "a@scenes.example", "objet": "Objet", "texte": "{mot_de_passe}", "identifiants": ["OF"]},
    "luciole.support": {"objet": "Objet", "texte": "Texte", "bureaux": ["support"]},
    "bourses.editions": {"composante": "SCI", "jour": "2026-11-27", "a_jour": None, "listes": []},
    "luciole.draaf": {"objet": "Objet", "texte": "Texte", "bureaux": ["draaf.031", "draaf"]},
}
"""A payload for each sink of mails or calls, as its processor makes it."""


def lot_of(sink: FileSink) -> tuple[dict[str, Any], ...]:
    return GROUPS[sink.name] if isinstance(sink, FilePerGroup) else ()


@pytest.mark.parametrize("processor", all_processors(), ids=lambda p: p.name)
def test_every_processor_fits_the_catalogue(processor: Processor) -> None:
    assert check_processor(processor, Deployment()) >= 1
    assert processor.about.endswith(".")


@pytest.mark.parametrize("processor", all_processors(), ids=lambda p: p.name)
def test_a_processor_that_may_refuse_or_park_says_where(processor: Processor) -> None:
    sink = processor in PROCESSORS
    assert sink or processor.refusals is not None


def test_names_are_unique() -> None:
    names = [processor.name for processor in all_processors()]
    assert len(set(names)) == len(names)
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("sink", FILE_SINKS, ids=lambda s: s.name)
def test_a_file_sink_gives_the_same_bytes_for_the_same_lot(sink: FileSink) -> None:
    first, second = sink.write(7, lot_of(sink)), sink.write(7, lot_of(sink))
    assert first == second
    assert isinstance(sink, FilePerGroup) or sink.write(8, ()).name != first.name


@pytest.mark.parametrize("sink", FILE_SINKS, ids=lambda s: s.name)
def test_a_file_sink_gives_a_plain_name_and_a_ceiling(sink: FileSink) -> None:
    name = sink.write(1, lot_of(sink)).name
    assert name == name.strip()
    assert not set(name) & set("/\\\0:")
    assert not name.startswith(".")
    assert 0 < sink.hourly_ceiling <= 1_000_000


@pytest.mark.parametrize("sink", FILE_SINKS, ids=lambda s: s.name)
def test_a_file_sink_names_the_processor_that_feeds_it_and_its_pieces(sink: FileSink) -> None:
    assert sink.processor in {processor.name for processor in PROCESSORS}
    if isinstance(sink, FileInPieces):
        assert all(payload[sink.pieces_field] == len(lot_of(sink)) for payload in lot_of(sink))


@pytest.mark.parametrize("sink", [*MAIL_SINKS, *HTTP_SINKS], ids=lambda s: s.name)
def test_a_sink_of_mails_or_calls_names_its_system_its_processor_and_a_ceiling(sink: MailSink | HttpSink) -> None:
    domain = sink.processor.split(".", 1)[0]
    assert sink.processor in {processor.name for processor in all_processors()}
    assert sink.name.startswith(f"{domain}.")
    assert sink.system.isidentifier()
    assert 0 < sink.hourly_ceiling <= 10_000


@pytest.mark.parametrize("sink", MAIL_SINKS, ids=lambda s: s.name)
def test_a_mail_sink_gives_the_same_message_for_the_same_payload_and_says_whom_it_is_for(sink: MailSink) -> None:
    mail = sink.compose(PAYLOADS[sink.name])
    assert mail == sink.compose(PAYLOADS[sink.name])
    assert bool(mail.recipients) != bool(mail.desk)
    sent = compose(
        mail,
        (mail.text, mail.html),
        effect="5f0c7b1e-0000-5000-8000-000000000001",
        sender="passerelle@bus.example",
        sender_name="Passerelle",
        recipients=mail.recipients or ("bureau@bus.example",),
        replaced=None,
        at=datetime(2026, 9, 1, tzinfo=UTC),
    )
    assert sent.isascii()


def test_an_http_sink_gives_the_same_call_for_the_same_payload() -> None:
    for sink in HTTP_SINKS:
        request = sink.request(PAYLOADS[sink.name])
        assert request == sink.request(PAYLOADS[sink.name])
        assert is_path(request.path)
        assert request.method in METHODS


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda t: t.name)
def test_a_projection_has_a_key_and_says_what_its_columns_are(table: sqlalchemy.Table) -> None:
    assert list(table.primary_key)
    unsaid = [column.name for column in table.columns if not column.comment]
    assert not unsaid, f"{table.name} : {unsaid}"


def test_no_table_stands_in_two_projections() -> None:
    names = [table.name for metadata in METADATAS for table in metadata.sorted_tables]
    assert len(set(names)) == len(names)


def test_no_projection_keeps_an_instant_without_its_zone() -> None:
    naive = [
        f"{table.name}.{column.name}"
        for table in TABLES.values()
        for column in table.columns
        if isinstance(column.type, sqlalchemy.DateTime) and not column.type.timezone
    ]
    assert not naive


def test_every_topic_read_or_written_is_in_the_catalogue() -> None:
    named = {name for processor in all_processors() for name in topics_of(processor)}
    assert named <= {topic.name for topic in CATALOGUE}

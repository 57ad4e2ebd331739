"""Archives for ONDE: Charlemagne's own bytes, or ours in a simulation, said to be ours."""

import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from schemas.outcome import Event, FilePerGroup
from schemas.records import RECORDS
from schemas.records.onde import ArchiveADeposer, ArchiveInterne, EleveExporte
from sinks.carried import WrongBytes
from sinks.onde import FICHIERS
from sinks.onde.archives import Archives
from sinks.onde.projections import PROJECTIONS
from sinks.onde.tables import METADATA

CONTENT = bytes(range(256))
CARRIED = ArchiveADeposer(
    uai="0840001V", annee=2024, fichier="0840001V.ZIP", empreinte=hashlib.sha256(CONTENT).hexdigest(), contenu=CONTENT
)
MADE = ArchiveInterne(
    uai="0840001V",
    annee=2024,
    fichier="0840001V.ZIP",
    eleves=(EleveExporte(eleve="E1", classe="CE1 É", code_rectorat="=2", formation="CE1"),),
)


def payload(data: Any, ce_id: str = "ce-1") -> dict[str, Any]:
    """The effect of a record, as `effets` gives it back."""
    event = Event(ce_id, "x", datetime(2024, 9, 12, tzinfo=UTC), "0840001V", "archive", "/passerelle/onde", "onde.envois.v1", data)
    (effect,) = FICHIERS.decide(None, None, event).effects
    assert (effect.sink, effect.group) == (Archives.name, ce_id)
    found: dict[str, Any] = json.loads(msgspec.json.encode(effect.payload))
    return found


def test_charlemagnes_bytes_go_out_as_they_came() -> None:
    file = Archives().write(1, (payload(CARRIED),))
    assert (file.name, file.content) == ("0840001V.ZIP", CONTENT)


def test_bytes_that_are_not_those_of_the_digest_never_go_out() -> None:
    with pytest.raises(WrongBytes):
        Archives().write(1, ({**payload(CARRIED), "empreinte": "0" * 64},))


def test_our_own_archive_says_that_it_is_ours_and_has_the_pupils() -> None:
    file = Archives().write(1, (payload(MADE),))
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        assert archive.namelist() == ["LISEZMOI.txt", "eleves.csv"]
        assert "non homologué" in archive.read("LISEZMOI.txt").decode()
        assert archive.read("eleves.csv").decode("utf-8-sig").splitlines() == [
            "RNE;ANNEE;ELEVE;CLASSE;CODE_RECTORAT;FORMATION",
            "0840001V;2024;E1;CE1 É;'=2;CE1",
        ]
    assert Archives().write(2, (payload(MADE),)).content == file.content


def test_each_archive_is_a_file_of_its_own() -> None:
    assert isinstance(Archives(), FilePerGroup)


def test_every_record_of_the_procedure_has_its_table() -> None:
    assert set(PROJECTIONS) == {*RECORDS["onde.procedure.v1"], *RECORDS["onde.refus.v1"]}
    assert {each.table for each in PROJECTIONS.values()} == set(METADATA.tables)

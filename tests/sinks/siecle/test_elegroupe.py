"""The file of links on its way to SIECLE: the bytes of PRONOTE, once its deposit is accepted, and not before."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import permutations
from random import Random
from typing import Any

import msgspec
import pytest

from connectors.pronote import names
from schemas.outcome import Effect, Event, OutgoingFile
from schemas.records.pronote import Fichier, Morceau
from schemas.records.siecle import DepotAnnule, FichierDepose
from sinks.carried import WrongBytes
from sinks.lsu import FICHIERS
from sinks.siecle.elegroupe import Elegroupe

UAI = "9830418M"
STEM, LATER = f"{UAI}ELEGROUPE2017180724091341", f"{UAI}ELEGROUPE2017180725080000"
CONTENT = b"PK\x03\x04 liens"
WHEN = datetime(2018, 7, 24, tzinfo=UTC)


def in_consigne(stem: str = STEM) -> list[Any]:
    """A large one: its head alone, its bytes are in the consigne."""
    empreinte, name = hashlib.sha256(stem.encode()).hexdigest(), f"{stem}.zip"
    return [Fichier(uai=UAI, type="elegroupe", millesime=2017, nom=name, taille=900_000, empreinte=empreinte, morceaux=0, consigne=True)]


def came(stem: str = STEM, content: bytes = CONTENT, extension: str = "zip", pieces: int = 1) -> list[Any]:
    empreinte = hashlib.sha256(content).hexdigest()
    name = f"{stem}.{extension}"
    assert names.parse(name)
    head = Fichier(uai=UAI, type="elegroupe", millesime=2017, nom=name, taille=len(content), empreinte=empreinte, morceaux=pieces)
    return [head, Morceau(uai=UAI, empreinte=empreinte, rang=1, contenu=content)]


def accepted(stem: str = STEM) -> FichierDepose:
    return FichierDepose(uai=UAI, fichier=f"{stem}.xml", message="Fichier déposé.", etat="DEPOSE", depose_le=WHEN, traitement_le=WHEN)


def left(records: Sequence[Any]) -> tuple[list[Effect], Any]:
    """The effects, and the state as the database would give it back."""
    state, effects = None, list[Effect]()
    for number, data in enumerate(records):
        topic = "siecle.suivi_depots.v1" if isinstance(data, FichierDepose | DepotAnnule) else "pronote.fichiers.v1"
        event = Event(f"ce-{number}", type(data).__name__.lower(), WHEN, UAI, "depot", "/pronote", topic, data)
        outcome = FICHIERS.decide(None, state, event)
        packed = msgspec.msgpack.encode(outcome.state)
        assert FICHIERS.state is not None
        assert len(packed) <= 64 * 1024
        state = msgspec.msgpack.decode(packed, type=FICHIERS.state)
        effects += outcome.effects
    return effects, state


def written(effect: Effect) -> tuple[str, bytes]:
    file = Elegroupe().write(1, (json.loads(msgspec.json.encode(effect.payload)),))
    return file.name, file.content if isinstance(file, OutgoingFile) else file.sha256.encode()


def test_nothing_leaves_before_the_deposit_is_accepted() -> None:
    assert left(came())[0] == []
    assert left([*came(), DepotAnnule(uai=UAI, fichier=f"{STEM}.xml")])[0] == []


@pytest.mark.parametrize("extension", ["zip", "xml"])
def test_an_accepted_deposit_lets_the_very_bytes_out_under_their_own_name(extension: str) -> None:
    (effect,), _ = left([*came(extension=extension), accepted()])
    assert effect.sink == Elegroupe.name
    assert written(effect) == (f"{STEM}.{extension}", CONTENT)


@pytest.mark.parametrize("order", permutations(range(3)))
def test_whichever_topic_comes_first_the_file_leaves_once(order: tuple[int, ...]) -> None:
    head, piece = came()
    records = [[head], [piece], [accepted()]]
    if order.index(0) > order.index(1):
        return  # one topic keeps its order
    effects, _ = left([each for place in order for each in records[place]])
    assert [written(effect) for effect in effects] == [(f"{STEM}.zip", CONTENT)]


def test_a_deposit_is_an_act_and_counts_each_time_and_the_last_file_is_the_one() -> None:
    effects, _ = left([*came(), accepted(), accepted(), *came(LATER, b"autre"), accepted(LATER)])
    assert [written(effect)[0] for effect in effects] == [f"{STEM}.zip", f"{STEM}.zip", f"{LATER}.zip"]
    assert len({effect.group for effect in effects}) == 3


def test_the_acceptance_of_another_file_lets_nothing_out() -> None:
    assert left([*came(), accepted(LATER)])[0] == []


@pytest.mark.parametrize("order", permutations(range(2)))
def test_a_large_file_leaves_from_the_consigne_once_its_deposit_is_accepted(order: tuple[int, ...]) -> None:
    assert left(in_consigne())[0] == []
    records = [*in_consigne(), accepted()]
    (effect,), _ = left([records[place] for place in order])
    assert written(effect) == (f"{STEM}.zip", hashlib.sha256(STEM.encode()).hexdigest().encode())
    assert "contenu" not in effect.payload


def test_a_large_file_and_a_small_one_take_the_place_of_each_other() -> None:
    effects, _ = left([*in_consigne(), *came(LATER), accepted(), accepted(LATER), *in_consigne(), accepted()])
    assert [written(effect)[0] for effect in effects] == [f"{LATER}.zip", f"{STEM}.zip"]
    assert [("contenu" in effect.payload) for effect in effects] == [True, False]


def test_what_an_older_release_could_not_carry_is_asked_for_again() -> None:
    noise = Random(7).randbytes(200_000)
    effects, _ = left([*came(content=noise), accepted()])
    assert effects == []
    event = Event("ce", "fichier_depose", WHEN, UAI, "depot", "/siecle", "siecle.suivi_depots.v1", accepted())
    outcome = FICHIERS.decide(None, left(came(content=noise))[1], event)
    assert outcome.counted == "trop_gros"
    assert "le remettre dans la boîte pronote" in outcome.because
    assert left([*came(pieces=2), accepted()])[0] == []


def test_other_bytes_never_leave() -> None:
    (effect,), _ = left([*came(), accepted()])
    with pytest.raises(WrongBytes):
        Elegroupe().write(1, ({**effect.payload, "empreinte": "0" * 64},))

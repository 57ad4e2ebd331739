"""From the pupils of a bucket of a school to those who came and went, and from a pupil's schools to what both must be told."""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from processors.presences import messages
from processors.presences.partages import partages
from processors.presences.reglages import Reglages
from processors.presences.state import Etat, Presence
from schemas.outcome import Emitted, Event, Outcome
from schemas.records import siecle as records

PRESENCES = "siecle.presences.v1"
CONTROLES = "siecle.controles.v1"


def decide(reglages: Reglages, state: Etat | None, event: Event) -> Outcome:
    """Decide one event of a bucket or of a pupil. Raises KeyError for a record of another contract."""
    before = state or Etat()
    match event.data:
        case records.Presences() as data:
            return _seau(state, data)
        case records.ElevePresent() as data:
            ecoles = {**before.ecoles, data.uai: Presence(data.eleve_id, data.millesime)}
        case records.EleveParti() as data:
            ecoles = {uai: each for uai, each in before.ecoles.items() if uai != data.uai}
        case _:
            raise KeyError(event.type)
    emitted = tuple(_nouvelles(_dits(reglages, before.ecoles), _dits(reglages, ecoles)))
    return Outcome(replace(before, ecoles=ecoles) if ecoles else None, emitted, because=f"actif dans {len(ecoles)} établissement(s)")


# --- a bucket of a school --------------------------------------------------------------------------------------------


def _seau(state: Etat | None, data: records.Presences) -> Outcome:
    """Those who are new, those who have another identifier or year, those who are no more there."""
    before = state or Etat()
    eleves = {each.cle: each.eleve_id for each in reversed(data.eleves)}
    same_year = data.millesime == before.millesime
    there = [
        Emitted(PRESENCES, "eleve_present", _present(data, eleve_id), key=cle, subject=cle)
        for cle, eleve_id in sorted(eleves.items())
        if not (same_year and before.eleves.get(cle) == eleve_id)
    ]
    gone = [
        Emitted(PRESENCES, "eleve_parti", records.EleveParti(uai=data.uai), key=cle, subject=cle)
        for cle in sorted(before.eleves.keys() - eleves.keys())
    ]
    if not there and not gone:
        return Outcome(state, counted="sans_changement")
    after = Etat(eleves=eleves, millesime=data.millesime) if eleves else None
    return Outcome(after, (*there, *gone), because=f"{len(there)} élève(s) de plus ou autrement, {len(gone)} de moins")


def _present(data: records.Presences, eleve_id: str) -> records.ElevePresent:
    return records.ElevePresent(uai=data.uai, eleve_id=eleve_id, millesime=data.millesime)


# --- a pupil ---------------------------------------------------------------------------------------------------------


def _dits(reglages: Reglages, ecoles: Mapping[str, Presence]) -> Mapping[tuple[str, str, str], records.InePartage]:
    """What holds, by school, pupil there and other school."""
    found = (_partage(uai, ecoles[uai], autre, ecoles[autre]) for uai, autre in partages(reglages, ecoles))
    return {(each.uai, each.eleve_id, each.autre_uai): each for each in found}


def _partage(uai: str, presence: Presence, autre: str, ailleurs: Presence) -> records.InePartage:
    return records.InePartage(
        uai=uai,
        eleve_id=presence.eleve_id,
        autre_uai=autre,
        autre_eleve_id=ailleurs.eleve_id,
        millesime=presence.millesime,
        code=messages.CODE,
        message=messages.partage(presence.eleve_id, autre, ailleurs.eleve_id),
        remede=messages.REMEDE,
    )


def _nouvelles(
    before: Mapping[tuple[str, str, str], records.InePartage], after: Mapping[tuple[str, str, str], records.InePartage]
) -> Iterator[Emitted]:
    """What no longer holds is taken back, then what is new is said, each under its school's key."""
    for uai, eleve_id, autre in sorted(before.keys() - after.keys()):
        yield Emitted(CONTROLES, "ine_rendu", records.IneRendu(uai=uai, eleve_id=eleve_id, autre_uai=autre), key=uai, subject=_sujet(autre))
    for key, each in after.items():
        if before.get(key) != each:
            yield Emitted(CONTROLES, "ine_partage", each, key=each.uai, subject=_sujet(each.autre_uai))


def _sujet(autre: str) -> str:
    return f"ine_partage/{autre}"

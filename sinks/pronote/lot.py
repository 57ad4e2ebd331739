"""From the bundle that the rules find complete to its seven files in the outbox of PRONOTE (R-PRO-20 to 22).

Only `lot_complet` lets them out: seven kinds, one school, one year. It names the content of each, so that the very files that were
checked leave, whatever came after them.
"""

import msgspec

from schemas.outcome import Effect, Event, Outcome
from schemas.records.siecle import Fichier
from schemas.records.synchros import LotComplet
from sinks.siecle.originaux import Original, Originaux, plain, with_one_more

SINK = "pronote.exports_siecle"


class Attendu(msgspec.Struct, frozen=True):
    """A complete bundle of which some files have not been read here."""

    lot: str
    """`ce_id` of what says it complete: the group of the effect."""
    uai: str
    millesime: int | None
    contenus: tuple[tuple[str, str], ...]
    """(kind, content), in SIECLE's order."""


class Lots(msgspec.Struct, frozen=True):
    """What is on its way to PRONOTE in a school."""

    originaux: Originaux = {}
    attendu: Attendu | None = None


def decide(state: Lots, event: Event) -> tuple[Lots, Outcome]:
    """Pure. The outcome's own state is not used: `lsu.fichiers` keeps several."""
    match event.data:
        case Fichier() as data:
            state = msgspec.structs.replace(state, originaux=with_one_more(state.originaux, data))
            return _let_out(state, state.attendu) if state.attendu is not None else (state, Outcome(None, because="export gardé"))
        case LotComplet() as data:
            return _complete(state, data, event.id)
        case _:
            return state, Outcome(None, counted="sans_fichier")


def _complete(state: Lots, data: LotComplet, lot: str) -> tuple[Lots, Outcome]:
    if not all(each.recu for each in data.fichiers):
        told = "des exports sont d'avant la consigne : les refaire dans SIECLE pour qu'ils partent vers PRONOTE"
        return msgspec.structs.replace(state, attendu=None), Outcome(None, counted="lot_sans_empreinte", because=told)
    return _let_out(state, Attendu(lot, data.uai, data.millesime, tuple((each.type, each.recu) for each in data.fichiers)))


def _let_out(state: Lots, wanted: Attendu) -> tuple[Lots, Outcome]:
    found = [_found(state.originaux, *each) for each in wanted.contenus]
    files = [plain(each) for each in found if each is not None]
    if len(files) < len(found):
        missing = f"lot complet, {len(found) - len(files)} fichiers attendus"
        return msgspec.structs.replace(state, attendu=wanted), Outcome(None, because=missing)
    payload = {"uai": wanted.uai, "millesime": wanted.millesime, "fichiers": files}
    effect = Effect(SINK, payload, group=wanted.lot)
    return msgspec.structs.replace(state, attendu=None), Outcome(None, effects=(effect,), because="les 7 fichiers, pour PRONOTE")


def _found(originaux: Originaux, kind: str, recu: str) -> Original | None:
    return next((each for each in originaux.get(kind, ()) if each.recu == recu), None)

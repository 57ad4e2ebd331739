"""Of whom the read model may speak: the marks of the matching's tasks, less the students of whom something is set aside.

A student whose NNE was corrected has facts under two keys: what is set aside under the former one is missing under the new one.
"""

import msgspec

from bus.database.freshness import Look, Marks

PROCESSOR = "bourses"
"""Whose marks say up to when the rights are known."""


class _Transfert(msgspec.Struct):
    vers: str


class _Etudiant(msgspec.Struct):
    """What is read of a state of the matching: where its facts went (`processors.bourses.state.Etudiant`)."""

    transferts: tuple[_Transfert, ...] = ()


_STATES = msgspec.msgpack.Decoder(_Etudiant)


def look_at(marks: Marks, partitions: int) -> Look:
    """The mark and the keys that it does not hold for. Blocking. Raises Transient."""
    look = marks.look(partitions)
    if not look.aside:
        return look
    every, newest = set(look.aside), look.aside
    while newest:
        heirs = {transfert.vers for state in marks.states_of(newest) for transfert in _STATES.decode(state).transferts}
        newest = frozenset(heirs - every)
        every |= newest
    return Look(look.up_to, frozenset(every))

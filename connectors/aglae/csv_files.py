"""Aglaé's CSV files: dossiers, one line a vœu with the lines of a dossier together; re-treatments, one a line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.aglae import messages
from connectors.aglae.dossiers import dossier_record, retraitement_record, warnings_of
from connectors.aglae.fields import DOSSIER, DOSSIER_FILE, RETRAITEMENT, RETRAITEMENT_FILE, VOEU_COLUMNS, VOEU_PREFIX
from connectors.transport import messages as transport_messages
from connectors.transport.csv_reader import Columns, CsvSource, open_csv
from connectors.transport.deliveries import check_then_give
from connectors.transport.faults import FaultList, Unreadable
from connectors.transport.fields import read_row
from connectors.transport.json_elements import charset_of
from schemas.outcome import Accepted, Delivery, Fault, Record, Refused
from schemas.records.aglae import Dossier, Retraitement, Voeu
from schemas.student_key import StudentKeys

DOSSIERS = "aglae.dossiers.csv"
RETRAITEMENTS = "aglae.retraitements.csv"

Rows = Iterator[tuple[int, dict[str, str]]]


@dataclass(slots=True)
class _Lines:
    """The lines of one dossier read so far."""

    first: int
    values: dict[str, Any]
    voeux: list[Voeu] = field(default_factory=list)
    last: int = 0
    bare: int | None = None
    """The line that holds no vœu."""


def accept_file(delivery: Delivery, keys: StudentKeys) -> Accepted | Refused:
    """What the file holds is told by its header: the kind of which it names the most columns."""
    try:
        source = open_csv(delivery.open, delivery.size, charset_of(delivery.media_type))
    except Unreadable as unreadable:
        return Refused(DOSSIERS, (unreadable.fault,))
    if "RESULTAT" in source.header and source.recognised_names(RETRAITEMENT_FILE) >= source.recognised_names(DOSSIER_FILE):
        return _accept_retraitements(source, delivery, keys)
    return _accept_dossiers(source, delivery, keys)


def _accept_retraitements(source: CsvSource, delivery: Delivery, keys: StudentKeys) -> Accepted | Refused:
    def parse(faults: FaultList, warnings: FaultList) -> Iterator[Record]:
        for line, row in _rows(source, RETRAITEMENT_FILE, faults, warnings):
            before = faults.count
            values = read_row(RETRAITEMENT, row, line, faults)
            if faults.count > before:
                continue
            retraitement = Retraitement(**values)
            warnings.extend(warnings_of(retraitement, f"Ligne {line}, colonne", line))
            yield retraitement_record(retraitement, keys, delivery.received, f"ligne {line}")

    return check_then_give(RETRAITEMENTS, parse)


def _accept_dossiers(source: CsvSource, delivery: Delivery, keys: StudentKeys) -> Accepted | Refused:
    def parse(faults: FaultList, warnings: FaultList) -> Iterator[Record]:
        for lines in _grouped(_rows(source, DOSSIER_FILE, faults, warnings), faults):
            dossier = Dossier(**lines.values, voeux=tuple(sorted(lines.voeux, key=lambda voeu: voeu.rang)))
            warnings.extend(warnings_of(dossier, f"Ligne {lines.first}, colonne", lines.first))
            yield dossier_record(dossier, keys, delivery.received, f"ligne {lines.first}")

    return check_then_give(DOSSIERS, parse)


def _rows(source: CsvSource, columns: Columns, faults: FaultList, warnings: FaultList) -> Rows:
    header = source.read_header(columns)
    if isinstance(header, tuple):
        faults.extend(header)
        return
    empty = True
    for line, row in source.rows(header):
        empty = False
        if isinstance(row, Fault):
            faults.add(row)
        else:
            yield line, row
    if empty:
        warnings.add(transport_messages.no_line())


def _grouped(rows: Rows, faults: FaultList) -> Iterator[_Lines]:
    """The good dossiers, each when its last line was read. A number that comes back after another one is a fault."""
    first_lines: dict[str, int] = {}
    current: tuple[str, _Lines | None] = ("", None)
    for line, row in rows:
        number = row.get("NUMERO", "").upper()
        if number and number == current[0]:
            current = (number, _continued(current[1], line, row, faults))
            continue
        if current[1] is not None:
            yield current[1]
        if number and number in first_lines:
            faults.add(messages.not_grouped(line, first_lines[number]))
            current = (number, None)
            continue
        first_lines[number] = line
        current = (number, _begun(line, row, faults))
    if current[1] is not None:
        yield current[1]


def _begun(line: int, row: Mapping[str, str], faults: FaultList) -> _Lines | None:
    before = faults.count
    values = read_row(DOSSIER, row, line, faults)
    lines = _Lines(line, values)
    _add_voeu(lines, line, row, faults)
    return lines if faults.count == before else None


def _continued(lines: _Lines | None, line: int, row: Mapping[str, str], faults: FaultList) -> _Lines | None:
    before = faults.count
    values = read_row(DOSSIER, row, line, faults)
    if lines is None:
        _add_voeu(_Lines(line, values), line, row, faults)
        return None
    if faults.count == before and values != lines.values:
        changed = [each.column for each in DOSSIER if values.get(each.name) != lines.values.get(each.name)]
        faults.add(messages.different_columns(line, lines.first, ", ".join(changed)))
    _add_voeu(lines, line, row, faults)
    if lines.bare is not None:
        faults.add(messages.empty_wish_beside_others(lines.bare))
    return lines if faults.count == before else None


def _add_voeu(lines: _Lines, line: int, row: Mapping[str, str], faults: FaultList) -> None:
    if not any(row.get(each.column) for each in VOEU_COLUMNS):
        lines.bare = line
        return
    before = faults.count
    values = read_row(VOEU_COLUMNS, row, line, faults)
    if faults.count > before:
        return
    voeu = Voeu(**{name.removeprefix(VOEU_PREFIX.lower()): value for name, value in values.items()})
    if any(each.rang == voeu.rang for each in lines.voeux):
        faults.add(messages.same_rank(f"Ligne {line}, colonne VOEU_RANG", line, voeu.rang))
        return
    lines.voeux.append(voeu)

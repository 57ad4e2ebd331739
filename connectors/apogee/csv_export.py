"""The CSV export of registrations, a *dépôt*: each line says one registration as it is; an absent line says nothing."""

from collections.abc import Iterator

from connectors.apogee import messages
from connectors.apogee.fields import EXPORT_COLUMNS, REGISTRATION
from connectors.apogee.registrations import record_of, registration_of, warnings_of
from connectors.transport import messages as transport_messages
from connectors.transport.csv_reader import open_csv
from connectors.transport.deliveries import check_then_give
from connectors.transport.faults import FaultList
from connectors.transport.fields import read_row
from connectors.transport.json_elements import charset_of
from schemas.outcome import Accepted, Delivery, Fault, Record, Refused
from schemas.student_key import StudentKeys

KIND = "apogee.inscriptions.csv"


def accept_export(delivery: Delivery, keys: StudentKeys) -> Accepted | Refused:
    """UTF-8 or ISO-8859-1, `;`, `,` or tabulation, exact column names in any order, one registration a line."""

    def parse(faults: FaultList, warnings: FaultList) -> Iterator[Record]:
        source = open_csv(delivery.open, delivery.size, charset_of(delivery.media_type))
        header = source.read_header(EXPORT_COLUMNS)
        if isinstance(header, tuple):
            faults.extend(header)
            return
        if "ETA_IAE" not in header.columns:
            warnings.add(transport_messages.column_by_default("ETA_IAE", messages.STATE_BY_DEFAULT))
        empty = True
        for line, row in source.rows(header):
            empty = False
            if isinstance(row, Fault):
                faults.add(row)
                continue
            before = faults.count
            values = read_row(REGISTRATION, row, line, faults)
            if faults.count > before:
                continue
            registration = registration_of(values)
            warnings.extend(warnings_of(registration, f"Ligne {line}, colonne", line))
            yield record_of(registration, keys, delivery.received, f"ligne {line}")
        if empty:
            warnings.add(transport_messages.no_line())

    return check_then_give(KIND, parse)

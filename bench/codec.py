"""What it costs to write and read one record with our codec, and with fastavro alone, without frame and checks: `python -m bench codec`.

Microseconds of processor time per record, best of five rounds.
"""

import io
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import fastavro
import msgspec
from rich.console import Console
from rich.table import Table

from schemas.codec import decode, encode
from schemas.contracts import contract_of
from schemas.records.aglae import Dossier, Voeu
from schemas.records.apogee import Inscription

ROUNDS = 5
RECORDS_A_ROUND = 5_000

INSCRIPTION = Inscription(
    uai="0840001V",
    cod_anu="2026",
    cod_ind="0007",
    cod_etu="00042",
    nne="0123456789A",
    nom="Nom inventé",
    prenom="Prénom",
    date_nai=date(2006, 2, 28),
    cod_etp="L1INFO",
    cod_vrs_vet="1",
    eta_pmt_iae="P",
    dat_mod_iae=datetime(2026, 9, 1, 10, tzinfo=UTC),
)
DOSSIER = Dossier(
    numero="2026MON001",
    annee=2026,
    numero_boursier="0123456789A",
    etat="CONDITIONNEL",
    montant_annuel=Decimal("5551.00"),
    voeux=tuple(Voeu(rang=rang, uai="0840001V", cod_etp="L1INFO") for rang in (1, 2, 3)),
)
CASES: tuple[tuple[str, str, Any], ...] = (
    ("apogee.inscriptions.v1", "inscription", INSCRIPTION),
    ("aglae.dossiers.v1", "dossier", DOSSIER),
)


def best(act: Callable[[], object]) -> float:
    """Microseconds of processor time of one call, in the best round."""
    rounds = []
    for _ in range(ROUNDS):
        started = time.process_time()
        for _ in range(RECORDS_A_ROUND):
            act()
        rounds.append((time.process_time() - started) / RECORDS_A_ROUND * 1e6)
    return round(min(rounds), 1)


def measures(topic: str, name: str, record: Any) -> dict[str, Any]:
    contract = contract_of(topic)
    value = encode(topic, name, record, 1)
    parsed: Any = fastavro.parse_schema(contract.schema)
    branch = parsed[contract.names.index(name)] if contract.is_union else parsed
    body = value[6:] if contract.is_union else value[5:]
    plain_types = (bytes, datetime, date, Decimal)

    def write_by_fastavro() -> bytes:
        stream = io.BytesIO()
        fastavro.schemaless_writer(stream, branch, msgspec.to_builtins(record, builtin_types=plain_types))
        return stream.getvalue()

    def read_by_fastavro() -> Any:
        return msgspec.convert(fastavro.schemaless_reader(io.BytesIO(body), branch, None), type(record), builtin_types=plain_types)

    assert read_by_fastavro() == record
    return {
        "record": f"{topic} {name}",
        "bytes": len(value),
        "write_us": best(lambda: encode(topic, name, record, 1)),
        "write_fastavro_us": best(write_by_fastavro),
        "read_us": best(lambda: decode(topic, value, lambda _id: contract.schema)),
        "read_fastavro_us": best(read_by_fastavro),
    }


def show(console: Console, found: Sequence[Mapping[str, Any]]) -> None:
    table = Table(title="Codec : µs de processeur par enregistrement", title_justify="left")
    for heading in ("", "octets", "écrire", "écrire, fastavro", "lire", "lire, fastavro"):
        table.add_column(heading, justify="left" if not heading else "right")
    for each in found:
        table.add_row(
            each["record"], *(str(each[name]) for name in ("bytes", "write_us", "write_fastavro_us", "read_us", "read_fastavro_us"))
        )
    console.print(table)
    console.print()

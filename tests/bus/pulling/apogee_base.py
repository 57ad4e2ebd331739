"""An Apogée of the tests: the two tables a registration is made of, and the view that the bus may read. Invented people."""

from datetime import datetime
from typing import Any

import sqlalchemy
from sqlalchemy import text

from bus.database.connection import connect
from bus.settings import ApogeeVueSettings
from tests.services import Services

TABLES = """
CREATE TABLE individu (
    cod_ind numeric(8) PRIMARY KEY, cod_etu numeric(8), cod_nne_ind varchar(10), cod_cle_nne_ind varchar(1),
    lib_nom_pat_ind varchar(30), lib_pr1_ind varchar(20), date_nai_ind date
);
CREATE TABLE ins_adm_etp (
    cod_anu char(4), cod_ind numeric(8), cod_etp char(6), cod_vrs_vet numeric(3), num_occ_iae numeric(2) DEFAULT 1,
    cod_dip varchar(7), cod_cmp varchar(3), cod_cge varchar(3), cod_brs varchar(2), num_brs_etu varchar(13),
    eta_iae varchar(1), eta_pmt_iae varchar(1), tem_iae_prm varchar(1), dat_cre_iae {kind}, dat_mod_iae {kind},
    PRIMARY KEY (cod_anu, cod_ind, cod_etp, cod_vrs_vet, num_occ_iae)
);
CREATE INDEX ON ins_adm_etp (dat_mod_iae);
CREATE VIEW v_passerelle AS
    SELECT e.cod_anu, e.cod_ind, i.cod_etu, i.cod_nne_ind, i.cod_cle_nne_ind, i.lib_nom_pat_ind, i.lib_pr1_ind, i.date_nai_ind,
        e.cod_etp, e.cod_vrs_vet, e.num_occ_iae, e.cod_dip, e.cod_cmp, e.cod_cge, e.cod_brs, e.num_brs_etu, e.eta_iae, e.eta_pmt_iae,
        e.tem_iae_prm, e.dat_cre_iae, e.dat_mod_iae
    FROM ins_adm_etp e JOIN individu i USING (cod_ind);
"""
LOCAL = "timestamp(0) without time zone"


class ApogeeBase:
    """The tables, in the schema of one test."""

    def __init__(self, services: Services, schema: str, kind: str = LOCAL) -> None:
        self._services = services
        self._schema = schema
        self.engine: sqlalchemy.Engine = connect(services.database, schema)
        self.run(TABLES.format(kind=kind))

    def close(self) -> None:
        self.engine.dispose()

    def run(self, statement: str, **values: Any) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement), values)

    def settings(self, **changes: Any) -> ApogeeVueSettings:
        usual = {"url": self._services.database, "view": f"{self._schema}.v_passerelle", "uai": "0781944P", "page_rows": 3}
        return ApogeeVueSettings(**{**usual, **changes})

    def student(self, cod_ind: int, nne: str | None = None) -> None:
        self.run(
            "INSERT INTO individu VALUES (:i, :i + 10000, :nne, 'A', 'TESTARD', 'Zélie', '2007-03-12') ON CONFLICT DO NOTHING",
            i=cod_ind,
            nne=nne or f"{cod_ind:010d}",
        )

    def register(self, cod_ind: int, modified: datetime | str | None, **columns: Any) -> None:
        """One registration of a student, made or changed."""
        self.student(cod_ind)
        values = {
            "cod_anu": "2026", "cod_ind": cod_ind, "cod_etp": "L1INFO", "cod_vrs_vet": 120, "num_occ_iae": 1, "cod_dip": "LINFO",
            "cod_cmp": "SCI", "eta_iae": "E", "eta_pmt_iae": "P", "tem_iae_prm": "O", "dat_cre_iae": None, "dat_mod_iae": modified,
        } | columns  # fmt: skip
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        changes = ", ".join(f"{name} = excluded.{name}" for name in values)
        keys = "cod_anu, cod_ind, cod_etp, cod_vrs_vet, num_occ_iae"
        self.run(f"INSERT INTO ins_adm_etp ({names}) VALUES ({marks}) ON CONFLICT ({keys}) DO UPDATE SET {changes}", **values)

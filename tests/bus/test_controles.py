"""`passerelle comptes-rendus controles` on real tables, filled by a scenario's own rows."""

from pathlib import Path

from sinks.lsu.tables import METADATA as LSU
from sinks.siecle.tables import METADATA as SIECLE
from tests.bus.scenario_tables import filled
from tests.services import Services

TABLES = {**LSU.tables, **SIECLE.tables}


def test_what_is_to_be_mended_is_listed_by_school_with_its_remedy(services: Services, tmp_path: Path) -> None:
    with filled(services, tmp_path / "var", ("lsu", "a_corriger"), TABLES) as commands:
        found = commands.json("comptes-rendus", "controles")
        assert [(row["uai"], row["objet"], row["code"]) for row in found] == [
            ("0341088Y", "bilans_t2.xml", "ID_BE_INCONNU"),
            ("0341088Y", "élève 30301", "INE_DANS_DEUX_ETABLISSEMENTS"),
            ("0840001V", "élève 9001", "INE_DANS_DEUX_ETABLISSEMENTS"),
        ]
        assert all(row["remede"] and row["message"] and row["constate_le"] for row in found)
        assert [row["objet"] for row in commands.json("comptes-rendus", "controles", "0840001V")] == ["élève 9001"]
        assert commands.json("comptes-rendus", "controles", "9830418M") == []

"""`passerelle connectors sources` and `refusals` on a real database."""

import json
from pathlib import Path

from typer.testing import CliRunner

from bus.cli import app
from bus.database.connection import connect
from bus.database.migrate import migrate
from bus.pulling.ledger import PageDone, PullLedger
from schemas.outcome import Fault, NotTaken
from tests.services import Services


def test_what_was_read_and_what_is_refused_is_shown(services: Services, schema: str, tmp_path: Path) -> None:
    database = connect(services.database, schema)
    migrate(database, schema)
    ledger = PullLedger(database)
    fault = Fault("CODE_INCONNU", "Ligne de la vue, colonne ETA_IAE : un des codes.", "Corriger la valeur dans Apogée.")
    page = PageDone("{}", True, ["1df4106b-4db6-5ce7-a2c8-7761b25181be"], ["ligne 1"], 1, 2, [NotTaken("ligne 2", (fault,))])
    ledger.advance("apogee.vue", ledger.read("apogee.vue"), page)
    ledger.read("pegase.flux")
    ledger.troubled("pegase.flux", "ACCES_REFUSE")
    database.dispose()
    token = tmp_path / "jeton"
    token.write_text("jeton")
    environment = {
        "KAFKA_BOOTSTRAP_SERVERS": services.kafka,
        "SCHEMA_REGISTRY_URL": services.registry,
        "DATABASE_URL": services.database,
        "PASSERELLE_DATABASE__SCHEMA": schema,
        "PASSERELLE_VAR": str(tmp_path),
        "PASSERELLE_APOGEE_VUE__URL": "postgresql://lecteur@apogee/base",
        "PASSERELLE_APOGEE_VUE__VIEW": "v_passerelle",
        "PASSERELLE_PEGASE__URL": "https://ins.exemple.fr/api",
        "PASSERELLE_PEGASE__TOKEN_FILE": str(token),
    }
    shown = CliRunner().invoke(app, ["connectors", "sources", "-o", "json"], env=environment)
    rows = {row["source"]: row for row in json.loads(shown.stdout)}
    expected = {"apogee.vue": "lue", "apogee.ws": "non configurée", "pegase.flux": "ACCES_REFUSE"}
    assert {name: rows[name]["etat"] for name in expected} == expected
    assert (rows["apogee.vue"]["publies"], rows["apogee.vue"]["doublons"], rows["apogee.vue"]["refuses"]) == (1, 2, 1)
    assert rows["apogee.vue"]["entiere_le"] is not None
    refused = CliRunner().invoke(app, ["connectors", "refusals", "--source", "apogee.vue", "-o", "json"], env=environment)
    [row] = json.loads(refused.stdout)
    assert (row["place"], row["code"], row["remede"]) == ("ligne 2", "CODE_INCONNU", fault.remede)

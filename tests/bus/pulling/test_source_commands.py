"""`passerelle connectors sources` and `refusals` on a real database."""

import json
from datetime import UTC, datetime
from pathlib import Path

from typer.testing import CliRunner

from bus.cli import app
from bus.database.connection import connect
from bus.database.migrate import migrate
from bus.inbox.ledger import Ledger, State
from bus.pulling.ledger import PageDone, PullLedger
from schemas.outcome import Doubted, Fault, NotTaken
from tests.services import Services


def test_what_was_read_and_what_is_refused_is_shown(services: Services, schema: str, tmp_path: Path) -> None:
    database = connect(services.database, schema)
    migrate(database, schema)
    ledger = PullLedger(database)
    fault = Fault("CODE_INCONNU", "Ligne de la vue, colonne ETA_IAE : un des codes.", "Corriger la valeur dans Apogée.")
    doubtful = Fault("CLE_NNE_INVALIDE", "Ligne de la vue, champ nne : clé fausse.", "Vérifier le numéro.")
    doubt = Doubted("ligne 1", (doubtful,))
    page = PageDone("{}", True, ["1df4106b-4db6-5ce7-a2c8-7761b25181be"], {"ligne 1"}, {}, 1, 2, [NotTaken("ligne 2", (fault,))], [doubt])
    ledger.advance("apogee.vue", ledger.read("apogee.vue"), page)
    ledger.read("pegase.flux")
    dropped, receipt = Ledger(database), "6f0d0f3e-6b0b-4d57-9a35-0d8c0b1c7f01"
    dropped.insert(receipt, "apogee", "inscriptions.csv", None, datetime.now(UTC))
    uai = Fault("CLE_UAI_INVALIDE", "Colonne UAI : lettre de contrôle fausse.", "Vérifier l'UAI à la source.", 17)
    dropped.published(receipt, "apogee.inscriptions.csv", "", 20, [uai], "archive/x")
    dropped.settled(receipt, State.ARCHIVED)
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
    warned = CliRunner().invoke(app, ["connectors", "warnings", "-o", "json"], env=environment)
    found = [(row["source"], row["place"], row["code"]) for row in json.loads(warned.stdout)]
    assert found == [("apogee.vue", "ligne 1", "CLE_NNE_INVALIDE"), ("apogee", "inscriptions.csv, ligne 17", "CLE_UAI_INVALIDE")]

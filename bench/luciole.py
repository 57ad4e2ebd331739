"""A national campaign of agricultural bursaries: 150,000 dossiers of 800 établissements, from their bordereaux to the rows of
OGAPI and FREGATA, by the real workers. Forty instructors all ask to send at the same time: the national lock lets them pass in turn.
"""

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console

from bench.domain import Domain, record, result, show, watched
from bus.demo.campagne import Etablissement, annee_scolaire, generate
from schemas import luciole_keys as keys
from schemas.outcome import Record
from schemas.records import luciole
from schemas.records.chorus import FichierPaiement, LignePaiement
from schemas.records.draaf import Validation
from tests.services import opened

INSTRUCTEURS, ETABLISSEMENTS, DOSSIERS = 40, 800, 150_000
AT_MOST = 120.0
WORKERS = {"luciole": 1, "luciole.verrou": 1, "luciole.projections": 1}
SENT = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=2)
"""Two days ago: FREGATA's day has come everywhere in France."""
EACH = timedelta(seconds=30)
APPELS_TENUS = "SELECT count(*) FILTER (WHERE motif <> 'SANS_OBJET') - count(*) FILTER (WHERE motif = 'SANS_OBJET') FROM support_appels"
"""Everything comes two days late: a call made before an end came is taken back by that end, which was in time."""


def run(console: Console, scale: float) -> dict[str, Any]:
    """`scale`: the share of établissements."""
    owners = max(1, round(INSTRUCTEURS * scale))
    each = ETABLISSEMENTS // INSTRUCTEURS
    campaign = generate(2026, (each,) * owners, round(DOSSIERS / ETABLISSEMENTS / 0.95))
    names = list(dict.fromkeys(e.instructeur for e in campaign))
    with opened(os.environ) as services, tempfile.TemporaryDirectory(prefix="passerelle-bench-") as folder:
        domain = Domain(services, WORKERS, Path(folder))
        try:
            domain.wait_for_the_workers()
            with watched(domain) as cost:
                known = [r for e in campaign for r in instruction(e)]
                paid = [r for e in campaign for r in payment(e)]
                prepared = [command("preparation_demande", name, SENT - timedelta(hours=1)) for name in names]
                sent = [r for rank, name in enumerate(names) for r in sending(name, rank)]
                domain.phase("dossiers et bordereaux", known, lambda: done(domain, "BORDEREAU") == len(campaign))
                domain.phase("flux financiers, DRAAF", paid, lambda: done(domain, "CONFIRMATION_DRAAF") == len(campaign))
                domain.phase("préparations", prepared, lambda: done(domain, "PREPARATION") == len(campaign))
                domain.phase("envois, OGAPI, FREGATA", sent)
            found = result(domain, cost, expected(domain, campaign), AT_MOST)
        finally:
            domain.close()
    show(console, f"Campagne nationale : {found['found']['dossiers envoyés']} dossiers envoyés, {len(campaign)} établissements", found)
    return found


def done(domain: Domain, etape: str) -> int:
    """Bordereaux whose timeline shows this step done: what an instructor looks at before the next one."""
    return int(domain.one(f"SELECT count(*) FROM luciole_etapes WHERE bordereau <> '' AND etape = '{etape}' AND statut = 'FAIT'"))


def instruction(e: Etablissement) -> Iterator[Record]:
    at = SENT - timedelta(days=20)
    key, topic = keys.of_etablissement(e.uai), "luciole.dossiers.v1"
    own = luciole.Etablissement(etablissement=e.uai, ogapi=e.ogapi)
    yield record(topic, "etablissement", key, f"etablissement/{e.uai}", at, own, f"etablissement/{e.uai}")
    for dossier in e.dossiers:
        decided: dict[str, Any] = {
            "decision": "ATTRIBUEE",
            "date_decision": at.date(),
            "montant": dossier.montant,
            "montant_theorique": dossier.theorique,
            "bordereau": e.bordereau,
        }
        data = luciole.Dossier(
            dossier=dossier.numero,
            etablissement=e.uai,
            instructeur=e.instructeur,
            annee=annee_scolaire(at.date()),
            **({"date_cloture": at.date()} if dossier.clos else decided),
        )
        yield record(topic, "dossier", key, keys.dossier_subject(e.uai, dossier.numero), at, data, f"dossier/{e.uai}/{dossier.numero}")
    bordereau = luciole.Bordereau(bordereau=e.bordereau, etablissement=e.uai, instructeur=e.instructeur, etat="VALIDE")
    yield record(topic, "bordereau", key, keys.bordereau_subject(e.uai, e.bordereau), at, bordereau, f"bordereau/{e.uai}")


def payment(e: Etablissement) -> Iterator[Record]:
    key, subject, at = keys.of_fichier(e.fichier), keys.fichier_subject(e.fichier), SENT - timedelta(days=10)
    line = LignePaiement(etablissement=e.uai, bordereau=e.bordereau, nombre_dossiers=len(e.envoyes), montant=e.montant)
    file = FichierPaiement(fichier=e.fichier, instructeur=e.instructeur, lignes=(line,))
    yield record("chorus.fichiers.v1", "fichier_paiement", key, subject, at, file, f"fichier/{e.fichier}")
    confirmed = Validation(fichier=e.fichier, statut="CONFIRMEE")
    yield record("draaf.validations.v1", "validation", key, subject, at + timedelta(days=5), confirmed, f"validation/{e.fichier}")


def sending(instructeur: str, rank: int) -> Iterator[Record]:
    """All ask at the same time; the end of each comes after those before him."""
    yield command("envoi_demande", instructeur, SENT)
    yield command("envoi_fin", instructeur, SENT + (rank + 1) * EACH)


def command(name: str, instructeur: str, at: datetime) -> Record:
    structs: dict[str, Any] = {
        "preparation_demande": luciole.PreparationDemande,
        "envoi_demande": luciole.EnvoiDemande,
        "envoi_fin": luciole.EnvoiFin,
    }
    subject = keys.envoi_subject(instructeur) if name == "envoi_fin" else keys.demande_subject(instructeur)
    data = structs[name](instructeur=instructeur)
    return record("luciole.commandes.v1", name, keys.of_instructeur(instructeur), subject, at, data, f"{name}/{instructeur}")


def expected(domain: Domain, campaign: tuple[Etablissement, ...]) -> list[tuple[str, object, object]]:
    """Found in the tables, and counted apart."""
    sent = [dossier for e in campaign for dossier in e.envoyes]
    billed = [dossier for e in campaign if e.ogapi for dossier in e.envoyes]
    return [
        ("dossiers envoyés", int(domain.one("SELECT sum(nombre_dossiers) FROM luciole_envois")), len(sent)),
        ("lignes d'OGAPI", domain.one("SELECT count(*) FROM ogapi_montants"), len(billed)),
        ("euros dans OGAPI", domain.one("SELECT sum(montant) FROM ogapi_montants"), sum((d.montant for d in billed), Decimal(0))),
        ("lignes de FREGATA", domain.one("SELECT count(*) FROM fregata_decisions"), len(sent)),
        ("appels au support qui tiennent", domain.one(APPELS_TENUS), 0),
        ("lettres mortes", domain.one("SELECT count(*) FROM dead_letters"), 0),
    ]

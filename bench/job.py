"""Job J: every registration of Apogée becomes one situation, decided from that record alone.

For each record: check the envelope (CloudEvents headers), decode the Avro value into its typed record, decide, derive the
output's id, encode the situation under its contract, publish it with its envelope under the same key, and commit what was read.
"""

from typing import Any

from schemas import subjects
from schemas.outcome import Emitted, Event, Outcome, Processor
from schemas.records.bourses import Situation, StatutBourse

INPUT = "apogee.inscriptions.v1"
OUTPUT = "bourses.decisions.v1"

STATUTS: dict[str, tuple[StatutBourse, str]] = {
    "A": ("ANNULEE", "Inscription annulée."),
    "R": ("ANNULEE", "Inscription résiliée."),
    "C": ("EN_ATTENTE", "Inscription en cours de création."),
}
SANS_DOSSIER: tuple[StatutBourse, str] = ("SANS_DOSSIER", "Aucun dossier de bourse de cette année n'est connu pour cet identifiant.")


def decide(_reglages: Any, _state: Any, event: Event) -> Outcome:
    """One situation, from the state of the registration alone."""
    record = event.data
    statut, motif = STATUTS.get(record.eta_iae, SANS_DOSSIER)
    situation = Situation(
        statut=statut,
        annee=int(record.cod_anu),
        uai=record.uai,
        cod_ind=record.cod_ind,
        cod_etu=record.cod_etu,
        cod_etp=record.cod_etp,
        cod_vrs_vet=record.cod_vrs_vet,
        motif=motif,
        evenements=(event.id,),
        premiere=record.tem_iae_prm is not False,
    )
    subject = subjects.of_registration(record.uai, record.cod_anu, record.cod_ind, record.cod_etp, record.cod_vrs_vet)
    return Outcome(None, emitted=(Emitted(OUTPUT, "situation", situation, subject=subject),))


PROCESSOR = Processor(
    name="bench.job",
    about="Une situation par inscription, sans état.",
    inputs=(INPUT,),
    outputs=(OUTPUT,),
    decide=decide,
    stateless=True,
)

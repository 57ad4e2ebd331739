"""Drives the procedure for one contract: events in order, deadlines by virtual time, everything it published kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from bus.engine.fold import Fold, Incoming, KeyState, Output, deadline_event
from processors.formation import PROCESSOR
from processors.formation.reglages import Reglages
from processors.formation.state import Action
from schemas.outcome import Event
from schemas.records import RECORDS
from schemas.records.extranet import Absence, LigneSaisie
from schemas.records.formation import Refus

CONTRAT = "2006QCA0101"
ORGANISME = "OF-1"

ACTION: Mapping[str, Any] = {
    "contrat": CONTRAT,
    "organisme": ORGANISME,
    "raison_sociale": "SCENES ET FORMATIONS",
    "intitule": "COSTUMIER(ERE)",
    "annee_programmation": "PRQ2006",
    "nature": "COLLECTIVE",
    "duree_centre": Decimal(1000),
    "duree_entreprise": Decimal(0),
    "cout_unitaire_centre": Decimal("7.00"),
    "cout_unitaire_entreprise": Decimal("1.00"),
    "effectif_total": 300,
    "date_debut_prevue": date(2006, 10, 2),
    "date_fin_prevue": date(2007, 6, 29),
}

FICHE: Mapping[str, Any] = {
    "enregistrement": "COMPLET",
    "civilite": "Madame",
    "nom": "EXEMPLE",
    "prenom": "Une",
    "date_naissance": date(1980, 5, 15),
    "sexe": "F",
    "adresse": "1 rue des Essais",
    "code_postal": "34000",
    "date_entree": date(2006, 10, 2),
    "organisme_remuneration": "Région",
    "niveau_entree": "IV",
    "tranche_age": "26 à 44 ans",
    "duree_chomage": "moins d'un an",
    "prescripteur": "ANPE",
    "beneficiaire_rmi": False,
}

COMPTEURS = (
    "centre_realisees",
    "centre_justifiees",
    "centre_non_justifiees",
    "entreprise_realisees",
    "entreprise_justifiees",
    "entreprise_non_justifiees",
)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


VOTED = at(2006, 9, 1, 8)
ENROLLED = at(2006, 9, 20, 8)


@dataclass
class Driver:
    """One contract and what happened to it."""

    reglages: Reglages = field(default_factory=Reglages)
    outputs: list[Output] = field(default_factory=list)
    now: datetime = VOTED
    rank: int = 0
    key: KeyState = field(default_factory=KeyState)

    def __post_init__(self) -> None:
        self._fold = Fold(PROCESSOR, self.reglages, lambda _topic, _name, _data: b"", lambda _topic, fields: Refus(**fields))

    @property
    def action(self) -> Action:
        assert isinstance(self.key.state, Action)
        return self.key.state

    def send(self, topic: str, name: str, time: datetime, subject: str = "s", **data: Any) -> list[Output]:
        """Let time pass to `time`, then deliver the event; what it published."""
        self.until(time)
        self.rank += 1
        record = RECORDS[topic][name](**data)
        return self._deliver(Event(f"e{self.rank}", name, time, CONTRAT, subject, "/test", topic, record))

    def until(self, time: datetime) -> list[Output]:
        """Fire the deadlines due by then, in order."""
        fired: list[Output] = []
        while due := sorted((when, name) for name, when in self.key.deadlines.items() if when <= time):
            when, name = due[0]
            self.rank += 1
            fired += self._deliver(deadline_event(CONTRAT, name, when, PROCESSOR.name, "formation.interne.v1"))
        self.now = time
        return fired

    def _deliver(self, event: Event) -> list[Output]:
        folded = self._fold([Incoming(event, digest=event.id.encode())], {CONTRAT: self.key}, {})
        assert not folded.dead, folded.dead
        self.key = folded.states[CONTRAT]
        self.outputs += folded.outputs
        return folded.outputs

    # --- acts ---

    def act(self, name: str, time: datetime, subject: str = "s", **data: Any) -> list[Output]:
        return self.send("extranet.actes.v1", name, time, subject, contrat=CONTRAT, organisme=data.pop("organisme", ORGANISME), **data)

    def region(self, name: str, time: datetime, subject: str = "r", **data: Any) -> list[Output]:
        return self.send("safir.actions.v1", name, time, subject, contrat=CONTRAT, **data)

    def describe(self, time: datetime = VOTED, **changes: Any) -> list[Output]:
        return self.send("safir.actions.v1", "action", time, "action", **{**ACTION, **changes})

    def stagiaire(self, numero: str, time: datetime = ENROLLED, **changes: Any) -> list[Output]:
        return self.act("stagiaire_saisi", time, f"stagiaire/{numero}", stagiaire=numero, **{**FICHE, **changes})

    def open(self, frequence: str = "MENSUEL", day: date = date(2006, 10, 2), **changes: Any) -> list[Output]:
        time = at(day.year, day.month, day.day, 7)
        return self.act("ouverture", time, date_debut_reelle=day, frequence=frequence, **changes)

    def hours(self, numero: str, mois: str, *values: object, time: datetime | None = None, **changes: Any) -> list[Output]:
        counters = dict.fromkeys(COMPTEURS, Decimal(0)) | {
            name: Decimal(str(value)) for name, value in zip(COMPTEURS, values, strict=False)
        }
        when = time or max(self.now, at(int(mois[:4]), int(mois[5:]), 20, 8))
        return self.act("heures_saisies", when, f"heures/{mois}/{numero}", stagiaire=numero, mois=mois, **counters, **changes)

    def hours_together(self, mois: str, lignes: Sequence[LigneSaisie], time: datetime | None = None) -> list[Output]:
        when = time or max(self.now, at(int(mois[:4]), int(mois[5:]), 20, 8))
        return self.act("realise_saisi", when, f"declaration/{mois}", mois=mois, lignes=tuple(lignes))

    def confirm(self, mois: str, time: datetime | None = None) -> list[Output]:
        return self.act("declaration_confirmee", time or after(mois), f"declaration/{mois}", mois=mois)

    def invoice(self, *mois: str, time: datetime | None = None) -> list[Output]:
        when = time or max(self.now, after(mois[-1]))
        prepared = self.act("facture_preparee", when, mois=mois)
        reference = next((o.data.reference for o in prepared if o.name == "facture"), None)
        if reference is None:
            return prepared
        return self.act("facture_confirmee", when, facture=reference)

    def decide(self, facture: str, resultat: str = "ACCEPTEE", time: datetime | None = None, motif: str | None = None) -> list[Output]:
        return self.region("decision_facture", time or self.now, facture=facture, resultat=resultat, motif=motif)


def line(numero: str, *values: object, absences: tuple[Absence, ...] = ()) -> LigneSaisie:
    """A line of hours; counters that are not given are zero."""
    given = (Decimal(str(value)) for value in values)
    return LigneSaisie(stagiaire=numero, **{name: next(given, Decimal(0)) for name in COMPTEURS}, absences=absences)


def after(mois: str, day: int = 10) -> datetime:
    """A day of the month that follows."""
    year, month = int(mois[:4]), int(mois[5:])
    return at(year + month // 12, month % 12 + 1, day, 8)


def codes(outputs: list[Output]) -> list[str]:
    return [o.data.code for o in outputs if o.name == "refus"]


def named(outputs: list[Output], name: str) -> list[Any]:
    return [o.data for o in outputs if o.name == name]


def opened(
    frequence: str = "MENSUEL", *, numeros: tuple[str, ...] = ("S1",), change: Callable[[Driver], None] | None = None, **action: Any
) -> Driver:
    """A driver whose action is open with these stagiaires."""
    driver = Driver()
    driver.describe(**action)
    for numero in numeros:
        driver.stagiaire(numero)
    if change is not None:
        change(driver)
    driver.open(frequence)
    return driver

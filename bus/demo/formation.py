"""`python -m bus.demo formation`: one training action of each payment frequency, from its vote to its solde.

Eight stagiaires an action, absences with and without papers, an invoice asked too early. Every euro is counted apart, from
the plan of the actions alone, and compared.
"""

from datetime import UTC, datetime
from decimal import Decimal

from rich.console import Console

from bus.demo import organismes
from bus.demo.acts import Acts
from bus.demo.organismes import Action

SEED = 2026
LABELS = {"MENSUEL": "mensuel", "TRIMESTRIEL": "trimestriel", "TROIS_ACOMPTES": "trois acomptes"}


class Formation:
    """The three actions."""

    def __init__(self, acts: Acts) -> None:
        self.acts = acts
        self.actions = organismes.generate(SEED, datetime.now(UTC).date())

    def play(self) -> int:
        """Play it all; 0 when every figure is what had to come."""
        acts = self.acts
        acts.authorise(("safir", "extranet"))
        with acts.step("La Région vote trois actions, verse leur avance, reçoit par courrier des justificatifs d'absence"):
            self.post("safir", organismes.vote, organismes.papiers)
        with acts.step(
            "Les organismes inscrivent, ouvrent, déclarent six mois, facturent selon leur fréquence, closent, déposent le bilan"
        ):
            self.post("extranet", organismes.vie)
            self.tell_refusals()
        with acts.step("La Région accepte les acomptes ; les organismes demandent le solde, que la Région règle"):
            self.post("safir", organismes.acceptations)
            self.post("extranet", organismes.solde)
            self.post("safir", organismes.reglement)
        return self.conclude()

    # --- what happens ------------------------------------------------------------------------------------------------

    def post(self, system: str, *chapters: organismes.Chapter) -> None:
        self.acts.post(system, [event for action in self.actions for chapter in chapters for event in chapter(action)])
        self.acts.rest()

    def tell_refusals(self) -> None:
        for row in self.acts.rows("SELECT message, remede, count(*) AS times FROM formation_refus GROUP BY 1, 2 ORDER BY 1"):
            self.acts.tell(f"refusé {row.times} fois : « {row.message} » {row.remede}")

    # --- what came of it ---------------------------------------------------------------------------------------------

    def conclude(self) -> int:
        acts = self.acts
        acts.console.print()
        acts.table(
            "Actions", ("contrat", "paiement", "réalisé HT", "avance", "acomptes", "solde", "état"), [self.line(a) for a in self.actions]
        )
        states = "SELECT nature, statut, count(*), sum(montant_ht) FROM formation_factures GROUP BY 1, 2 ORDER BY 1, 2"
        acts.table("Demandes de paiement", ("nature", "statut", "nombre", "HT"), [tuple(row) for row in acts.rows(states)])
        told = "SELECT nature, count(*) FROM formation_notifications GROUP BY 1 ORDER BY 1"
        acts.table("Ce que les organismes ont appris", ("notification", "nombre"), [tuple(row) for row in acts.rows(told)])
        acts.table("Durées", ("étape", "secondes"), [(name, round(seconds, 1)) for name, seconds in acts.steps.items()])
        status = acts.compare([figure for action in self.actions for figure in self.figures(action)] + self.all_together())
        acts.console.print(
            f"\nLes états à imprimer : .venv/bin/passerelle etats list {self.actions[0].contrat}\n"
            f"                       .venv/bin/passerelle etats write {self.actions[0].contrat} var/etats"
        )
        return status

    def line(self, action: Action) -> tuple[object, ...]:
        found = self.acts.rows(
            "SELECT sum(montant_ht) FILTER (WHERE nature = 'ACOMPTE') AS acomptes, "
            "sum(montant_ht) FILTER (WHERE nature = 'SOLDE') AS solde, max(realise_ht) AS realise "
            "FROM formation_factures WHERE contrat = :contrat AND statut = 'ACCEPTEE'",
            contrat=action.contrat,
        )[0]
        return action.contrat, LABELS[action.frequence], found.realise, action.avance, found.acomptes, found.solde, self.state(action)

    def state(self, action: Action) -> str:
        return str(self.acts.one("SELECT etat FROM formation_suivi WHERE contrat = :contrat", contrat=action.contrat)).lower()

    def figures(self, action: Action) -> list[tuple[str, object, object]]:
        """Found in the tables, and counted apart from the plan."""

        name = LABELS[action.frequence]
        found = self.acts.rows(
            "SELECT nature, montant_ht, realise_ht FROM formation_factures "
            "WHERE contrat = :contrat AND statut = 'ACCEPTEE' ORDER BY nature, numero",
            contrat=action.contrat,
        )
        acomptes = tuple(row.montant_ht for row in found if row.nature == "ACOMPTE")
        solde = [(row.montant_ht, row.realise_ht) for row in found if row.nature == "SOLDE"]
        return [
            (f"{name} : acomptes acceptés", acomptes, action.acomptes),
            (f"{name} : solde, et réalisé", solde, [(action.solde, action.realise)]),
            (f"{name} : état", self.state(action), "soldee"),
        ]

    def all_together(self) -> list[tuple[str, object, object]]:
        one = self.acts.one
        paid = sum((action.avance + sum(action.acomptes, Decimal(0)) + action.solde for action in self.actions), Decimal(0))
        received = one("SELECT sum(montant_ht) FROM formation_factures WHERE statut = 'ACCEPTEE'") + sum(a.avance for a in self.actions)
        return [
            ("total perçu par les organismes", received, paid),
            ("acomptes demandés trop tôt, refusés", one("SELECT count(*) FROM formation_refus"), len(self.actions)),
            ("déclarations confirmées", one("SELECT count(*) FROM formation_declarations"), len(self.actions) * organismes.MOIS),
            ("courriels de compte", one("SELECT count(*) FROM effets WHERE sink LIKE 'comptes.%'"), len(self.actions)),
            ("lettres mortes", one("SELECT count(*) FROM dead_letters"), 0),
        ]


def play() -> int:
    """Play it on this folder's installation; 0 when every figure is what had to come."""
    return Formation(Acts(Console(highlight=False), ("formation", "comptes"))).play()

"""`python -m bus.demo region`: a region's agricultural bursaries, with what goes wrong there on a bad day.

Forty établissements, five instructors. Yesterday one of them sent; today one does things in the wrong order, one changes a
dossier after its preparation, one freezes in the middle of his send, and three send at the same time while the worker that
holds the national lock is killed.
"""

import os
import signal
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from rich.console import Console

from bus import supervisor
from bus.demo import campagne
from bus.demo.acts import PATIENCE, Acts
from bus.demo.campagne import Etablissement, said
from bus.demo.stage import wait_for

SIZES = (12, 9, 8, 7, 4)
DOSSIERS = 30
SEED = 2026
VICTIM = "luciole.verrou"
PARIS = ZoneInfo("Europe/Paris")


class Region:
    """The region, its instructors, and the day."""

    def __init__(self, acts: Acts) -> None:
        self.acts = acts
        self.all = campagne.generate(SEED, SIZES, DOSSIERS)
        self.instructeurs = tuple(dict.fromkeys(each.instructeur for each in self.all))
        self.now = datetime.now(UTC)
        yesterday = self.now.astimezone(PARIS).date() - timedelta(days=1)
        self.yesterday = datetime.combine(yesterday, time(10), PARIS).astimezone(UTC)
        self.calls = 0

    def of(self, instructeur: str) -> list[Etablissement]:
        return [each for each in self.all if each.instructeur == instructeur]

    def play(self) -> int:
        """Play it all; 0 when every figure is what had to come."""
        first, frozen, waiting, third, fourth = self.instructeurs[0], self.instructeurs[4], *self.instructeurs[1:4]
        acts = self.acts
        acts.authorise(("luciole", "draaf", "support"))
        with acts.step("Instruire 40 établissements, valider leurs bordereaux, envoyer les flux financiers ; la DRAAF confirme"):
            self.instruct()
        with acts.step("Hier : le premier instructeur prépare et envoie ; OGAPI aussitôt, FREGATA le lendemain"):
            self.prepare(first, self.yesterday)
            self.ask(first, self.yesterday + timedelta(minutes=5))
            self.end(first, self.yesterday + timedelta(minutes=17))
        with acts.step("Un ordre interdit : envoyer sans avoir préparé"):
            self.ask(third, self.now - timedelta(minutes=58))
            self.tell_refusals()
        with acts.step("Préparer les quatre autres ; une modification après la préparation, que la DRAAF accepte"):
            for instructeur in (frozen, waiting, third, fourth):
                self.prepare(instructeur, self.now - timedelta(minutes=55))
            self.modify(self.of(fourth)[0])
        with acts.step("Un envoi se fige : un autre attend depuis 30 minutes, le support est appelé, puis débloque"):
            self.freeze(frozen, waiting)
        with acts.step("Trois instructeurs envoient à la fois ; le travailleur du verrou est tué pendant que l'un d'eux le tient"):
            self.three_at_once(third, fourth, frozen)
        return self.conclude()

    # --- what happens ------------------------------------------------------------------------------------------------

    def instruct(self) -> None:
        before = self.yesterday - timedelta(days=20)
        self.acts.post("luciole", [event for each in self.all for event in campagne.instruction(each, before)])
        self.acts.rest()
        self.acts.post("luciole", [campagne.flux(each, before + timedelta(days=1)) for each in self.all])
        self.acts.post("draaf", [campagne.validation(each.fichier, before + timedelta(days=8)) for each in self.all])
        self.acts.rest()
        count = sum(len(each.dossiers) for each in self.all)
        self.acts.tell(f"{count} dossiers, {len(self.all)} bordereaux et autant de fichiers de paiement")

    def prepare(self, instructeur: str, at: datetime) -> None:
        self.command("preparation_demande", instructeur, at)

    def ask(self, instructeur: str, at: datetime) -> None:
        self.command("envoi_demande", instructeur, at)

    def end(self, instructeur: str, at: datetime, jeton: int | None = None) -> None:
        self.command("envoi_fin", instructeur, at, **({} if jeton is None else {"jeton": jeton}))

    def command(self, name: str, instructeur: str, at: datetime, **fields: int) -> None:
        self.acts.post("luciole", [said(name, at, instructeur=instructeur, **fields)])
        self.acts.rest()

    def modify(self, etablissement: Etablissement) -> None:
        """Ask the DRAAF, have the file rejected, change the dossier, send a new file, prepare again (R-LUC-14)."""
        at = self.now - timedelta(minutes=50)
        dossier = etablissement.envoyes[0]
        about = {"etablissement": etablissement.uai, "dossier": dossier.numero, "instructeur": etablissement.instructeur}
        self.acts.post("luciole", [said("modification_demande", at, **about, motif="Échelon rectifié")])
        self.acts.rest()
        question = self.acts.one("SELECT message FROM draaf_demandes")
        self.acts.tell(f"DRAAF : « {question} »")
        self.acts.post("draaf", [campagne.validation(etablissement.fichier, at + timedelta(minutes=1), "REJETEE")])
        self.acts.rest()
        raised = replace(dossier, montant=dossier.montant + Decimal("100.00"), theorique=dossier.theorique + Decimal("300.00"))
        changed = replace(etablissement, dossiers=(raised, *etablissement.dossiers[1:]), fichier=f"{etablissement.fichier[:-1]}2")
        self.all = tuple(changed if each is etablissement else each for each in self.all)
        self.acts.post("luciole", [campagne.du_dossier(changed, raised, at + timedelta(minutes=2))])
        self.acts.rest()
        self.acts.post("luciole", [campagne.flux(changed, at + timedelta(minutes=3))])
        self.acts.post("draaf", [campagne.validation(changed.fichier, at + timedelta(minutes=4))])
        self.acts.rest()
        self.prepare(etablissement.instructeur, at + timedelta(minutes=5))
        self.acts.tell("rejet, modification, nouveau fichier, nouvelle confirmation, nouvelle préparation")

    def freeze(self, frozen: str, waiting: str) -> None:
        self.ask(frozen, self.now - timedelta(minutes=42))
        self.ask(waiting, self.now - timedelta(minutes=36))
        call = self.acts.rows("SELECT message, cause FROM support_appels")[0]
        self.acts.tell(f"support : « {call.message} » {call.cause}")
        token = self.acts.one("SELECT jeton FROM luciole_verrou")
        self.acts.post("support", [said("deblocage", self.now - timedelta(minutes=5), par="Support")])
        self.acts.rest()
        self.acts.tell(f"le suivant est parti de lui-même : {self.holder()}")
        self.end(frozen, self.now - timedelta(minutes=4), token)
        self.acts.tell(f"le OK tardif du jeton {token} n'écrit rien : {self.montants(frozen)} montant de cet instructeur dans OGAPI")
        self.end(waiting, self.now - timedelta(minutes=1))

    def three_at_once(self, *instructeurs: str) -> None:
        start = datetime.now(UTC)
        self.acts.post("luciole", [said("envoi_demande", start, instructeur=instructeur) for instructeur in instructeurs])
        self.acts.rest()
        for place in self.acts.rows("SELECT place, instructeur, attente_estimee_minutes AS minutes FROM luciole_file ORDER BY place"):
            self.acts.tell(f"file : n° {place.place}, {place.instructeur}, {place.minutes} min d'attente prévues")
        pid = self.kill()
        for _ in instructeurs:
            holder = self.holder()
            self.end(holder, datetime.now(UTC))
            self.acts.tell(f"OK pour {holder}")
        self.acts.tell(
            f"travailleur « {VICTIM} » (pid {pid}) tué par SIGKILL, relancé par le superviseur : le verrou est resté où il était"
        )

    def kill(self) -> int:
        """Kill the lock's worker and wait until another has taken its task over."""
        epoch = self.acts.one("SELECT max(epoch) FROM tasks WHERE processor = :name", name=VICTIM)
        pid = next(state.pid for state in supervisor.states(self.acts.stage.places) if state.name == VICTIM and state.pid)
        os.kill(pid, signal.SIGKILL)
        wait_for(
            lambda: bool(self.acts.one("SELECT max(epoch) FROM tasks WHERE processor = :name", name=VICTIM) > epoch),
            "la relance du travailleur du verrou",
            PATIENCE,
        )
        return pid

    # --- what came of it ---------------------------------------------------------------------------------------------

    def holder(self) -> str:
        return str(self.acts.one("SELECT detenteur FROM luciole_verrou"))

    def montants(self, instructeur: str) -> int:
        return int(self.acts.one("SELECT count(*) FROM ogapi_montants WHERE instructeur = :who", who=instructeur))

    def tell_refusals(self) -> None:
        for row in self.acts.rows("SELECT message, remede FROM luciole_refus ORDER BY refuse_le"):
            self.acts.tell(f"refusé : « {row.message} ». {row.remede}")

    def conclude(self) -> int:
        acts = self.acts
        acts.console.print()
        acts.table("Envois", ("instructeur", "établissements", "dossiers", "montants", "jeton", "début", "fin"), self.sends())
        acts.table("Refus, chacun avec son remède", ("code", "message", "nombre"), self.refusals())
        queue = "SELECT visible_le::text, sum(attendues)::int, sum(publiees)::int FROM fregata_file GROUP BY 1 ORDER BY 1"
        acts.table("File de FREGATA", ("visible le", "attendues", "publiées"), acts.rows(queue))
        acts.table("Ce qui est parti, ou montré", ("sortie", "état", "nombre"), self.left())
        acts.table("Durées", ("étape", "secondes"), [(name, round(seconds, 1)) for name, seconds in acts.steps.items()])
        return acts.compare(self.figures())

    def sends(self) -> list[tuple[object, ...]]:
        query = (
            "SELECT instructeur, count(*), sum(nombre_dossiers)::int, sum(nombre_montants)::int, jeton::int, min(debut), max(fin) "
            "FROM luciole_envois GROUP BY instructeur, jeton ORDER BY jeton"
        )
        return [(*row[:5], _hour(row[5]), _hour(row[6])) for row in self.acts.rows(query)]

    def refusals(self) -> list[tuple[object, ...]]:
        query = "SELECT code, min(message), count(*) FROM luciole_refus GROUP BY code ORDER BY code"
        return [tuple(row) for row in self.acts.rows(query)]

    def left(self) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self.acts.rows("SELECT sink, lower(state), count(*) FROM effets GROUP BY 1, 2 ORDER BY 1, 2")]

    def figures(self) -> list[tuple[str, object, object]]:
        """Found in the tables, and counted apart from the campaign alone."""
        one = self.acts.one
        sent = [dossier for each in self.all for dossier in each.envoyes]
        billed = [dossier for each in self.all if each.ogapi for dossier in each.envoyes]
        early = sum(len(each.envoyes) for each in self.of(self.instructeurs[0]))
        closed = sum(dossier.clos for each in self.all for dossier in each.dossiers)
        return [
            ("établissements servis", one("SELECT count(DISTINCT etablissement) FROM luciole_envois"), len(self.all)),
            ("dossiers envoyés", one("SELECT sum(nombre_dossiers) FROM luciole_envois"), len(sent)),
            ("montants dans OGAPI", one("SELECT count(*) FROM ogapi_montants"), len(billed)),
            ("euros dans OGAPI", one("SELECT sum(montant) FROM ogapi_montants"), sum(d.montant for d in billed)),
            ("montants en double", one("SELECT count(*) - count(DISTINCT (etablissement, dossier)) FROM ogapi_montants"), 0),
            ("décisions visibles dans FREGATA", one("SELECT count(*) FROM fregata_decisions"), early),
            ("décisions en file pour demain", one("SELECT sum(attendues - publiees) FROM fregata_file"), len(sent) - early),
            ("dossiers non reconduits", one("SELECT count(*) FROM luciole_non_reconduits"), closed),
            ("établissements non servis", one("SELECT count(*) FROM luciole_non_servis"), 0),
            ("envois sans préparation refusés", self.refused("PAS_DE_DONNEES"), 1),
            ("écritures d'un ancien détenteur refusées", self.refused("JETON_PERIME"), 1),
            ("appels au support", one("SELECT count(*) FROM support_appels"), 1),
            ("questions à la DRAAF", one("SELECT count(*) FROM draaf_demandes"), 1),
            ("fichiers de paiement remis à Chorus", one("SELECT count(*) FROM effets WHERE sink = 'chorus.paiements'"), len(self.all) + 1),
            ("détenteur du verrou à la fin", one("SELECT detenteur FROM luciole_verrou"), None),
            ("lettres mortes", one("SELECT count(*) FROM dead_letters"), 0),
        ]

    def refused(self, code: str) -> int:
        return int(self.acts.one("SELECT count(*) FROM luciole_refus WHERE code = :code", code=code))


def _hour(at: datetime) -> str:
    return at.astimezone(PARIS).strftime("%d/%m %H:%M")


def play() -> int:
    """Play it on this folder's installation; 0 when every figure is what had to come."""
    return Region(Acts(Console(highlight=False), ("luciole",))).play()

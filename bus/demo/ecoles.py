"""`python -m bus.demo ecoles`: schools of an académie and their files, with a forbidden order and a file of links that is wrong.

What a school's systems take from each other is in their outboxes byte for byte: links and dossiers for SIECLE, seven exports for
PRONOTE, nomenclatures and structures for Charlemagne, timetables both ways.

A collège of Nouvelle-Calédonie has its ELEGROUPE predicted, corrected, deposited, treated by night and reported; a lycée and
the collège keep the calendar of the rentrée; two écoles go to ONDE, where a person confirms one of the two imports.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console

from bus.demo import academie
from bus.demo.academie import FAUTES, NON_INTEGRES, SANS_CLASSE, Event, File
from bus.demo.acts import PATIENCE, Acts
from bus.demo.stage import folder_of, wait_for

DOMAINS = ("lsu", "siecle", "rentree", "onde")
SYSTEMS = ("etablissement", "charlemagne", "academie", "onde")
NOUMEA = ZoneInfo("Pacific/Noumea")
REFUS = (
    "SELECT code, message, remede FROM siecle_refus UNION ALL SELECT code, message, remede FROM rentree_refus "
    "UNION ALL SELECT code, message, remede FROM onde_refus"
)


class Ecoles:
    """The schools, and what happens to them."""

    def __init__(self, acts: Acts) -> None:
        self.acts = acts
        self.dropped = 0
        self.told: set[str] = set()
        self.college, self.lycee, self.ecoles = academie.academie(datetime.now(NOUMEA).date())
        self.faulty = academie.links(self.college, 10, wrong=True)
        self.right = academie.links(self.college, 11, wrong=False)

    def play(self) -> int:
        """Play it all; 0 when every figure is what had to come."""
        acts, college = self.acts, self.college
        acts.authorise(SYSTEMS)
        schools = (college, self.lycee, *self.ecoles)
        with acts.step(f"Déposer les fichiers de {len(schools)} établissements : SIECLE, STS Web, Charlemagne, LSU, ONDE"):
            self.drop([each for school in schools for each in academie.exchanges(school)])
            acts.tell(f"{self.dropped} fichiers, {sum(school.pupils for school in schools)} élèves")
        with acts.step("Le collège : versions, campagne, sept fichiers, synchros 1 à 3 ; il oublie la 4a et dépose son ELEGROUPE"):
            exports = [name for name, _ in self.of("siecle", academie.exchanges(college))]
            self.say("etablissement", academie.before_the_structure(college, exports))
            self.drop([self.faulty])
            self.say("etablissement", academie.deposit(college, _name(self.faulty), 12))
            self.tell_refusals()
        with acts.step("Ce que SIECLE rejetterait cette nuit, dit avant le dépôt"):
            self.tell_prediction(self.faulty)
        with acts.step("La structure part de STS Web vers SIECLE (4a, 4b) ; le fichier corrigé est prédit, déposé, traité la nuit"):
            self.say("etablissement", academie.structure_sent(college))
            self.drop([self.right])
            self.tell_prediction(self.right)
            self.say("etablissement", academie.deposit(college, _name(self.right), 13))
            self.tell_report()
        with acts.step("La rentrée : le calendrier du collège et du lycée, l'étape 7 trop tôt, les élèves envoyés trop tôt"):
            for school, omogen in ((college, False), (self.lycee, True)):
                acts.post("charlemagne", academie.rentree(school, omogen))
                self.say("academie", [academie.described(school, omogen)])
            for school in (college, self.lycee):
                self.say("charlemagne", academie.pupils_sent(school))
            self.say("academie", [academie.integrated(self.lycee)])
            self.tell_refusals()
        with acts.step("Les écoles : contrôle, correction, archive de Charlemagne inchangée, import confirmé par une personne"):
            self.to_onde()
        return self.conclude()

    # --- what happens ------------------------------------------------------------------------------------------------

    def say(self, system: str, events: Sequence[Event]) -> None:
        self.acts.post(system, events)
        self.acts.rest()

    def drop(self, files: Iterable[File]) -> None:
        """As a program would: written beside, renamed into the inbox, marked as whole; then until all is taken and decided."""
        for path, content in files:
            system, _, name = path.partition("/")
            folder = folder_of(self.acts.stage.settings, system)
            partial = folder / f".{name}.tmp"
            partial.write_bytes(content)
            if (folder / name).exists():  # two schools give a file the same name: one after the other
                self.wait_until_taken()
            partial.rename(folder / name)
            (folder / f"{name}.done").touch()
            self.dropped += 1
        self.wait_until_taken()
        self.acts.rest()

    def wait_until_taken(self) -> None:
        taken = "SELECT count(*) FROM depots WHERE settled_at IS NOT NULL"
        wait_for(lambda: bool(self.acts.one(taken) >= self.dropped), "la prise des fichiers déposés", PATIENCE)

    def of(self, system: str, files: Iterable[File]) -> list[File]:
        """Those of a system, under their own names."""
        return [(path.partition("/")[2], content) for path, content in files if path.startswith(f"{system}/")]

    def to_onde(self) -> None:
        first, second = self.ecoles
        for school, without_class, anomalies in ((first, SANS_CLASSE, 1), (second, 0, 0)):
            self.acts.post("academie", [academie.described(school, None)])
            self.say("charlemagne", academie.charlemagne(school, without_class, anomalies))
        self.tell_refusals()
        self.say("charlemagne", academie.mended(first, SANS_CLASSE))
        self.drop([academie.archive(school) for school in self.ecoles])
        digest = hashlib.sha256(academie.archive(first)[1]).hexdigest()
        self.say("onde", [academie.imported(first, digest)])
        for row in self.acts.rows("SELECT uai, statut FROM onde_etapes WHERE etape = 'DEPOT' ORDER BY uai"):
            self.acts.tell(f"{row.uai} : import dans ONDE {row.statut.lower().replace('_', ' ')}")

    # --- what is said ------------------------------------------------------------------------------------------------

    def tell_refusals(self) -> None:
        """Those that were not told yet."""
        found = {f"refusé : « {row.message} » {row.remede}" for row in self.acts.rows(REFUS)}
        for words in sorted(found - self.told):
            self.acts.tell(words)
        self.told |= found

    def tell_prediction(self, file: File) -> None:
        found = self.prediction(file)
        self.acts.tell(
            f"{_xml(file)} : {found.eleves} élèves lus, {found.absents} absents, {found.rejetes} rejetés, "
            f"{found.avec_anomalies} avec anomalies"
        )
        lines = "SELECT messages FROM siecle_predictions_lignes WHERE fichier = :fichier ORDER BY section DESC, rang"
        for row in self.acts.rows(lines, fichier=_xml(file)):
            for message in row.messages:
                self.acts.tell(f"  {message}")
        remedes = "SELECT DISTINCT groupe, correction FROM siecle_predictions_remedes WHERE fichier = :fichier"
        for row in self.acts.rows(remedes, fichier=_xml(file)):
            self.acts.tell(f"  groupe {row.groupe} : {row.correction}")

    def tell_report(self) -> None:
        row = self.report()
        self.acts.tell(
            f"compte-rendu du {row.date_import:%d/%m/%Y} : {row.eleves} élèves, {row.absents} absents, {row.avec_anomalies} anomalies"
        )

    # --- what came of it ---------------------------------------------------------------------------------------------

    def prediction(self, file: File) -> Any:
        query = "SELECT eleves, absents, rejetes, avec_anomalies FROM siecle_predictions WHERE fichier = :fichier ORDER BY calcule_le DESC"
        return self.acts.rows(query, fichier=_xml(file))[0]

    def report(self) -> Any:
        query = "SELECT date_import, eleves, absents, rejetes, avec_anomalies FROM siecle_comptes_rendus WHERE fichier = :fichier"
        return self.acts.rows(query, fichier=_xml(self.right))[0]

    def conclude(self) -> int:
        acts = self.acts
        acts.console.print()
        steps = (
            "SELECT uai, count(*) FILTER (WHERE statut = 'FAITE')::int, count(*) FILTER (WHERE statut = 'EN_RETARD')::int, "
            "count(*) FILTER (WHERE statut = 'A_FAIRE')::int, count(*) FILTER (WHERE statut = 'SANS_OBJET')::int "
            "FROM rentree_etapes GROUP BY uai HAVING bool_or(statut <> 'SANS_OBJET') ORDER BY uai"
        )
        late = "SELECT uai, numero, libelle, echeance::text FROM rentree_retards ORDER BY uai, numero"
        exported = "SELECT uai, nombre_exportes, nombre_omis FROM onde_exports ORDER BY uai"
        refused = Counter((row.code, row.message) for row in self.acts.rows(REFUS))
        acts.table("Calendrier de la rentrée", ("établissement", "faites", "en retard", "à faire", "sans objet"), acts.rows(steps))
        acts.table("Étapes trouvées en retard", ("établissement", "étape", "libellé", "échéance"), acts.rows(late))
        acts.table("Exports vers ONDE", ("école", "élèves exportés", "élèves sans classe"), acts.rows(exported))
        acts.table(
            "Refus, chacun avec son remède", ("code", "message", "nombre"), [(*each, count) for each, count in sorted(refused.items())]
        )
        acts.table("Fichiers écrits", ("fichier",), [(each,) for each in self.written()])
        acts.table("Durées", ("étape", "secondes"), [(name, round(seconds, 1)) for name, seconds in acts.steps.items()])
        return acts.compare(self.figures())

    def written(self) -> list[str]:
        outbox = self.acts.stage.settings.outbox_folder
        return sorted(str(path.relative_to(outbox)) for path in outbox.rglob("*") if path.is_file())

    def figures(self) -> list[tuple[str, object, object]]:
        """Found in the tables and in the outbox, and counted apart from the schools alone."""
        one, (first, second) = self.acts.one, self.ecoles
        linked = sum(bool(pupil.groups) for pupil in self.college.school.present())
        absent = self.college.present - linked
        wrong, right, report = self.prediction(self.faulty), self.prediction(self.right), self.report()
        outbox = self.acts.stage.settings.outbox_folder / "onde"
        archives = [(outbox / f"{school.uai}.ZIP").read_bytes() == academie.archive(school)[1] for school in self.ecoles]
        sent = "SELECT nombre_envoyes - nombre_integres FROM rentree_rapprochements_eleves WHERE uai = :uai"
        exported = "SELECT nombre_exportes FROM onde_exports WHERE uai = :uai"
        imported = "SELECT count(*) FROM onde_etapes WHERE etape = 'DEPOT' AND statut = 'FAITE' AND uai = :uai"
        return [
            ("fichiers pris", one("SELECT count(*) FROM depots WHERE state = 'ARCHIVED'"), self.dropped),
            ("prédiction du fichier fautif", tuple(wrong), (linked, absent + 1, 1, len(FAUTES) - 1)),
            ("prédiction du fichier corrigé", tuple(right), (linked, absent, 0, 0)),
            ("compte-rendu de la nuit", tuple(report)[1:], (linked, absent, 0, 0)),
            ("élèves du collège dans leurs groupes", one("SELECT count(*) FROM siecle_liens"), linked),
            ("dépôts sans la 4a refusés", self.refused("SANS_SYNCHRO_4A"), 1),
            ("synchro 4 du collège", one("SELECT statut FROM synchros_etats WHERE synchro = 'S4'"), "FAITE"),
            ("étapes 7 trop tôt refusées", self.refused("ETAPE_PREALABLE_MANQUANTE"), 1),
            ("envois sans identifiants refusés", self.refused("IDENTIFIANTS_NON_IMPORTES"), 2),
            ("élèves du lycée non intégrés", one(sent, uai=self.lycee.uai), NON_INTEGRES),
            ("exports avant contrôle refusés", self.refused("CONTROLE_ABSENT"), len(self.ecoles)),
            ("élèves exportés, première école", one(exported, uai=first.uai), first.present - SANS_CLASSE),
            ("élèves exportés, seconde école", one(exported, uai=second.uai), second.present),
            ("archives inchangées", archives, [True, True]),
            ("sts_emp et emp_sts passés octet pour octet", self.passed_on(), (4, 4)),
            ("liens du collège dans la boîte de SIECLE", self.outbox("siecle", self.right), True),
            ("dossiers du collège dans la boîte de SIECLE", self.outbox("siecle", *self.given("charlemagne/")), True),
            ("sept exports du collège dans celle de PRONOTE", self.outbox("pronote", *self.given("siecle/")), True),
            ("nomenclatures et structures dans celle de Charlemagne", self.outbox("charlemagne", *self.nomenclatures()), True),
            ("import confirmé, première école", one(imported, uai=first.uai), 1),
            ("import confirmé, seconde école", one(imported, uai=second.uai), 0),
            ("lettres mortes", one("SELECT count(*) FROM dead_letters"), 0),
        ]

    def given(self, part: str) -> list[File]:
        """Files of the collège that were dropped, of one system."""
        return [each for each in academie.exchanges(self.college) if each[0].startswith(part)]

    def nomenclatures(self) -> list[File]:
        return [each for each in self.given("siecle/") if "Nomenclature" in each[0] or "Structures" in each[0]]

    def outbox(self, system: str, *files: File) -> bool:
        """Whether these very files of the collège, and none but they, are in that system's outbox."""
        folder = self.acts.stage.settings.outbox_folder / system
        found = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name in map(_name, files)}
        kept = [path for path in folder.rglob("*") if path.is_dir()]
        others = [path for each in kept for path in each.iterdir() if path.name not in found]
        return bool(files) and not others and found == {_name(each): each[1] for each in files}

    def passed_on(self) -> tuple[int, int]:
        """Files of the synchros 1 and 3: those that the outboxes of EDT and STS-WEB have unchanged, and those dropped."""
        outbox = self.acts.stage.settings.outbox_folder
        given = [file for school in (self.college, self.lycee) for file in self.of("sts", academie.exchanges(school))]
        places = [(outbox / ("edt" if name.startswith("sts_emp") else "sts") / name, content) for name, content in given]
        return sum(path.exists() and path.read_bytes() == content for path, content in places), len(given)

    def refused(self, code: str) -> int:
        return sum(row.code == code for row in self.acts.rows(REFUS))


def _name(file: File) -> str:
    return file[0].partition("/")[2]


def _xml(file: File) -> str:
    """The document in an archive of links."""
    return _name(file).replace(".zip", ".xml")


def play() -> int:
    """Play it on this folder's installation; 0 when every figure is what had to come."""
    return Ecoles(Acts(Console(highlight=False), DOMAINS)).play()

"""The five synchros: versions, campaign, messages, the seven files, the import of pupils (R-PRO-01 to 06, 20 to 25, 30 to 34)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from processors.lsu import PROCESSOR
from processors.lsu.procedure import COCHEES, LOT, OPTIONS, SYNCHROS
from processors.lsu.reglages import Reglages, VersionAdmise
from processors.lsu.state import Etat
from schemas.outcome import Event, Outcome
from schemas.records import siecle, synchros

UAI = "9830418M"
START = datetime(2018, 7, 20, tzinfo=UTC)
STRUCTURE = "La structure a été envoyée à SCONET via un service Web."
SERVICES = "Les services ont été envoyés à SCONET via un service Web."


class Bus:
    """One school's state and what was decided."""

    def __init__(self, reglages: Reglages | None = None, uai: str = UAI) -> None:
        self.reglages = reglages or Reglages()
        self.uai = uai
        self.state: Etat | None = None
        self.outcomes: list[Outcome] = []

    def give(self, name: str, data: Any, topic: str = "synchros.gestes.v1") -> Outcome:
        at = START + timedelta(minutes=len(self.outcomes))
        outcome = self._decide(name, at, topic, data)
        self.outcomes.append(outcome)
        for each in outcome.emitted:
            self._decide(each.name, at, each.topic, each.data)
        return outcome

    def _decide(self, name: str, at: datetime, topic: str, data: Any) -> Outcome:
        outcome = PROCESSOR.decide(self.reglages, self.state, Event("e", name, at, self.uai, "", "/test", topic, data))
        self.state = self.state if outcome.refusal is not None else outcome.state
        return outcome

    def version(self, **changed: Any) -> Outcome:
        values: dict[str, Any] = {"logiciel": "PRONOTE", "millesime": "2017", "version": "0.2.10", "bits": 64} | changed
        return self.give("version_constatee", synchros.VersionConstatee(uai=self.uai, **values))

    def start(self, synchro: Any, **changed: Any) -> Outcome:
        return self.give("synchro_debut", synchros.SynchroDebut(uai=self.uai, synchro=synchro, **changed))

    def end(self, synchro: Any) -> Outcome:
        return self.give("synchro_fin", synchros.SynchroFin(uai=self.uai, synchro=synchro))

    def say(self, message: str) -> Outcome:
        return self.give("synchro_message", synchros.SynchroMessage(uai=self.uai, message=message))

    def campaign(self, annee: int, debut: date, type_: str = "Rentrée") -> Outcome:
        data = synchros.CampagneConstatee(uai=self.uai, annee_sts=annee, type=type_, debut=debut, fin=debut + timedelta(days=14))
        return self.give("campagne_constatee", data)

    def export(self, kind: str, name: str, day: date = date(2018, 7, 20), year: int = 2017) -> None:
        topic, named = "siecle.exports.v1", {"type": kind, "fichier": f"{kind}.xml", "archive": name}
        debut = siecle.InstantaneDebut(recu=name, uai=self.uai, date_export=day, millesime=year, **named)
        self.give("instantane_debut", debut, topic)
        self.give("instantane_fin", siecle.InstantaneFin(recu=name, uai=self.uai, type=kind, nombre=0, empreinte="e"), topic)

    def exits(self, *days: date | None, kind: str = "eleves_avec_adresses") -> None:
        """An export of pupils, each with the day on which he leaves."""
        topic, name = "siecle.exports.v1", f"{kind}{len(self.outcomes)}.zip"
        debut = siecle.InstantaneDebut(recu=name, uai=self.uai, type=kind, fichier=f"{kind}.xml", archive=name)
        self.give("instantane_debut", debut, topic)
        for number, day in enumerate(days):
            identity: dict[str, Any] = {"nom_de_famille": "TEIN", "prenom": "Noé", "date_naiss": date(2004, 1, 1)}
            self.give("eleve", siecle.Eleve(uai=self.uai, eleve_id=str(number), date_sortie=day, **identity), topic)
        end = siecle.InstantaneFin(recu=name, uai=self.uai, type=kind, nombre=len(days), empreinte="e")
        self.give("instantane_fin", end, topic)

    def pupils(self, **changed: Any) -> Outcome:
        return self.give("import_eleves", synchros.ImportEleves(uai=self.uai, **changed))

    def report(self, crees: int = 0, mis_a_jour: int = 0, ignores: int = 0, consulte: bool = True) -> Outcome:
        counts = synchros.BilanAffiche(uai=self.uai, crees=crees, mis_a_jour=mis_a_jour, ignores=ignores, consulte=consulte)
        return self.give("bilan_affiche", counts)

    def choose(self, *names: str) -> Outcome:
        return self.give("fichiers_choisis", synchros.FichiersChoisis(uai=self.uai, fichiers=names))


def code(outcome: Outcome) -> str | None:
    return None if outcome.refusal is None else outcome.refusal.code


def names(outcome: Outcome) -> list[str]:
    return [each.name for each in outcome.emitted]


@pytest.mark.parametrize("changed", [{"bits": 32}, {"version": "0.2.9"}, {"millesime": "2018"}])
def test_another_version_is_refused_where_versions_are_configured(changed: dict[str, Any]) -> None:
    assert code(Bus().version(**changed)) == "VERSION_NON_ADMISE"
    assert code(Bus(uai="0840001V").version(**changed)) is None, "none configured: no gate"


def test_a_version_that_is_no_longer_the_right_one_closes_every_synchro_until_it_is_again() -> None:
    bus = Bus()
    bus.version()
    assert names(bus.version(bits=32)) == ["version_refusee"]
    assert [code(bus.start(each)) for each in SYNCHROS] == ["VERSION_NON_ADMISE"] * len(SYNCHROS)
    bus.version()
    assert code(bus.start("S2")) is None


def test_a_first_version_that_is_refused_closes_every_synchro_too() -> None:
    bus = Bus()
    assert code(bus.version(bits=32)) == "VERSION_NON_ADMISE"
    assert [code(bus.start(each)) for each in SYNCHROS] == ["VERSION_NON_ADMISE"] * len(SYNCHROS)
    bus.version()
    assert code(bus.start("S1")) is None


def test_a_refusal_that_is_heard_after_a_good_version_closes_nothing() -> None:
    bus = Bus()
    told = PROCESSOR.decide(bus.reglages, None, _wrong(START)).emitted[0]
    bus.version()
    again = Event("f", told.name, START - timedelta(minutes=1), UAI, "", "/test", told.topic, told.data)
    assert PROCESSOR.decide(bus.reglages, bus.state, again).counted == "sans_effet"
    assert code(bus.start("S2")) is None


def _wrong(at: datetime) -> Event:
    data = synchros.VersionConstatee(uai=UAI, logiciel="PRONOTE", millesime="2017", version="0.2.10", bits=32)
    return Event("e", "version_constatee", at, UAI, "", "/test", "synchros.gestes.v1", data)


@pytest.mark.parametrize(("year", "configured", "found"), [(2017, {}, "VERSION_NON_ADMISE"), (2018, {}, None), (2017, {"983": 2018}, None)])
def test_the_versions_of_the_guide_are_those_of_its_school_year(year: int, configured: dict[str, int], found: str | None) -> None:
    bus = Bus(Reglages(annees_siecle=configured))
    bus.export("eleves_sans_adresses", "x.zip", year=year)
    assert code(bus.version(bits=32)) == found
    assert code(bus.version(bits=64)) is None


def test_configured_versions_are_those_of_the_longest_prefix() -> None:
    own = {"983": (VersionAdmise("EDT", "2017", "1"),), UAI: (VersionAdmise("EDT", "2017", "2"),)}
    bus = Bus(Reglages(versions_admises=own))
    assert code(bus.version(logiciel="EDT", version="1")) == "VERSION_NON_ADMISE"
    assert code(bus.version(logiciel="EDT", version="2")) is None
    assert code(bus.version()) is None, "nothing is asked of PRONOTE"


@pytest.mark.parametrize(
    ("annee", "debut", "type_", "found"),
    [
        (2018, date(2018, 3, 5), "Rentrée", None),
        (2018, date(2017, 3, 6), "Rentrée", "CAMPAGNE_AUTRE_ANNEE"),
        (2018, date(2018, 3, 5), "Bilan", "CAMPAGNE_AUTRE_ANNEE"),
        (2017, date(2017, 3, 6), "Rentrée", "ANNEE_STS"),
    ],
)
def test_the_campaign_opens_synchros_1_and_4_only(annee: int, debut: date, type_: str, found: str | None) -> None:
    bus = Bus(Reglages(annees_sts={"983": 2018}))
    bus.campaign(annee, debut, type_)
    assert [code(bus.start(each)) for each in ("S1", "S4A", "S4B")] == [found] * 3
    assert [code(bus.start(each)) for each in ("S2", "S3")] == [None] * 2


def test_synchro_1_is_refreshed_only_after_synchro_3() -> None:
    bus = Bus()
    assert code(bus.end("S1")) is None
    assert code(bus.start("S1")) == "SANS_SYNCHRO_3"
    bus.end("S3")
    assert code(bus.start("S1")) is None


@pytest.mark.parametrize("message", [STRUCTURE.replace(".", ""), "Traitement en cours", STRUCTURE.upper(), "", SERVICES[:-5]])
def test_only_the_exact_message_says_that_a_transfer_is_done(message: str) -> None:
    bus = Bus()
    bus.start("S4A")
    assert bus.say(message).counted == "message_sans_effet"
    assert bus.state is not None
    assert list(bus.state.en_cours) == ["S4A"]
    assert code(bus.end("S4A")) == "FIN_SANS_MESSAGE"
    assert names(bus.say(f"  {STRUCTURE}\n")) == ["synchro_faite"]
    assert bus.state.en_cours == {}


@pytest.mark.parametrize("order", [(STRUCTURE, SERVICES), (SERVICES, STRUCTURE)])
def test_synchro_4_is_complete_with_both_in_any_order_and_once(order: tuple[str, str]) -> None:
    bus = Bus()
    assert names(bus.say(order[0])) == ["synchro_faite"]
    assert names(bus.say(order[1])) == ["synchro_faite", "synchro_complete"]
    assert names(bus.say(order[1])) == ["synchro_faite"]


def test_services_must_go_to_sconet() -> None:
    assert code(Bus().start("S4B", destination="EDITEUR_PRIVE")) == "DESTINATION_DES_SERVICES"


def test_a_manual_entry_and_an_import_ask_for_a_persons_check() -> None:
    bus = Bus()
    assert names(bus.start("S3", saisie_manuelle=True)) == ["synchro_en_cours", "controle_demande"]
    assert names(bus.end("S2")) == ["synchro_faite", "controle_demande"]


# --- the seven files -------------------------------------------------------------------------------------------------


def seven(bus: Bus, but: str = "") -> list[str]:
    kinds = [kinds[0] for label, kinds in LOT.items() if label != but]
    for kind in kinds:
        bus.export(kind, f"{kind}(1).zip")
    return [f"{kind}(1).zip" for kind in kinds]


def test_the_seven_files_are_a_bundle_by_name_and_without() -> None:
    bus = Bus()
    files = seven(bus)
    assert names(bus.choose(*files)) == ["lot_complet"]
    (complete,) = bus.choose().emitted
    assert [each.libelle for each in complete.data.fichiers] == list(LOT)


@pytest.mark.parametrize("label", sorted(LOT))
def test_what_is_missing_is_named(label: str) -> None:
    bus = Bus()
    seven(bus, label)
    outcome = bus.choose()
    assert outcome.refusal is not None
    assert outcome.refusal.message == f"Les 7 fichiers de SIECLE ne sont pas tous là. Manque : {label}."


def test_pupils_without_addresses_will_do_but_not_responsables() -> None:
    bus = Bus()
    seven(bus, "Elèves (avec ou sans adresse)")
    bus.export("eleves_sans_adresses", "sans.zip")
    assert code(bus.choose()) is None
    other = Bus()
    seven(other, "Responsables (avec adresse uniquement)")
    other.export("responsables_sans_adresses", "sans.zip")
    assert code(other.choose()) == "LOT_INCOMPLET"


def test_a_file_that_is_not_of_the_school_refuses_the_bundle() -> None:
    bus = Bus()
    files = seven(bus)
    assert code(bus.choose(*files[:-1], "d_ailleurs.zip")) == "LOT_AUTRE_ETABLISSEMENT"


def test_files_of_two_years_are_no_bundle() -> None:
    bus = Bus()
    seven(bus)
    bus.export("structures", "encore.zip", year=2018)
    outcome = bus.choose()
    assert outcome.refusal is not None
    assert (outcome.refusal.code, outcome.refusal.message) == (
        "LOT_ANNEES_DIFFERENTES",
        "Les 7 fichiers ne sont pas de la même année scolaire : 2017-2018, 2018-2019.",
    )


def test_a_bundle_names_the_content_of_each_file_and_its_year() -> None:
    bus = Bus()
    files = seven(bus)
    (complete,) = bus.choose(*files).emitted
    assert [each.recu for each in complete.data.fichiers] == files
    assert complete.data.millesime == 2017


def test_other_days_of_export_are_warned_of() -> None:
    bus = Bus()
    seven(bus)
    bus.export("structures", "encore.zip", date(2018, 7, 25))
    (complete,) = bus.choose().emitted
    assert complete.data.avertissements == ("Les fichiers n'ont pas tous la même date d'export : 20/07/2018, 25/07/2018.",)


# --- the import of pupils --------------------------------------------------------------------------------------------

DAY = date(2018, 2, 16)
LEFT = (None, date(2017, 12, 20), DAY, DAY, date(2018, 2, 17), None)


def ready(reglages: Reglages | None = None) -> Bus:
    bus = Bus(reglages)
    seven(bus)
    bus.exits(*LEFT)
    return bus


def controls(outcome: Outcome) -> list[str]:
    return [each.data.code for each in outcome.emitted if each.name == "controle_demande"]


@pytest.mark.parametrize(
    ("day", "ignored"), [(date(2017, 12, 19), 0), (date(2017, 12, 20), 1), (DAY, 3), (date(2018, 2, 17), 4), (date(2030, 1, 1), 4)]
)
def test_pupils_who_left_on_the_day_or_before_are_ignored(day: date, ignored: int) -> None:
    (checked,) = ready().pupils(sortis_au=day).emitted
    assert (checked.data.sortis_au, checked.data.ignores_attendus, checked.data.differences) == (day, ignored, ())


def test_the_configured_day_is_taken_and_another_one_is_told() -> None:
    bus = ready(Reglages(sortis_au={"983": date(2017, 12, 20), UAI: DAY}))
    (checked,) = bus.pupils().emitted
    assert checked.data.ignores_attendus == 3
    other = bus.pupils(sortis_au=date(2018, 2, 17))
    assert controls(other) == ["OPTIONS_IMPORT"]
    assert other.emitted[0].data.ignores_attendus == 4
    assert other.emitted[0].data.differences == ("« Ignorer les élèves sortis de l'établissement au 17/02/2018 » au lieu du 16/02/2018",)


def test_a_day_that_nobody_says_is_refused_unless_nobody_is_ignored() -> None:
    assert code(ready().pupils()) == "SANS_JOUR_DES_SORTIES"
    kept = ready().pupils(ignorer_sortis=False)
    assert (kept.emitted[0].data.ignores_attendus, kept.emitted[0].data.sortis_au) == (0, None)


@pytest.mark.parametrize("option", [*COCHEES, "groupes_siecle"])
def test_each_option_that_is_not_as_the_guide_shows_is_told(option: str) -> None:
    outcome = ready().pupils(**{"sortis_au": DAY, option: option not in COCHEES})
    assert controls(outcome) == ["OPTIONS_IMPORT"]
    (difference,) = outcome.emitted[0].data.differences
    assert difference == f"« {OPTIONS[option]} » est {'coché' if option == 'groupes_siecle' else 'décoché'}"
    assert outcome.emitted[1].data.message == f"Choix des données à importer à vérifier avant « Importer » : {difference}."


def test_the_expected_options_of_a_school_can_be_others() -> None:
    bus = ready(Reglages(options_import={UAI: (*COCHEES[1:], "groupes_siecle")}))
    assert controls(bus.pupils(sortis_au=DAY, nouveaux_eleves=False, groupes_siecle=True)) == []
    assert controls(bus.pupils(sortis_au=DAY)) == ["OPTIONS_IMPORT"]


def test_the_last_export_of_pupils_tells_who_left() -> None:
    bus = ready()
    bus.exits(DAY, kind="eleves_sans_adresses")
    assert bus.pupils(sortis_au=DAY).emitted[0].data.ignores_attendus == 1


def test_the_export_method_needs_the_seven_files_and_netsynchro_the_year() -> None:
    bus = Bus(Reglages(annees_siecle={"983": 2017}))
    assert code(bus.pupils(sortis_au=DAY)) == "LOT_INCOMPLET"
    assert code(bus.pupils(sortis_au=DAY, methode="NETSYNCHRO")) == "ANNEE_NETSYNCHRO"
    wrong = bus.pupils(sortis_au=DAY, methode="NETSYNCHRO", annee=2018)
    assert wrong.refusal is not None
    assert wrong.refusal.message == "L'import depuis NetSynchro est demandé pour l'année 2018-2019 au lieu de 2017-2018."
    (checked,) = bus.pupils(sortis_au=DAY, methode="NETSYNCHRO", annee=2017).emitted
    assert checked.data.ignores_attendus is None, "no file tells what NetSynchro sends"


def test_a_refused_version_closes_the_import_too() -> None:
    bus = ready()
    bus.version()
    bus.version(bits=32)
    assert code(bus.pupils(sortis_au=DAY)) == "VERSION_NON_ADMISE"


def test_the_report_is_compared_with_what_was_expected() -> None:
    bus = ready()
    bus.pupils(sortis_au=DAY)
    assert names(bus.report(crees=1, mis_a_jour=2, ignores=3)) == ["bilan_import"]
    other = bus.report(crees=1, mis_a_jour=1, ignores=4)
    assert controls(other) == ["ECART_BILAN"]
    assert (other.emitted[0].data.ignores, other.emitted[0].data.ignores_attendus) == (4, 3)


def test_new_pupils_are_not_expected_where_they_are_not_imported() -> None:
    bus = ready()
    bus.pupils(sortis_au=DAY, nouveaux_eleves=False)
    assert controls(bus.report(crees=0, ignores=3)) == []
    assert controls(bus.report(crees=2, ignores=3)) == ["ECART_BILAN"]


def test_a_report_that_nobody_has_read_asks_for_it_and_a_read_one_ends_the_synchro_in_silence() -> None:
    bus = ready()
    bus.pupils(sortis_au=DAY)
    unread = bus.report(ignores=3, consulte=False)
    assert [each.data.message for each in unread.emitted if each.name == "controle_demande"] == [
        "Consulter le rapport d'import pour vérifier la pertinence des modifications faites"
    ]
    assert controls(bus.end("S2")) == ["BILAN_IMPORT"]
    bus.report(ignores=3)
    assert names(bus.end("S2")) == ["synchro_faite"]
    assert controls(bus.end("S2")) == ["BILAN_IMPORT"], "the next import has a report of its own"


def test_a_report_without_its_import_is_kept_without_comparison() -> None:
    (told,) = Bus().report(crees=5, ignores=9).emitted
    assert (told.data.ignores_attendus, told.data.ecarts) == (None, ())


# --- the words of the guide ------------------------------------------------------------------------------------------


def test_the_synchros_have_the_titles_of_the_guide() -> None:
    """R-PRO-02, in its order; 4a and 4b are the two parts of the fourth."""
    titles = [
        "Actualiser les données des services et des groupes de STS-WEB vers EDT",
        "Actualiser les élèves de SIECLE vers PRONOTE",
        "Actualiser les données des Services et Groupes dans STS Web depuis EDT",
        "Actualiser les données entre STS Web et SIECLE",
        "Actualiser les données entre STS Web et SIECLE",
        "Actualiser les données (lien élèves-groupe) de PRONOTE vers SIECLE",
    ]
    assert [each.titre for each in SYNCHROS.values()] == titles
    assert list(SYNCHROS) == ["S1", "S2", "S3", "S4A", "S4B", "S5"]


def test_only_the_two_messages_of_the_guide_end_the_fourth_synchro() -> None:
    """R-PRO-32 and R-PRO-33."""
    assert {each.code: each.message for each in SYNCHROS.values() if each.message} == {
        "S4A": "La structure a été envoyée à SCONET via un service Web.",
        "S4B": "Les services ont été envoyés à SCONET via un service Web.",
    }


def test_the_seven_exports_and_the_options_have_the_labels_of_their_pages() -> None:
    """R-PRO-21 and R-PRO-23."""
    assert list(LOT) == [
        "Elèves (avec ou sans adresse)",
        "Responsables (avec adresse uniquement)",
        "Structures",
        "Nomenclatures",
        "Commun",
        "Etablissements",
        "Géographique",
    ]
    assert list(OPTIONS.values()) == [
        "Importer les nouveaux élèves",
        "Mettre à jour les données des élèves",
        "Mettre à jour l'identité des élèves",
        "Mettre à jour les coordonnées des élèves",
        "Mettre à jour les responsables des élèves",
        "Mettre à jour la scolarité active des élèves",
        "Mettre à jour la scolarité précédente des élèves",
        "Ignorer les élèves sortis de l'établissement",
        "Alimenter les groupes depuis SIECLE",
    ]
    assert set(OPTIONS) - set(COCHEES) == {"groupes_siecle"}


def test_links_come_after_an_export_of_pupils_3_and_4a_in_the_words_of_the_deposit() -> None:
    bus = Bus(uai="0341088Y")
    steps: tuple[tuple[str, Callable[[], object]], ...] = (
        ("SANS_EXPORT_ELEVES", lambda: bus.export("eleves_sans_adresses", "ExportXML_ElevesSansAdresses(1).zip")),
        ("SANS_SYNCHRO_3", lambda: bus.end("S3")),
        ("SANS_SYNCHRO_4A", lambda: bus.say(STRUCTURE)),
    )
    for code, step in steps:
        for outcome in (bus.start("S5"), bus.end("S5")):
            assert outcome.refusal is not None
            assert outcome.refusal.code == code
        step()
    assert bus.start("S5").refusal is None
    assert bus.end("S5").emitted[0].data.synchro == "S5"


@pytest.mark.parametrize("said", [0, 1, 2, 3])
def test_an_export_whose_rows_are_not_as_many_as_it_says_is_not_there(said: int) -> None:
    bus = Bus()
    topic, kind = "siecle.exports.v1", "eleves_sans_adresses"
    bus.give("instantane_debut", siecle.InstantaneDebut(recu="r", uai=bus.uai, type=kind, fichier="e.xml"), topic)
    for number in range(2):
        bus.give(
            "eleve",
            siecle.Eleve(uai=bus.uai, eleve_id=str(number), nom_de_famille="TEIN", prenom="Noé", date_naiss=date(2004, 1, 1)),
            topic,
        )
    bus.give("instantane_fin", siecle.InstantaneFin(recu="r", uai=bus.uai, type=kind, nombre=said, empreinte="e"), topic)
    assert bus.state is not None
    assert (kind in bus.state.exports) is (said == 2)

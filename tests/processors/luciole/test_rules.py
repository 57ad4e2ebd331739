"""What single events do: gates, refusals with their exact texts, tokens, sizes."""

from dataclasses import fields
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from bus.engine.fold import MAX_STATE_BYTES
from processors.luciole import messages, procedure
from processors.luciole.messages import Texte
from processors.luciole.reglages import Reglages
from processors.luciole.rules import ETABLISSEMENT, FICHIER, INSTRUCTEUR
from processors.luciole.state import Etat, contient, empreinte_numero
from schemas import luciole_keys as keys
from schemas.contracts import contract_of
from tests.processors.luciole.driver import E1, E2, START, Bus, Says, X, Y


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
def says(bus: Bus) -> Says:
    return Says(bus)


def send(says: Says, who: str, *uais: str) -> None:
    for step in (says.prepare, says.envoie):
        step(who, *uais)
        says.bus.settle()
    says.bus.pass_time(12)
    says.fin(who)
    says.bus.settle()


# --- texts -------------------------------------------------------------------------------------------------------------

EXACT = {
    "PAS_DE_DONNEES": "Pas de données à envoyer",
    "VERROU_SOI": "Verrouillage du processus par 02102322 EPL XXX",
    "VERROU_AUTRE": "Verrouillage du processus par 02102322 EPL XXX",
    "VERROU_FIGE": "Verrouillage du processus par 02102322 EPL XXX",
    "VERROU_CHANGE": "Verrouillage du processus par 02102322 EPL XXX",
    "COMPTEUR": "Problème lors de la mise à jour du compteur",
    "MODIFIE_DEPUIS_PREPARATION": "Contrôle applicatif : Erreur bloquante! Processus sera arrêté",
}


def texts() -> list[Texte]:
    return [each for each in vars(messages).values() if isinstance(each, Texte)]


def test_the_messages_of_luciole_are_to_the_letter() -> None:
    by_code = {each.code: each for each in texts()}
    for code, exact in EXACT.items():
        assert by_code[code].avec(detenteur=X, place=1, attente=30).message == exact


def test_every_text_has_a_code_of_its_own_a_cause_and_a_remedy() -> None:
    found = texts()
    assert len({each.code for each in found if each not in (messages.REJET_APRES_ENVOI,)}) == len(found) - 1
    assert all(getattr(each, field.name) for each in found for field in fields(Texte))


def test_a_draaf_matter_and_a_support_matter_are_told_apart() -> None:
    assert messages.COMPTEUR.contact == messages.VERROU_FIGE.contact == "SUPPORT"
    assert messages.MODIFICATION_REFUSEE.contact == messages.DRAAF_MANQUANTE.contact == "DRAAF"
    assert messages.VERROU_AUTRE.contact == messages.VERROU_CHANGE.contact == "AUCUN"


def test_every_record_of_the_inputs_has_its_rule() -> None:
    inputs = ("luciole.dossiers.v1", "luciole.commandes.v1", "luciole.ordres.v1", "luciole.accords.v1")
    payment = ("chorus.fichiers.v1", "chorus.retours.v1", "draaf.validations.v1")
    known = {*ETABLISSEMENT, *INSTRUCTEUR, *FICHIER}
    assert {name for topic in (*inputs, *payment) for name in contract_of(topic).names} <= known


# --- instruction and preparation ---------------------------------------------------------------------------------------


def test_an_identical_dossier_is_not_a_modification(bus: Bus, says: Says) -> None:
    says.pret(E1, "D1")
    says.prepare(X, E1)
    bus.pass_time(5)
    says.dossier(E1, "D1", instructeur=None)
    bus.settle()
    assert "doublon" in bus.counted()
    send(says, X, E1)
    assert len(bus.on("ogapi.montants.v1")) == 1


def test_a_content_that_is_older_than_the_known_one_is_not_taken(bus: Bus, says: Says) -> None:
    says.dossier(E1, "D1", montant=500)
    says.dossier(E1, "D1", montant=100, at=START - timedelta(days=2))
    bus.settle()
    assert bus.dossier(E1, "D1").montant == 50_000
    assert bus.counted() == ["perime"]


def test_a_change_made_before_the_preparation_but_heard_after_it_is_no_modification(bus: Bus, says: Says) -> None:
    says.pret(E1, "D1", "D2")
    bus.pass_time(60)
    says.prepare(X, E1)
    bus.settle()
    says.dossier(E1, "D1", montant=777, at=START + timedelta(minutes=30))
    bus.pass_time(5)
    says.envoie(X, E1)
    bus.pass_time(5)
    says.fin(X)
    bus.settle()
    assert {m.dossier: m.montant for m in bus.on("ogapi.montants.v1")} == {"D1": Decimal("777.00"), "D2": Decimal("456.00")}


def test_a_date_de_cloture_put_after_the_preparation_is_a_modification(bus: Bus, says: Says) -> None:
    says.pret(E1, "D1", "D2")
    says.prepare(X, E1)
    bus.pass_time(5)
    says.dossier(E1, "D1", date_cloture=date(2026, 6, 1))
    says.envoie(X, E1)
    bus.settle()
    assert bus.codes() == ["MODIFIE_DEPUIS_PREPARATION"]
    assert bus.on("ogapi.montants.v1") == []


def test_a_long_list_of_undecided_dossiers_is_counted(bus: Bus, says: Says) -> None:
    for number in range(25):
        says.dossier(E1, f"D{number:02}", date_decision=None)
    says.prepare(X, E1)
    bus.settle()
    message = bus.refusals()[0].message
    assert message.endswith("D19 et 5 autres")
    assert bus.etablissement(E1).date_preparation is None


def test_a_preparation_with_a_window_of_the_exchange_open_is_refused(bus: Bus, says: Says) -> None:
    says.pret(E1, "D1")
    says.fenetre(X, "ECHANGE", "OUVERTE")
    says.prepare(X, E1)
    bus.settle()
    assert bus.refusals()[0].message == "Préparation impossible : la fenêtre Échange de données est ouverte"


def test_a_command_without_any_known_etablissement_is_refused(bus: Bus, says: Says) -> None:
    says.prepare(X)
    says.envoie(X)
    bus.settle()
    assert bus.codes() == ["AUCUN_ETABLISSEMENT", "AUCUN_ETABLISSEMENT"]


def test_a_cycle_selects_only_its_etablissements_and_dossiers(bus: Bus, says: Says) -> None:
    says.rattache(X, E1, "SECONDAIRE")
    says.rattache(X, E2, "SUPERIEUR")
    says.prepare(X, cycle="SUPERIEUR")
    bus.settle()
    selection = bus.on("luciole.suivi.v1", "selection")[0]
    assert [(couple.etablissement, couple.cycle) for couple in selection.couples] == [(E2, "SUPERIEUR")]


# --- payment file ------------------------------------------------------------------------------------------------------


def test_a_confirmation_of_a_replaced_file_opens_nothing(bus: Bus, says: Says) -> None:
    says.pret(E1, "D1", fichier="F1")
    says.flux("F2", (E1, "B1"))
    bus.settle()
    says.draaf("F1")
    bus.settle()
    assert bus.bordereau(E1, "B1").statut == "ENVOYE"
    says.draaf("F2")
    bus.settle()
    assert bus.bordereau(E1, "B1").statut == "CONFIRME"


def test_a_rejection_of_a_replaced_file_closes_nothing(bus: Bus, says: Says) -> None:
    says.pret(E1, "D1", fichier="F1")
    says.flux("F2", (E1, "B1"))
    bus.settle()
    says.draaf("F2")
    bus.settle()
    says.draaf("F1", "REJETEE")
    bus.settle()
    assert bus.bordereau(E1, "B1").statut == "CONFIRME"


def test_two_files_of_one_name_and_other_contents_are_not_mixed(bus: Bus, says: Says) -> None:
    says.pret(E1, "D1", fichier="F1")
    says.flux("F1", (E2, "B9"))
    bus.settle()
    assert bus.codes() == ["FICHIER_CONTRADICTOIRE"]


def test_a_rejection_during_the_send_is_told_and_closes_the_gate_when_the_send_is_interrupted(bus: Bus, says: Says) -> None:
    says.pret(E1, "D1")
    says.prepare(X, E1)
    bus.settle()
    says.envoie(X, E1)
    bus.settle()
    says.draaf("F1", "REJETEE")
    bus.settle()
    assert [e.code for e in bus.on("luciole.suivi.v1", "erreur")] == ["REJET_PENDANT_ENVOI"]
    says.interrompt(X)
    bus.settle()
    assert bus.bordereau(E1, "B1").statut == "REJETE"
    assert bus.dossier(E1, "D1").marque == 0
    assert bus.on("ogapi.montants.v1") == []


def test_a_bordereau_whose_file_has_gone_is_not_reopened_without_the_draaf(bus: Bus, says: Says) -> None:
    says.pret(E1, "D1")
    says.bordereau(E1, "B1", "EN_COURS")
    bus.settle()
    assert bus.codes() == ["FICHIER_EN_COURS"]
    says.draaf("F1", "REJETEE")
    bus.settle()
    says.bordereau(E1, "B1", "EN_COURS")
    bus.settle()
    assert bus.bordereau(E1, "B1").etat == "EN_COURS"


def test_a_modification_before_any_payment_file_is_free(bus: Bus, says: Says) -> None:
    says.dossier(E1, "D1")
    says.modification(E1, "D1")
    bus.settle()
    assert [m.statut for m in bus.on("luciole.suivi.v1", "modification")] == ["ACCEPTEE"]
    assert bus.on("draaf.demandes.v1") == []


# --- send --------------------------------------------------------------------------------------------------------------


def test_only_the_confirmed_bordereaux_leave(bus: Bus, says: Says) -> None:
    says.pret(E1, "D1", bordereau="B1", fichier="F1")
    says.dossier(E1, "D2", "B2")
    says.bordereau(E1, "B2")
    bus.settle()
    says.flux("F2", (E1, "B2"))
    bus.settle()
    send(says, X, E1)
    assert [m.dossier for m in bus.on("ogapi.montants.v1")] == ["D1"]
    assert not bus.bordereau(E1, "B2").fige


def test_the_dossiers_left_in_a_frozen_bordereau_can_still_leave_unchanged(bus: Bus, says: Says) -> None:
    says.pret(E1, "D1")
    says.prepare(X, E1)
    bus.pass_time(5)
    says.dossier(E1, "D2", montant=300)
    send_only = says.envoie
    send_only(X, E1)
    bus.settle()
    bus.pass_time(5)
    says.fin(X)
    bus.settle()
    send(says, X, E1)
    assert [m.dossier for m in bus.on("ogapi.montants.v1")] == ["D1", "D2"]


def test_a_zero_amount_is_billed_and_a_missing_one_is_not(bus: Bus, says: Says) -> None:
    says.etablissement(E1)
    says.dossier(E1, "D1", montant=0)
    says.dossier(E1, "D2", montant=None)
    says.pret(E1)
    send(says, X, E1)
    assert [(m.dossier, m.montant) for m in bus.on("ogapi.montants.v1")] == [("D1", Decimal("0.00"))]
    bus.pass_time(24 * 60)
    assert len(bus.on("fregata.decisions.v1")) == 2


def test_the_two_amounts_are_never_conflated(bus: Bus, says: Says) -> None:
    says.etablissement(E1)
    says.dossier(E1, "D1", montant="100.10", montant_theorique="999.90")
    says.pret(E1)
    send(says, X, E1)
    bus.pass_time(24 * 60)
    assert [m.montant for m in bus.on("ogapi.montants.v1")] == [Decimal("100.10")]
    assert [d.montant_theorique for d in bus.on("fregata.decisions.v1")] == [Decimal("999.90")]
    assert "montant_theorique" not in bus.on("ogapi.montants.v1")[0].__struct_fields__
    assert "montant" not in bus.on("fregata.decisions.v1")[0].__struct_fields__


def test_the_conclusion_of_a_lower_token_is_refused_where_it_acts(bus: Bus, says: Says) -> None:
    says.pret(E1, "D1")
    says.prepare(X, E1)
    bus.settle()
    order: dict[str, Any] = {"instructeur": X, "cycle": None, "annee": None, "demande": "d"}
    end: dict[str, Any] = {"issue": "OK", "debut": START, "fin": START, "instructeur": X}
    at = (keys.of_etablissement(E1), f"envoi/{E1}")
    bus.give("luciole.ordres.v1", "ordre_envoi", *at, jeton=7, **order)
    bus.settle()
    bus.give("luciole.ordres.v1", "ordre_envoi", *at, jeton=6, **order)
    bus.give("luciole.ordres.v1", "ordre_conclusion", *at, jeton=6, **end)
    bus.settle()
    assert "jeton_perime" in bus.counted()
    assert bus.codes() == ["JETON_PERIME"]
    assert bus.on("ogapi.montants.v1") == []
    bus.give("luciole.ordres.v1", "ordre_conclusion", *at, jeton=7, **end)
    bus.settle()
    assert len(bus.on("ogapi.montants.v1")) == 1


def test_an_end_that_comes_before_the_answers_waits_for_them(bus: Bus, says: Says) -> None:
    """A backlog: the command and its end are read before the lock has answered."""
    says.pret(E1, "D1")
    says.prepare(X, E1)
    bus.settle()
    says.envoie(X, E1)
    says.fin(X, at=START + timedelta(minutes=12))
    bus.settle()
    assert [label for _, label in bus.waits] == ["accord du verrou national"]
    assert [m.effectif_le for m in bus.on("ogapi.montants.v1")] == [START + timedelta(minutes=12)]


def test_another_subject_of_the_exchange_is_not_this_procedure(bus: Bus) -> None:
    bus.give(
        "luciole.commandes.v1", "envoi_demande", keys.of_instructeur(X), keys.demande_subject(X),
        instructeur=X, etablissement=E1, sujet="Descente de nomenclatures",
    )  # fmt: skip
    bus.settle()
    assert bus.counted() == ["autre_sujet"]
    assert bus.on("luciole.verrou.v1") == []


def test_the_sum_of_what_is_said_of_a_send_is_what_was_sent(bus: Bus, says: Says) -> None:
    says.pret(E1, "D1", "D2", ogapi=False)
    says.pret(E2, "D3", bordereau="B2", fichier="F2")
    send(says, Y, E1, E2)
    lines = {line.etablissement: (line.nombre_dossiers, line.nombre_montants) for line in bus.on("luciole.suivi.v1", "ligne_envoi")}
    assert lines == {E1: (2, 0), E2: (1, 1)}
    assert {line.visible_le for line in bus.on("luciole.suivi.v1", "ligne_envoi")} == {date(2026, 6, 2)}


# --- steps and sizes ---------------------------------------------------------------------------------------------------


def test_the_timeline_names_the_first_step_that_waits() -> None:
    bus = Bus()
    says = Says(bus)
    says.dossier(E1, "D1", date_decision=None)
    bus.settle()
    steps = {step.etape: (step.statut, step.attend) for step in bus.on("luciole.suivi.v1", "etape")}
    assert [step.nom for step in procedure.ETAPES] == list(steps)
    assert steps["INSTRUCTION"] == ("ATTEND", "date de décision ou date de clôture des dossiers")
    assert {statut for statut, _ in list(steps.values())[1:]} == {"A_VENIR"}


def test_an_etablissement_at_its_limits_stays_within_the_size_of_a_state(bus: Bus, says: Says) -> None:
    limits = Reglages()
    for rank in range(limits.bordereaux_max):
        nom = f"BORDEREAU-{rank:010}"
        says.bordereau(E1, nom)
        bus.settle()
        says.flux(f"FICHIER-DE-PAIEMENT-{rank:010}", (E1, nom))
    for rank in range(limits.dossiers_max):
        says.dossier(
            E1, f"DOSSIER-{rank:012}", f"BORDEREAU-{limits.bordereaux_max - 1 - rank % 9:010}", montant="9999999.99",
            montant_theorique="9999999.99", cycle=f"CYCLE-{rank % 3:014}", decision=f"DECISION-{rank % 4:011}",
        )  # fmt: skip
    bus.settle()
    state = bus.etablissement(E1)
    full = msgspec.structs.replace(
        state,
        bordereaux=tuple(
            msgspec.structs.replace(b, empreintes=bytes(4 * limits.empreintes_max) if rank == 0 else b"", fige_le=2**41)
            for rank, b in enumerate(state.bordereaux)
        ),
        servis={2025: bytes(4 * limits.servis_max), 2026: bytes(4 * limits.servis_max)},
    )
    assert len(msgspec.msgpack.encode(Etat(etablissement=full))) < MAX_STATE_BYTES
    says.dossier(E1, "UN-DE-TROP")
    bus.settle()
    assert bus.codes() == ["ETABLISSEMENT_PLEIN"]


def test_digests_are_looked_up_at_their_own_places() -> None:
    first, second = empreinte_numero("D1"), empreinte_numero("D2")
    assert contient(first + second, second)
    assert not contient(first + second, first[2:] + second[:2])
    assert not contient(b"", first)


def test_a_wrong_zone_in_the_reglages_is_refused_at_start() -> None:
    with pytest.raises(Exception, match="Paris"):
        Reglages(zone="Europe/Pariss")


@pytest.mark.parametrize(
    ("uai", "said", "zone"),
    [
        (E1, None, "Europe/Paris"),
        ("9740471Z", None, "Indian/Reunion"),
        ("9720823K", None, "America/Martinique"),
        (E1, "Indian/Mayotte", "Indian/Mayotte"),
    ],
)
def test_the_zone_of_an_etablissement(uai: str, said: str | None, zone: str) -> None:
    assert Reglages().zone_de(uai, said).key == zone

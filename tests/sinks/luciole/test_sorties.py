"""Luciole's two escalations by mail: the DRAAF is asked, the support is called, and neither gets what is the other's."""

import json
from datetime import UTC, datetime
from typing import Any, get_args

import msgspec
import pytest

from bus.outgoing.mail_message import Unfit, compose
from schemas.outcome import Event, OutgoingMail
from schemas.records.chorus import FichierPaiement, LignePaiement
from schemas.records.draaf import DemandeRejet
from schemas.records.support import Appel, AppelSansObjet, MotifAppel
from sinks.chorus import lines as chorus
from sinks.luciole import messages
from sinks.luciole.courriels import DRAAF, SUPPORT, AppelsAuSupport, DemandesALaDraaf
from sinks.luciole.sorties import decide

APPEL = Appel(
    motif="DETENTEUR_BLOQUE",
    message="Opération impossible car verrouillée par l'instructeur 02102322 EPL XXX",
    cause="L'envoi n'avance plus.",
    remede="Appeler le support.",
    instructeur="02102322 EPL XXX",
    depuis=datetime(2026, 6, 5, 8, 0, tzinfo=UTC),
    demandeur="008300205 EPL YYY",
    jeton=7,
)
DEMANDE = DemandeRejet(
    fichier="PAIE-2026-0117",
    etablissement="0311088y",
    bordereau="B12",
    dossier="1088-1",
    message="Le fichier de paiement PAIE-2026-0117 peut-il être rejeté ?",
    instructeur="02102322 EPL XXX",
    motif="Échelon corrigé",
)


def event(name: str, data: Any, topic: str, key: str = "fichier/PAIE-2026-0117") -> Event:
    return Event("e-1", name, datetime(2026, 6, 5, 8, 30, tzinfo=UTC), key, "s", "/luciole", topic, data)


def mails(one: Event, state: chorus.Envoye | None = None) -> list[tuple[str, OutgoingMail]]:
    """What leaves for an event, through JSON as `effets` keeps it."""
    sinks = {sink.name: sink for sink in (AppelsAuSupport(), DemandesALaDraaf())}
    effects = decide(None, state, one).effects
    return [(effect.sink, sinks[effect.sink].compose(json.loads(msgspec.json.encode(effect.payload)))) for effect in effects]


def test_a_call_goes_to_the_support_with_what_happened_since_when_and_what_to_do() -> None:
    [(sink, mail)] = mails(event("appel", APPEL, "support.appels.v1"))
    assert (sink, mail.desk, mail.recipients) == (SUPPORT, ("support",), ())
    for words in (APPEL.message, APPEL.cause, APPEL.remede, "02102322 EPL XXX", "008300205 EPL YYY", "05/06/2026 à 10:00:00", "jeton 7"):
        assert words in mail.text


def test_a_call_for_nothing_is_taken_back_at_the_same_desk() -> None:
    void = AppelSansObjet(
        message="Appel sans objet : 02102322 EPL XXX n'envoyait plus",
        cause="Son envoi s'est terminé à temps.",
        remede="Ne débloquez rien.",
        instructeur="02102322 EPL XXX",
        depuis=datetime(2026, 6, 5, 8, 0, tzinfo=UTC),
        fin=datetime(2026, 6, 5, 8, 20, tzinfo=UTC),
        jeton=7,
    )
    [(sink, mail)] = mails(event("appel_sans_objet", void, "support.appels.v1"))
    assert (sink, mail.desk) == (SUPPORT, ("support",))
    assert "sans objet" in mail.subject
    for words in (void.message, void.cause, void.remede, "02102322 EPL XXX", "05/06/2026 à 10:00:00", "05/06/2026 à 10:20:00", "jeton 7"):
        assert words in mail.text


def test_every_reason_to_call_has_its_own_subject() -> None:
    motifs = get_args(MotifAppel)
    subjects = {mails(event("appel", msgspec.structs.replace(APPEL, motif=motif), "support.appels.v1"))[0][1].subject for motif in motifs}
    assert len(subjects) == len(motifs)


def test_a_call_without_a_second_instructor_or_token_names_none() -> None:
    [(_, mail)] = mails(event("appel", msgspec.structs.replace(APPEL, demandeur=None, jeton=None), "support.appels.v1"))
    assert "attend" not in mail.text
    assert "jeton" not in mail.text


def test_a_question_goes_to_the_draaf_of_the_department_and_to_nobody_else() -> None:
    [(sink, mail)] = mails(event("demande_rejet", DEMANDE, "draaf.demandes.v1"))
    assert (sink, mail.desk) == (DRAAF, ("draaf.031", "draaf"))
    assert "PAIE-2026-0117" in mail.subject
    for words in (DEMANDE.message, "0311088y", "B12", "1088-1", "Échelon corrigé"):
        assert words in mail.text


def test_overseas_departments_are_told_apart() -> None:
    for uai, desk in (("9740001X", "draaf.974"), ("6200001a", "draaf.620"), ("7200123B", "draaf.720")):
        one = msgspec.structs.replace(DEMANDE, etablissement=uai)
        assert mails(event("demande_rejet", one, "draaf.demandes.v1"))[0][1].desk[0] == desk


def test_the_two_escalations_never_share_a_sink() -> None:
    assert SUPPORT != DRAAF
    assert AppelsAuSupport().system != DemandesALaDraaf().system


def test_asking_the_draaf_leaves_what_chorus_was_given_as_it_is() -> None:
    data = FichierPaiement(fichier="PAIE-2026-0117", instructeur=None, lignes=(LignePaiement(etablissement="0311088y", bordereau="B12"),))
    sent = decide(None, None, event("fichier_paiement", data, "chorus.fichiers.v1"))
    asked = decide(None, sent.state, event("demande_rejet", DEMANDE, "draaf.demandes.v1"))
    assert asked.state == sent.state
    assert decide(None, asked.state, event("fichier_paiement", data, "chorus.fichiers.v1")).counted == "deja_envoye"


def test_a_deletion_or_a_deadline_sends_nothing() -> None:
    assert decide(None, None, event("echeance", None, "luciole.fichiers.interne.v1")).effects == ()


@pytest.mark.parametrize("fichier", ["X\r\nBcc: tous@etat.example", "=?utf-8?q?=0D=0ABcc:_a@b.example?="])
def test_a_file_s_name_adds_no_header(fichier: str) -> None:
    [(_, mail)] = mails(event("demande_rejet", msgspec.structs.replace(DEMANDE, fichier=fichier), "draaf.demandes.v1"))
    with pytest.raises(Unfit):
        compose(
            mail,
            (mail.text, ""),
            effect="e",
            sender="a@b.example",
            sender_name="",
            recipients=("c@d.example",),
            replaced=None,
            at=datetime(2026, 1, 1, tzinfo=UTC),
        )


def test_an_instant_is_said_in_the_time_of_paris_on_both_sides_of_the_change() -> None:
    for at, said in ((datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "02:30:00"), (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "02:30:00")):
        assert said in messages.appel_au_support(msgspec.structs.replace(APPEL, depuis=at))

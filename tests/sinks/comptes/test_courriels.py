"""Mails of the accounts: what the rules decide reaches a message, and the password is a place to fill, never a text."""

import json
from datetime import UTC, datetime

import msgspec

from processors.comptes.messages import MOT_DE_PASSE
from processors.comptes.rules import COURRIEL, decide
from processors.comptes.state import Compte, Rattachement
from schemas.outcome import DrawnSecret, Event, Outcome, OutgoingMail
from schemas.records.extranet import MotDePasseOublie
from schemas.records.safir import Titulaire
from sinks.comptes.courriels import NAME, CourrielsDesComptes

AT = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


def mail_of(outcome: Outcome) -> OutgoingMail:
    [effect] = outcome.effects
    assert effect.sink == NAME == COURRIEL
    return CourrielsDesComptes().compose(json.loads(msgspec.json.encode(effect.payload)))


def told(state: Compte | None, name: str, data: object) -> Outcome:
    return decide(None, state, Event("e", name, AT, "cle", "s", "/safir", "t", data))


def test_identifiants_go_to_the_organisme_with_a_password_to_draw() -> None:
    data = Titulaire(organisme="OF1", contrat="C1", raison_sociale="SCENES", adresse_electronique="a@scenes.example", adresse_cle="cle-a")
    mail = mail_of(told(None, "titulaire", data))
    assert (mail.recipients, mail.secret) == (("a@scenes.example",), DrawnSecret("mot_de_passe", ("OF1",)))
    assert MOT_DE_PASSE in mail.text
    assert "OF1" in mail.text


def test_a_forgotten_password_is_drawn_for_every_account_of_the_address() -> None:
    state = Compte(rattachements=(Rattachement("OF1", "un"), Rattachement("OF2", "deux")))
    mail = mail_of(told(state, "mot_de_passe_oublie", MotDePasseOublie(adresse_cle="cle-a", adresse_electronique="a@scenes.example")))
    assert mail.secret == DrawnSecret("mot_de_passe", ("un", "deux"))


def test_a_mail_without_a_place_for_a_password_draws_none() -> None:
    payload = {"destinataire": "a@scenes.example", "objet": "Objet", "texte": "Texte", "identifiants": ["OF1"]}
    assert CourrielsDesComptes().compose(payload).secret is None

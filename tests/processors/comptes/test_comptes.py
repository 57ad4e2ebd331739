"""Accounts of the training bodies: who gets identifiants, a new password, an access."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from processors.comptes.messages import MOT_DE_PASSE
from processors.comptes.rules import ANNUAIRE, DECISIONS, decide
from processors.comptes.state import Compte
from schemas.outcome import Event, Outcome
from schemas.records.extranet import CompteModifie, Connexion, MotDePasseOublie
from schemas.records.safir import Titulaire

NOW = datetime(2006, 9, 1, 8, tzinfo=UTC)
FIRST = Titulaire(
    organisme="OF", contrat="2006QCA0101", raison_sociale="SCENES", adresse_electronique="a@scenes.example", adresse_cle="cle-a"
)


@dataclass
class Directory:
    """States by key; what an organisme says of addresses is delivered at once."""

    states: dict[str, Compte | None] = field(default_factory=dict)

    def tell(self, key: str, name: str, data: Any) -> Outcome:
        event = Event(f"{key}/{name}", name, NOW, key, "s", "/test", "t", data)
        outcome = decide(None, self.states.get(key), event)
        self.states[key] = outcome.state
        for emitted in outcome.emitted:
            if emitted.topic == ANNUAIRE:
                assert emitted.key is not None
                self.tell(emitted.key, emitted.name, emitted.data)
        return outcome

    def forgotten(self, key: str, address: str) -> Outcome:
        return self.tell(key, "mot_de_passe_oublie", MotDePasseOublie(adresse_electronique=address, adresse_cle=key))


def names(outcome: Outcome) -> list[str]:
    return [emitted.name for emitted in outcome.emitted if emitted.topic == DECISIONS]


def code(outcome: Outcome) -> str | None:
    return None if outcome.refusal is None else outcome.refusal.code


def test_the_first_action_sends_one_mail_and_the_next_none() -> None:
    directory = Directory()
    first = directory.tell("OF", "titulaire", FIRST)
    second = directory.tell("OF", "titulaire", FIRST)
    assert names(first) == ["identifiants_attribues"]
    assert [effect.payload["destinataire"] for effect in first.effects] == ["a@scenes.example"]
    assert (names(second), second.effects, second.counted) == ([], (), "compte_existant")


def test_no_password_is_ever_published() -> None:
    outcome = Directory().tell("OF", "titulaire", FIRST)
    assert MOT_DE_PASSE in outcome.effects[0].payload["texte"]
    assert "mot_de_passe" not in outcome.emitted[0].data.__struct_fields__


def test_a_known_address_gets_a_new_password_and_an_unknown_one_a_refusal() -> None:
    directory = Directory()
    directory.tell("OF", "titulaire", FIRST)
    known = directory.forgotten("cle-a", "A@scenes.example")
    assert names(known) == ["mot_de_passe_renouvele"]
    assert known.effects[0].payload["destinataire"] == "A@scenes.example"
    unknown = directory.forgotten("cle-b", "b@ailleurs.example")
    assert (code(unknown), unknown.effects) == ("ADRESSE_INCONNUE", ())


def test_only_a_titulaire_has_access() -> None:
    directory = Directory()
    directory.tell("OF", "titulaire", FIRST)
    assert names(directory.tell("OF", "connexion", Connexion(organisme="OF"))) == ["acces_accorde"]
    assert code(directory.tell("ST", "connexion", Connexion(organisme="ST"))) == "ACCES_REFUSE"


def test_a_changed_address_replaces_the_former_one_in_the_directory() -> None:
    directory = Directory()
    directory.tell("OF", "titulaire", FIRST)
    change = CompteModifie(organisme="OF", identifiant="scenes", adresse_electronique="c@scenes.example", adresse_cle="cle-c", ville="SETE")
    changed = directory.tell("OF", "compte_modifie", change)
    assert changed.emitted[0].data.champs == ("identifiant", "adresse_electronique", "ville")
    assert code(directory.forgotten("cle-a", "a@scenes.example")) == "ADRESSE_INCONNUE"
    assert "scenes" in directory.forgotten("cle-c", "c@scenes.example").effects[0].payload["texte"]


def test_an_account_that_does_not_exist_is_not_modified() -> None:
    assert code(Directory().tell("ST", "compte_modifie", CompteModifie(organisme="ST"))) == "COMPTE_INCONNU"


def test_an_address_shared_by_two_organismes_serves_both() -> None:
    directory = Directory()
    directory.tell("OF", "titulaire", FIRST)
    other = Titulaire(
        organisme="OF2", contrat="2006QCA0102", raison_sociale="X", adresse_electronique="a@scenes.example", adresse_cle="cle-a"
    )
    directory.tell("OF2", "titulaire", other)
    assert directory.forgotten("cle-a", "a@scenes.example").emitted[0].data.organismes == ("OF", "OF2")

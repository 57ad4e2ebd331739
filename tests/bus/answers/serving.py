"""The answers without any service: a read model filled by hand, tokens in a folder, a mark that the test sets."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from bus import tokens
from bus.answers.app import Answers, create_app
from bus.answers.desk import Desk
from bus.answers.detections import Detected
from bus.answers.rights import Rights
from bus.tokens import TokenFile
from schemas.records.bourses import Droits, DroitsAnnee, FicheCnous, InscriptionSuivie, VoeuOuvert
from schemas.student_key import StudentKeys

SECRET = b"a secret of thirty-two bytes !!!"
NNE, OTHER, THIRD, UNKNOWN = "1111037734L", "0906018155T", "0494004062M", "0100007108D"
UAI, ELSEWHERE = "0781944P", "0755890V"
SIRET = "13002526500013"
EVERY_SCOPE = (
    "cnous_statut_boursier",
    "cnous_periode_versement",
    "cnous_ville_etudes",
    "cnous_echelon_bourse",
    "cnous_email",
    "cnous_identite",
)
FICHE = FicheCnous(
    nom="TESTARD",
    prenoms=("Zélie",),
    date_naissance=date(2007, 3, 12),
    lieu_naissance="Versailles",
    sexe="F",
    email="zelie@exemple.fr",
    ville_etudes="VERSAILLES",
    etablissement="UFR DES SCIENCES",
    date_rentree=date(2026, 9, 1),
    duree=10,
)


def year(annee: int = 2026, *, affirmable: bool = True, raison: str = "", **changes: Any) -> DroitsAnnee:
    fields: dict[str, Any] = {
        "provisoire": False,
        "echelon": "5",
        "voeux": (VoeuOuvert(uai=UAI, cod_etp="L1INFO"),),
        **changes,
    }
    return DroitsAnnee(annee=annee, affirmable=affirmable, raison=raison, **fields)


def registered(definitive: bool, uai: str = UAI, cod_etp: str = "L1INFO") -> tuple[InscriptionSuivie, ...]:
    return (InscriptionSuivie(uai=uai, cod_etp=cod_etp, definitive=definitive),)


@dataclass
class Mark:
    """What a feed would know."""

    fresh: bool = True
    caught_up: bool = True
    aside: set[str] = field(default_factory=set)

    def sure_of(self, key: str) -> bool:
        return key not in self.aside


@dataclass
class Served:
    client: TestClient
    rights: Rights
    mark: Mark
    token: str
    tokens_file: Path
    detected: list[Detected] = field(default_factory=list)
    clock: list[float] = field(default_factory=lambda: [1_000_000.25])

    def take(self, nne: str, *years: DroitsAnnee) -> None:
        self.rights.take(StudentKeys(SECRET).of_nne(nne), Droits(annees=years))

    def ask(self, nne: str, token: str | None = None, **query: str) -> Any:
        return self.client.get(f"/v1/bourses/{nne}", params={"annee": "2026"} | query, headers=self.headers(token))

    def post(self, body: Any, token: str | None = None) -> Any:
        return self.client.post("/v1/bourses", json=body, headers=self.headers(token))

    def cnous(self, token: str | None = None, **query: str) -> Any:
        asked = {name: value for name, value in ({"ine": NNE, "recipient": SIRET} | query).items() if value}
        return self.client.get("/v4/cnous/etudiant_boursier/ine", params=asked, headers=self.headers(token))

    def headers(self, token: str | None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token if token is None else token}"}

    def new_token(self, name: str, *scopes: str) -> str:
        return tokens.create(self.tokens_file, name, scopes)


@contextmanager
def serving(folder: Path, calls_per_second: int = 20) -> Iterator[Served]:
    tokens_file = folder / "tokens.json"
    token = tokens.create(tokens_file, "essai", ("bourses:lire", *EVERY_SCOPE))
    rights, mark = Rights(), Mark()
    detected: list[Detected] = []
    clock = [1_000_000.25]
    desk = Desk(StudentKeys(SECRET), rights, mark, detected.append)
    answers = Answers(desk, TokenFile(tokens_file), calls_per_second, lambda: clock[0])
    with TestClient(create_app(answers), raise_server_exceptions=False) as client:
        yield Served(client, rights, mark, token, tokens_file, detected, clock)

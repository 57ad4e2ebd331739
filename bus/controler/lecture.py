"""A file from its path to the records of the connector that recognises it."""

import inspect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import import_module
from pathlib import Path, PurePath
from typing import Any

from connectors.transport.deliveries import INCONNU
from connectors.transport.own_events import EVENEMENT
from schemas.outcome import Accepted, Delivery, Fault, PushConnector, Record, Refused

SECRET = b"passerelle controler, sans secret"
"""Keys of students are made and dropped here: nothing leaves the check under them."""

CONNECTEURS = {
    "pronote": "connectors.pronote.connector:Pronote",
    "siecle": "connectors.siecle.connector:Siecle",
    "sts": "connectors.sts.connector:Sts",
    "lsu": "connectors.lsu.connector:Lsu",
    "charlemagne": "connectors.charlemagne.connector:Charlemagne",
    "onde": "connectors.onde.connector:Onde",
    "siecle_suivi": "connectors.siecle.compte_rendu:SiecleSuivi",
    "apogee": "connectors.apogee.connector:Apogee",
    "aglae": "connectors.aglae.connector:Aglae",
    "crous": "connectors.crous.connector:Crous",
}
"""Systems whose files are checked, in the order in which they are asked; a module is loaded when its turn comes, so that a
check answers at once."""

ILLISIBLE = "illisible"
"""Stands for the system of a file into which no reader could look."""

NATURES = {
    "pronote": "Liens élève-groupe (ELEGROUPE)",
    "pronote.exp_cours": "Cours d'un emploi du temps d'EDT (EXP_COURS)",
    "siecle": "Export XML de SIECLE",
    "siecle_suivi": "Compte-rendu d'import de SIECLE",
    "sts": "Fichier de STS-WEB",
    "charlemagne": "Dossiers d'élèves d'un logiciel privé (IMPORT_ELEVES)",
    "onde": "Fichier d'ONDE",
    "lsu": "Bilans du LSU",
    "apogee": "Inscriptions d'Apogée",
    "aglae": "Dossiers d'Aglaé",
    "crous": "Décisions du CROUS",
    "crous.cnous.json": "Réponse du CNOUS",
    "charlemagne.evenements.json": "Événements d'un logiciel privé (format interne, non homologué)",
    "charlemagne.evenements.csv": "Événements d'un logiciel privé (format interne, non homologué)",
    "onde.evenements.json": "Événements d'ONDE (format interne, non homologué)",
    "onde.evenements.csv": "Événements d'ONDE (format interne, non homologué)",
    ILLISIBLE: "Fichier illisible",
}
"""What a system's files are, in French; a kind of file where the system has others."""

OF_ANOTHER_SYSTEM = frozenset(
    {"COLONNE_MANQUANTE", "COLONNE_INCONNUE", "EN_TETE_ABSENT", "CHAMP_INCONNU", "CHAMP_MANQUANT", "FICHIER_INCONNU", "XML_RACINE"}
)
"""Faults that say that a file is of another kind than the one it was read as."""


NOT_RECOGNISED = frozenset({"EN_TETE_ABSENT", "FICHIER_INCONNU", "XML_RACINE"})
"""A first fault that says that the file is of no kind that its reader knows."""

ANY_TEXT = frozenset({("siecle_suivi.compte_rendu", "CARACTERE_NUL"), ("siecle_suivi.compte_rendu", "FICHIER_VIDE")})
VAGUE = frozenset({("onde.archive", "NOM_DE_FICHIER")})
"""What readers that take any text or any archive say of a file that is another's: heard only when nobody else says anything."""

EVENEMENTS = ".evenements.json"
NO_EVENT = re.compile(f"Élément [0-9]+, champ {EVENEMENT} : ")
"""The beginning of what readers of our own events say of an object that names none of theirs."""

UNREAD = ("XML_", "ZIP_")
"""Beginnings of the codes that say why no reader could look into a document."""

SANS_ECOLE = "0000000A"
"""Stands for the school that neither an extraction of ONDE nor its usual name says."""


@dataclass(frozen=True, slots=True)
class Lu:
    """A file and what its connector made of it."""

    nom: str
    systeme: str
    """Empty when no connector recognises it."""
    kind: str
    records: tuple[Record, ...] = ()
    fautes: tuple[Fault, ...] = ()
    """Not empty: nothing of it is taken."""
    avertissements: tuple[Fault, ...] = ()

    @property
    def nature(self) -> str:
        return NATURES.get(self.kind) or NATURES.get(self.systeme, "")

    @property
    def debut(self) -> Any:
        """The head of a whole file, None for a file of another form."""
        return next((each.data for each in self.records if each.name == "instantane_debut"), None)

    def lignes(self, type_: type[Any]) -> Iterator[Any]:
        """The records of one type, in the order of the file."""
        return (each.data for each in self.records if isinstance(each.data, type_))


def lire(path: Path, instant: datetime) -> Lu:
    """Give the file to each connector until one takes it. Raises OSError."""
    delivery = Delivery(path.name, path.stat().st_size, lambda: path.open("rb"), instant)
    return _lire(delivery)


def _lire(delivery: Delivery) -> Lu:
    answers: list[tuple[PushConnector, Refused]] = []
    for connector in _connectors():
        answer = connector.accept(delivery)
        if isinstance(answer, Accepted):
            return Lu(delivery.name, connector.system, answer.kind, tuple(answer.records), (), answer.warnings)
        if [fault.code for fault in answer.faults] == ["UAI_INCONNU"] and SANS_ECOLE not in delivery.name:
            named = replace(delivery, name=f"{PurePath(delivery.name).stem}_{SANS_ECOLE}{PurePath(delivery.name).suffix}")
            found = _lire(named)
            return replace(found, nom=delivery.name, avertissements=(*answer.faults, *found.avertissements))
        if answer.faults[0].code not in NOT_RECOGNISED:
            answers.append((connector, answer))
    return _refuse(delivery.name, answers)


def _refuse(name: str, answers: Sequence[tuple[PushConnector, Refused]]) -> Lu:
    """What the reader says whose file it most looks like; else why no reader could look into it."""
    ours = [each for each in answers if not _of_other_events(each[1])]
    known = [each for each in ours if each[1].kind != INCONNU and _first(each[1]) not in ANY_TEXT]
    plain = [each for each in known if _first(each[1]) not in VAGUE]
    unread = [each for _, each in answers if each.kind == INCONNU and each.faults[0].code.startswith(UNREAD)]
    bare = [each for _, each in answers if _first(each) in ANY_TEXT]
    if not plain and (unread or (bare and not known)):
        return Lu(name, ILLISIBLE, INCONNU, (), (unread or bare)[0].faults)
    if not known:
        return Lu(name, "", INCONNU)
    connector, refused = min(plain or known, key=lambda each: _distance(each[1]))
    if any(each.faults == refused.faults for other, each in known if other is not connector):
        return Lu(name, ILLISIBLE, INCONNU, (), refused.faults)
    return Lu(name, connector.system, refused.kind, (), refused.faults)


def _of_other_events(refused: Refused) -> bool:
    """Whether a reader of our own events says that none of its events is named."""
    return refused.kind.endswith(EVENEMENTS) and NO_EVENT.match(refused.faults[0].message) is not None


def _first(refused: Refused) -> tuple[str, str]:
    return refused.kind, refused.faults[0].code


def _distance(refused: Refused) -> tuple[int, int]:
    """How little a file looks like what it was read as."""
    return sum(fault.code in OF_ANOTHER_SYSTEM for fault in refused.faults), len(refused.faults)


def _connectors() -> Iterator[PushConnector]:
    for place in CONNECTEURS.values():
        module, _, name = place.partition(":")
        made: PushConnector = _made(getattr(import_module(module), name))
        yield made


def _made(connector: Any) -> Any:
    """Only those whose keys are of persons take a secret."""
    return connector(SECRET) if inspect.signature(connector).parameters else connector()

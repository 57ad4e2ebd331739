"""An imaginary university, the same for the same seed: what Apogée posts and exports, what Aglaé drops, and what must come of it.

Everybody in it is invented. The proportions are those of R-AGL-20, "au 27 novembre": of 2,850 dossiers 1,871 are definitive, 709
conditional (they wait, the CROUS has to treat them again, or nothing is known under the NNE) and 28 bear another number than the
NNE; the gap of 270 to 2,850 is those refused and those without a registration. Three registrations out of four come by the web.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Any

from bus.demo import identities, names
from bus.demo.files import DemoFile, aglae_csv, aglae_json, apogee_csv, bad_files, retraitements_csv

ANNEE = 2026
ACADEMIE = "MON"
UNIVERSITY = identities.uai(101)
OTHERS = (identities.uai(102), identities.uai(103), identities.uai(1))
OPENING = datetime(ANNEE, 7, 6, 6, 0, tzinfo=UTC)
SEASON = timedelta(days=80)

WEB_SHARE = 0.75
DIPLOMAS = ("INFO", "DROI", "CHIM", "HIST", "ECON", "PSYC", "MATH", "LANG", "SANT", "STAP")
LEVELS = ("L1", "L2", "L3", "M1", "M2")
ETAPES = tuple(level + diploma for level in LEVELS for diploma in DIPLOMAS)
SECOND_ETAPES = ("DULANG", "DUINFO", "DUDROI")
LABELS = {"L1": "1ère année", "L2": "2ème année", "L3": "3ème année", "M1": "master 1ère année", "M2": "master 2ème année"}
ECHELONS = {
    "0bis": "1454.00",
    "1": "2163.00",
    "2": "3071.00",
    "3": "3828.00",
    "4": "4587.00",
    "5": "5212.00",
    "6": "5506.00",
    "7": "6335.00",
}
PIECES = ("Avis d'imposition", "Certificat de scolarité du frère", "Livret de famille", "Relevé d'identité bancaire")
WAITING = ("NON_TRAITE", "EN_ATTENTE_DE_PIECES", "PROGRESSION_A_VERIFIER")


class Case(StrEnum):
    """What becomes of a dossier."""

    CORRESPOND = "A: un vœu correspond"
    RETRAITE = "B: marqué, puis accepté par le CROUS"
    ATTEND = "en attente"
    AUTRE_NUMERO = "numéro de boursier différent du NNE"
    MARQUE = "B: marqué"
    RETRAITE_REFUSE = "B: marqué, puis refusé par le CROUS"
    REFUSE = "refusé"
    ABSENT = "sans inscription"


SHARES: Mapping[Case, int] = {
    Case.CORRESPOND: 1811,
    Case.RETRAITE: 60,
    Case.ATTEND: 581,
    Case.AUTRE_NUMERO: 28,
    Case.MARQUE: 100,
    Case.RETRAITE_REFUSE: 12,
    Case.REFUSE: 118,
    Case.ABSENT: 140,
}
"""Out of 2,850: 1,811 + 60 = 1,871 definitive, 581 + 28 + 100 = 709 conditional, and 12 + 118 + 140 = 270 that are neither."""
CONDITIONAL = (Case.ATTEND, Case.AUTRE_NUMERO, Case.MARQUE)
"""Whose bursary Apogée holds as conditional."""
CERTAIN = frozenset({Case.CORRESPOND, Case.RETRAITE})
"""Of whom a bursary can be affirmed once everything is heard."""
ASKED_OF_A_CASE = 15


@dataclass(frozen=True, slots=True)
class Expected:
    """What the whole must give, in whatever order the two systems are heard."""

    premieres: int
    statuts: Mapping[str, int]
    """Last situation of every registration, second étapes included."""
    paiements: int
    marques: int
    doublons: int
    bilan: tuple[int, int, int]
    """Definitive bursaries, conditional ones, registrations whose NNE is not the numéro de boursier (R-AGL-20)."""
    parques: int
    """Changes posted before their registration, when posts keep their order; re-treatments may add to them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a registration desk."""

    case: Case
    nne: str
    annee: int
    uai: str
    cod_etp: str

    @property
    def certain(self) -> bool:
        """Whether the answer must be POSITIVE once everything is heard."""
        return self.case in CERTAIN


@dataclass(frozen=True, slots=True)
class University:
    """All of it. `events` in the order in which they are posted; `files` in the order in which they are dropped."""

    events: tuple[dict[str, Any], ...]
    files: tuple[DemoFile, ...]
    bad_files: tuple[DemoFile, ...]
    expected: Expected
    questions: tuple[Asked, ...]
    declares: int
    """Boursiers that the university itself counts: 15 % of its first registrations in the requirements."""


@dataclass(slots=True)
class Student:
    """One person of the university and the registration that comes first."""

    rank: int
    fields: dict[str, Any]
    """The registration, as the contract names its fields."""
    web: bool
    case: Case | None = None
    touched: bool = False
    """Something else than the registration itself is said of it."""

    @property
    def numero(self) -> str:
        return f"{self.fields.get('nne') or ''}{self.fields.get('cle_nne') or ''}"


@dataclass(slots=True)
class Season:
    """What is being said, as it is made."""

    random: Random
    events: list[dict[str, Any]] = field(default_factory=list)
    early: list[dict[str, Any]] = field(default_factory=list)
    exported: list[dict[str, Any]] = field(default_factory=list)
    number: int = 0

    def post(self, kind: str, fields: Mapping[str, Any], early: bool = False) -> None:
        self.number += 1
        event = {
            "event_id": f"demo-{self.number:07d}",
            "type": kind,
            **{name: value for name, value in fields.items() if value is not None},
        }
        (self.early if early else self.events).append(event)

    def chance(self, people: list[Student], share: float) -> list[Student]:
        """That share of the untouched ones (at least one when there are any), touched from now on."""
        free = [student for student in people if not student.touched]
        taken = self.random.sample(free, min(len(free), max(1, round(share * len(people)))))
        for student in taken:
            student.touched = True
        return taken


def generate(seed: int = 2026, registrations: int = 19_000, dossiers: int = 2_850) -> University:
    """Deterministic. `registrations` first registrations and `dossiers` dossiers. Raises ValueError when students are too few."""
    random = Random(seed)  # noqa: S311 (invented data, not a secret)
    cases = _share_out(dossiers)
    if dossiers - cases[Case.ABSENT] > registrations:
        raise ValueError(f"{dossiers} dossiers supposent au moins {dossiers - cases[Case.ABSENT]} inscriptions")
    students = [_student(random, rank, rank < registrations * WEB_SHARE) for rank in range(registrations)]
    holders = iter(random.sample(students, dossiers - cases[Case.ABSENT]))
    files: list[dict[str, Any]] = []
    questions: list[Asked] = []
    for case, count in cases.items():
        for rank in range(count):
            holder = _absent(random, registrations + rank) if case is Case.ABSENT else next(holders)
            holder.case = case
            files.append(_dossier(random, holder, registrations + dossiers + rank))
            if case is not Case.ABSENT and rank < ASKED_OF_A_CASE:
                questions.append(Asked(case, holder.numero, ANNEE, UNIVERSITY, str(holder.fields["cod_etp"])))
    season = Season(random)
    expected = _say(season, students, cases)
    season.events.sort(key=lambda event: (str(event["dat_mod_iae"]), str(event["event_id"])))
    random.shuffle(files)
    return University(
        (*season.early, *season.events), tuple(_files(random, season, files)), bad_files(), expected, tuple(questions), dossiers
    )


def write(university: University, folder: Path, bad: bool = True) -> list[Path]:
    """Write the files as `<folder>/<system>/<name>`, for a look at them; the demo drops them itself."""
    written = []
    for each in (*university.files, *(university.bad_files if bad else ())):
        path = folder / each.system / each.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(each.content)
        written.append(path)
    return written


def _share_out(dossiers: int) -> dict[Case, int]:
    """The shares for another number of dossiers; the largest remainders get what rounding leaves."""
    whole = sum(SHARES.values())
    shares = {case: divmod(share * dossiers, whole) for case, share in SHARES.items()}
    left = dossiers - sum(quotient for quotient, _ in shares.values())
    by_remainder = sorted(shares, key=lambda case: -shares[case][1])
    return {case: shares[case][0] + (case in by_remainder[:left]) for case in SHARES}


# --- people ----------------------------------------------------------------------------------------------------------


def _student(random: Random, rank: int, web: bool) -> Student:
    etape = random.choice(ETAPES)
    nne, cle = identities.nne(random, rank)
    return Student(
        rank,
        {
            "uai": UNIVERSITY,
            "cod_anu": str(ANNEE),
            "cod_ind": str(400_000 + rank),
            "cod_etu": f"2{ANNEE % 100}{rank:05d}",
            "nne": nne,
            "cle_nne": cle,
            "nom": names.surname(random),
            "prenom": names.given_name(random),
            "date_nai": (date(2008, 12, 31) - timedelta(days=int(random.random() ** 2 * 9000))).isoformat(),
            "cod_etp": etape,
            "cod_vrs_vet": "260",
            "cod_dip": f"{etape[2:]}26",
            "cod_cmp": etape[2:5],
            "cod_cge": "CG1",
            "cod_rgi": "1",
            "eta_iae": "E",
            "eta_pmt_iae": "P",
            "tem_iae_prm": True,
            "dat_mod_iae": _instant(OPENING + random.random() * SEASON),
        },
        web,
    )


def _absent(random: Random, rank: int) -> Student:
    return _student(random, rank, False)


def _dossier(random: Random, holder: Student, other_rank: int) -> dict[str, Any]:
    """A dossier as the contract names its fields, with what is needed to make its files."""
    case = holder.case
    boursier = holder.numero
    if case is Case.AUTRE_NUMERO:
        boursier = _provisional(random, holder, other_rank)
    corresponds = case in (Case.CORRESPOND, Case.REFUSE, Case.AUTRE_NUMERO) or (case is Case.ATTEND and random.random() < 0.8)
    echelon = random.choice(tuple(ECHELONS))
    etat = {Case.ATTEND: random.choice(WAITING), Case.REFUSE: "REFUSE"}.get(case or Case.ABSENT) or random.choice(
        ("CONDITIONNEL", "DEFINITIF")
    )
    refused = etat == "REFUSE"
    decided = date(ANNEE, 6, 1) + timedelta(days=random.randrange(20))
    return {
        "numero": f"{ANNEE}{ACADEMIE}{boursier}",
        "annee": ANNEE,
        "numero_boursier": boursier,
        "nom": holder.fields["nom"],
        "prenom": holder.fields["prenom"],
        "date_naissance": holder.fields["date_nai"],
        "etat": etat,
        "echelon": None if refused else echelon,
        "montant_annuel": None if refused else ECHELONS[echelon],
        "pieces_manquantes": random.sample(PIECES, random.randrange(1, 4)) if etat == "EN_ATTENTE_DE_PIECES" else [],
        "voeux": _voeux(random, holder, corresponds),
        "date_decision": decided.isoformat() if etat in ("CONDITIONNEL", "DEFINITIF", "REFUSE") else None,
        "dat_mod": _instant(datetime(ANNEE, 6, 22, 6, tzinfo=UTC) + timedelta(seconds=random.randrange(1_000_000))),
        "case": case,
        "etape": holder.fields["cod_etp"],
    }


def _provisional(random: Random, holder: Student, rank: int) -> str:
    """A foreign newcomer: a provisional NNE at the university, another number at the CROUS, which the student gave (R-AGL-17)."""
    holder.fields["nne"], holder.fields["cle_nne"] = identities.nne(random, holder.rank, "NNE36")
    holder.fields["num_brs"] = boursier = "".join(identities.nne(random, rank, "INES"))
    return boursier


def _voeux(random: Random, holder: Student, corresponds: bool) -> list[dict[str, Any]]:
    own = holder.fields["cod_etp"]
    wanted = [(random.choice((UNIVERSITY, *OTHERS)), random.choice(ETAPES)) for _ in range(random.randrange(3) + (not corresponds))]
    places = [place for place in dict.fromkeys(wanted) if place != (UNIVERSITY, own)]
    if corresponds:
        places.insert(random.randrange(len(places) + 1), (UNIVERSITY, own))
    elif not places:
        places = [(OTHERS[0], own)]
    return [
        {"rang": rang, "academie": ACADEMIE, "uai": uai, "cod_etp": etape, "libelle": f"{etape[2:].capitalize()} - {LABELS[etape[:2]]}"}
        for rang, (uai, etape) in enumerate(places, 1)
    ]


# --- what is said ----------------------------------------------------------------------------------------------------


def _say(season: Season, students: list[Student], cases: Mapping[Case, int]) -> Expected:
    free = [student for student in students if student.case is None]
    for student in season.chance(free, 0.03):
        student.fields |= {"nne": None, "cle_nne": None}
    for student in season.chance(free, 0.005):
        student.fields["cle_nne"] = identities.mistyped(student.fields["cle_nne"])
    web = [student for student in students if student.web]
    free_web = [student for student in web if student.case is None]
    ended, ended_early = season.chance(free_web, 0.008), season.chance(free_web, 0.003)
    paid_later, seconds = season.chance(web, 0.01), season.chance(web, 0.01)
    replayed, exported_too = season.chance(web, 0.005), season.chance(web, 0.02)
    for student in paid_later:
        student.fields["eta_pmt_iae"] = "A"
    for student in students:
        if student.web:
            season.post("IA_CREEE", student.fields)
        else:
            season.exported.append(student.fields)
    for student in ended:
        _end(season, student, early=False)
    for student in ended_early:
        _end(season, student, early=True)
    for student in paid_later:
        season.post("IA_MODIFIEE", {**student.fields, "eta_pmt_iae": "P", "dat_mod_iae": _later(student)})
    for student in seconds:
        season.post("IA_CREEE", {**student.fields, "cod_etp": season.random.choice(SECOND_ETAPES), "tem_iae_prm": False})
    for student in replayed:
        season.post("IA_CREEE", student.fields)
    season.exported += [student.fields for student in exported_too]
    statuts = {
        "SANS_DOSSIER": len(free) + cases[Case.AUTRE_NUMERO] - len(ended) - len(ended_early),
        "EN_ATTENTE": cases[Case.ATTEND],
        "DEFINITIF": cases[Case.CORRESPOND] + cases[Case.RETRAITE],
        "MARQUE": cases[Case.MARQUE],
        "REFUSE": cases[Case.REFUSE] + cases[Case.RETRAITE_REFUSE],
        "ANNULEE": len(ended) + len(ended_early),
        "SECONDAIRE": len(seconds),
    }
    return Expected(
        premieres=len(students),
        statuts=statuts,
        paiements=statuts["DEFINITIF"],
        marques=cases[Case.MARQUE] + cases[Case.RETRAITE] + cases[Case.RETRAITE_REFUSE],
        bilan=(statuts["DEFINITIF"], sum(cases[case] for case in CONDITIONAL), cases[Case.AUTRE_NUMERO]),
        doublons=len(replayed) + len(exported_too),
        parques=len(ended_early),
    )


def _end(season: Season, student: Student, early: bool) -> None:
    kind, state = season.random.choice((("IA_ANNULEE", "A"), ("IA_RESILIEE", "R")))
    season.post(kind, {**student.fields, "eta_iae": state, "dat_mod_iae": _later(student)}, early)


def _files(random: Random, season: Season, dossiers: list[dict[str, Any]]) -> Iterator[DemoFile]:
    """The export of the desks; the dossiers, two thirds in CSV and the rest in JSON; then what changed since, and the CROUS."""
    random.shuffle(season.exported)
    yield apogee_csv(f"apogee_ia_{ANNEE}.csv", season.exported)
    waited = [d for d in dossiers if d["case"] is Case.CORRESPOND][:: max(1, len(dossiers) // 80)]
    numbers = {d["numero"] for d in waited}
    first = [
        {**d, "etat": "NON_TRAITE", "dat_mod": _instant(datetime(ANNEE, 6, 20, tzinfo=UTC))} if d["numero"] in numbers else d
        for d in dossiers
    ]
    cut = len(first) * 2 // 3
    yield aglae_csv(f"aglae_dossiers_{ANNEE}.csv", first[:cut])
    yield aglae_json(f"aglae_dossiers_{ANNEE}.json", first[cut:])
    yield aglae_csv(f"aglae_dossiers_{ANNEE}_suite.csv", waited)
    treated = [d for d in dossiers if d["case"] in (Case.RETRAITE, Case.RETRAITE_REFUSE)]
    yield retraitements_csv(f"crous_retraitements_{ANNEE}.csv", [_retraitement(d) for d in treated])


def _retraitement(dossier: Mapping[str, Any]) -> dict[str, Any]:
    accepted = dossier["case"] is Case.RETRAITE
    return {
        "numero": dossier["numero"],
        "annee": dossier["annee"],
        "numero_boursier": dossier["numero_boursier"],
        "uai": UNIVERSITY,
        "cod_etp": dossier["etape"],
        "resultat": "ACCEPTE" if accepted else "REFUSE",
        "motif": None if accepted else "Formation qui n'ouvre pas droit à bourse.",
        "date_decision": date(ANNEE, 10, 5).isoformat(),
    }


def _later(student: Student) -> str:
    return _instant(datetime.fromisoformat(student.fields["dat_mod_iae"]) + timedelta(days=3))


def _instant(instant: datetime) -> str:
    return instant.replace(microsecond=0).isoformat().replace("+00:00", "Z")

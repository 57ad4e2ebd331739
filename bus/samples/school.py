"""An invented school: divisions, groups, teachers, services, pupils and their families, coherent and equal for an equal seed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from math import ceil
from random import Random

from bus.samples import vocabulary as words
from bus.samples.vocabulary import Level, Subject, Territory, Town
from schemas.identifiants import KEY_ALPHABET, check_letter

DIVISION_SIZE = 26
GROUP_SIZE = 24
FIRST_PUPIL = 200_001
FIRST_PERSON = 500_001
FIRST_ADDRESS = 800_001
PRIVATE_LIMIT = 99_999
"""The largest identifier that a private software may give (published schema)."""


class SchoolType(StrEnum):
    """What the school is."""

    COLLEGE = "college"
    LYCEE = "lycee"
    ECOLE = "ecole"


LEVELS: dict[SchoolType, tuple[Level, ...]] = {
    SchoolType.COLLEGE: words.COLLEGE,
    SchoolType.LYCEE: words.LYCEE,
    SchoolType.ECOLE: words.ECOLE,
}


@dataclass(frozen=True, slots=True)
class Calendar:
    """The year of a school. Each system may number it otherwise (R-PRO-07)."""

    siecle: int
    """Millésime in SIECLE and in its private software."""
    sts: int
    """Year in STS Web and in the names of its files."""
    pupils_start: date
    pupils_end: date
    teachers_start: date
    teachers_end: date


@dataclass(frozen=True, slots=True)
class Address:
    """Where a family lives."""

    id: str
    line: str
    second_line: str
    town: Town


@dataclass(frozen=True, slots=True)
class Person:
    """A parent."""

    id: str
    private_id: str | None
    woman: bool
    family_name: str
    first_name: str
    phone: str
    mail: str
    profession: str
    address: Address


@dataclass(frozen=True, slots=True)
class Division:
    """A class."""

    code: str
    level: Level


@dataclass(frozen=True, slots=True)
class Group:
    """Pupils of several divisions who follow one subject together."""

    code: str
    subject: Subject
    level: Level
    divisions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Teacher:
    """Someone who teaches."""

    id: str
    woman: bool
    family_name: str
    first_name: str
    born: date
    subject: Subject
    local: bool


@dataclass(frozen=True, slots=True)
class Pupil:
    """A pupil with what they follow."""

    id: str
    number: int
    private_id: str | None
    ine: str
    woman: bool
    family_name: str
    used_name: str | None
    first_name: str
    second_name: str | None
    born: date
    born_in: Town | None
    """None: abroad."""
    division: Division
    groups: tuple[Group, ...]
    options: tuple[Subject, ...]
    regime: str
    repeats: bool
    entered: date
    left: date | None
    parents: tuple[Person, ...]


@dataclass(slots=True)
class School:
    """All of it."""

    uai: str
    type: SchoolType
    territory: Territory
    calendar: Calendar
    name: str
    divisions: list[Division] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    teachers: list[Teacher] = field(default_factory=list)
    pupils: list[Pupil] = field(default_factory=list)

    @property
    def levels(self) -> tuple[Level, ...]:
        return LEVELS[self.type]

    def subjects(self) -> tuple[Subject, ...]:
        """Every subject taught."""
        found = {subject.code: subject for subject in (*words.COMMON, words.FIRST_LANGUAGE, *self.languages(), words.LATIN)}
        return tuple(found.values())

    def languages(self) -> tuple[Subject, ...]:
        """Second languages: the local one stands first."""
        return (words.MELANESIAN, words.SECOND_LANGUAGES[0]) if self.territory.southern else words.SECOND_LANGUAGES

    def present(self) -> list[Pupil]:
        """Pupils who have not left."""
        return [pupil for pupil in self.pupils if pupil.left is None]


def territory_of(uai: str) -> Territory:
    """The territory of a UAI."""
    return next(each for each in words.TERRITORIES if uai.startswith(each.prefix))


def calendar_of(territory: Territory, annee: int) -> Calendar:
    """The calendar of the school year whose millésime in SIECLE is `annee`.

    In Nouvelle-Calédonie it is the next calendar year, from the third Monday of February to the second Friday of December, and STS Web
    numbers it by that year (R-PRO-07).
    """
    if territory.southern:
        start = _weekday_of(annee + 1, 2, weekday=0, rank=3)
        end = _weekday_of(annee + 1, 12, weekday=4, rank=2)
        return Calendar(annee, annee + 1, start, end, start - timedelta(days=3), end + timedelta(days=1))
    start = date(annee, 9, 1)
    end = _weekday_of(annee + 1, 7, weekday=4, rank=1)
    return Calendar(annee, annee, start, end, start - timedelta(days=1), end + timedelta(days=1))


def complete_uai(uai: str) -> str:
    """A UAI of seven digits gets its key letter; one of eight characters stays. Raises ValueError for anything else."""
    digits = uai[:7]
    if len(uai) in (7, 8) and digits.isascii() and digits.isdigit() and (len(uai) == 7 or uai[7] in KEY_ALPHABET):
        return uai if len(uai) == 8 else digits + check_letter(int(digits))
    raise ValueError("7 chiffres, puis la lettre de contrôle si elle est connue")


def make_school(seed: str, uai: str, count: int, kind: SchoolType = SchoolType.COLLEGE, annee: int = 2025) -> School:
    """A school of `count` pupils. The same arguments give the same school."""
    chance = Random(f"{seed}|{uai}|{count}|{kind}|{annee}")  # noqa: S311 (invented data, not secrets)
    territory = territory_of(uai)
    school = School(uai, kind, territory, calendar_of(territory, annee), _name(kind, territory, chance))
    _add_divisions(school, count)
    _add_groups(school)
    _add_teachers(school, chance)
    _Families(school, chance).add_pupils(count)
    return school


def _weekday_of(year: int, month: int, weekday: int, rank: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (rank - 1))


def _name(kind: SchoolType, territory: Territory, chance: Random) -> str:
    return (
        {SchoolType.COLLEGE: "COLLEGE", SchoolType.LYCEE: "LYCEE", SchoolType.ECOLE: "ECOLE"}[kind]
        + " "
        + chance.choice(territory.towns).name[:18].strip()
    )


def per_level(count: int, levels: Sequence[Level]) -> list[int]:
    """How many pupils each level has: as even as possible."""
    each, more = divmod(count, len(levels))
    return [each + (rank < more) for rank in range(len(levels))]


def _add_divisions(school: School, count: int) -> None:
    for level, pupils in zip(school.levels, per_level(count, school.levels), strict=True):
        for rank in range(ceil(pupils / DIVISION_SIZE)):
            code = f"{level.label} {_letters(rank)}" if school.territory.southern else f"{level.code} {_letters(rank)}"
            school.divisions.append(Division(code[:8], level))


def _letters(rank: int) -> str:
    """0 is A, 25 is Z, 26 is AA."""
    text = ""
    rank += 1
    while rank:
        rank, rest = divmod(rank - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def _add_groups(school: School) -> None:
    if school.type is SchoolType.ECOLE:
        return
    for level in school.levels:
        codes = [division.code for division in school.divisions if division.level is level]
        subjects = [*(school.languages() if level.second_language else ()), *([words.LATIN] if level.second_language else [])]
        for subject in subjects:
            for rank, start in enumerate(range(0, len(codes), 4), start=1):
                code = f"{level.code}{subject.gestion[:4]}{rank}"
                if subject is words.MELANESIAN:
                    code = f"{level.label} LV2 AJE{'' if rank == 1 else rank}"
                school.groups.append(Group(code, subject, level, tuple(codes[start : start + 4])))


def _add_teachers(school: School, chance: Random) -> None:
    subjects = school.subjects()
    wanted = max(len(subjects), ceil(len(school.divisions) * 1.6))
    for rank in range(wanted):
        woman = chance.random() < 0.6
        school.teachers.append(
            Teacher(
                id=str(69_001 + rank),
                woman=woman,
                family_name=chance.choice(words.FAMILY_NAMES),
                first_name=chance.choice(words.GIRLS if woman else words.BOYS),
                born=date(1960, 1, 1) + timedelta(days=chance.randrange(13_000)),
                subject=subjects[rank % len(subjects)],
                local=rank % 19 == 18,
            )
        )


class _Families:
    """Pupils with their parents; one family in four has several children in the school."""

    def __init__(self, school: School, chance: Random) -> None:
        self._school = school
        self._chance = chance
        self._persons = 0
        self._addresses = 0
        self._groups: dict[tuple[str, str], list[Group]] = {}
        for group in school.groups:
            for division in group.divisions:
                self._groups.setdefault((division, group.subject.code), []).append(group)

    def add_pupils(self, count: int) -> None:
        school, chance = self._school, self._chance
        by_level = {level.code: [each for each in school.divisions if each.level is level] for level in school.levels}
        family: tuple[str, tuple[Person, ...]] | None = None
        number = 0
        for level, pupils in zip(school.levels, per_level(count, school.levels), strict=True):
            for rank in range(pupils):
                number += 1
                if family is None or chance.random() >= 0.25:
                    family = self._family()
                division = by_level[level.code][rank % len(by_level[level.code])]
                school.pupils.append(self._pupil(number, level, division, *family))

    def _family(self) -> tuple[str, tuple[Person, ...]]:
        chance = self._chance
        name = chance.choice(words.FAMILY_NAMES)
        address = self._address()
        parents = [self._person(True, chance.choice(words.FAMILY_NAMES) if chance.random() < 0.3 else name, address)]
        if chance.random() < 0.8:
            other = self._address() if chance.random() < 0.2 else address
            parents.append(self._person(False, name, other))
        return name, tuple(parents)

    def _address(self) -> Address:
        chance = self._chance
        self._addresses += 1
        line = f"{chance.randrange(1, 250)} {chance.choice(words.STREETS)}"
        second = "Bât. B, 2e étage" if chance.random() < 0.15 else ""
        return Address(str(FIRST_ADDRESS + self._addresses), line, second, chance.choice(self._school.territory.towns))

    def _person(self, woman: bool, name: str, address: Address) -> Person:
        chance = self._chance
        self._persons += 1
        rank = self._persons
        return Person(
            id=str(FIRST_PERSON + rank),
            private_id=str(rank) if rank <= PRIVATE_LIMIT else None,
            woman=woman,
            family_name=name,
            first_name=chance.choice(words.GIRLS if woman else words.BOYS),
            phone=f"06{chance.randrange(10**8):08d}",
            mail=f"parent{rank}@famille.example",
            profession=chance.choice(words.PROFESSIONS),
            address=address,
        )

    def _pupil(self, number: int, level: Level, division: Division, name: str, parents: tuple[Person, ...]) -> Pupil:
        chance, calendar = self._chance, self._school.calendar
        woman = chance.random() < 0.5
        repeats = chance.random() < 0.03
        year = calendar.pupils_start.year - level.age - repeats
        options = self._options(level)
        groups = tuple(found[number % len(found)] for subject in options if (found := self._groups.get((division.code, subject.code))))
        entered = calendar.pupils_start
        if chance.random() < 0.04:
            entered += timedelta(days=chance.randrange(10, 60))
        left = entered + timedelta(days=chance.randrange(20, 90)) if chance.random() < 0.02 else None
        first = chance.choice(words.GIRLS if woman else words.BOYS)
        return Pupil(
            id=str(FIRST_PUPIL + number),
            number=number,
            private_id=str(number) if number <= PRIVATE_LIMIT else None,
            ine=self._ine(number),
            woman=woman,
            family_name=name,
            used_name=chance.choice(words.FAMILY_NAMES) if chance.random() < 0.05 else None,
            first_name=first,
            second_name=chance.choice(words.BOYS) if chance.random() < 0.2 else None,
            born=date(year, 1, 1) + timedelta(days=chance.randrange(365)),
            born_in=None if chance.random() < 0.04 else chance.choice(self._school.territory.towns),
            division=division,
            groups=groups,
            options=options,
            regime=chance.choice(words.REGIMES),
            repeats=repeats,
            entered=entered,
            left=left,
            parents=parents,
        )

    def _options(self, level: Level) -> tuple[Subject, ...]:
        if self._school.type is SchoolType.ECOLE:
            return ()
        options = [words.FIRST_LANGUAGE]
        if level.second_language:
            options.append(self._chance.choice(self._school.languages()))
            if self._chance.random() < 0.2:
                options.append(words.LATIN)
        return tuple(options)

    def _ine(self, number: int) -> str:
        """Most of the national directory's form, some of the academies' (with its true key)."""
        place = int(self._school.uai[:3])
        if number % 7 == 0:
            digits = f"{place:03d}{number:07d}"
            return digits + check_letter(int(digits))
        return f"{place:03d}{number % 10**6:06d}{'ABCDEFGHJK'[number % 10]}{'ABCDEFGHJK'[number // 10**6 % 10]}"

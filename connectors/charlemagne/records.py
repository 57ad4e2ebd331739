"""From an IMPORT_ELEVES file to the records of `charlemagne.dossiers.v1`, with the checks that its schema does not make."""

import datetime
from collections.abc import Iterator

import msgspec

from connectors.charlemagne import messages, model
from connectors.transport.faults import FaultList
from connectors.transport.snapshot import Rows, about_person
from connectors.transport.typed import typed
from schemas.records import RECORDS, charlemagne

TOPIC = "charlemagne.dossiers.v1"
UNIQUE = ("id_prv_ele", "id_national", "ine_bea", "ine_rnie")


def rows_of(file: model.ImportEleves, uai: str, faults: FaultList, warnings: FaultList) -> Rows:
    """The records of the persons, then of the pupils."""
    rows = Rows(RECORDS[TOPIC])
    donnees = file.donnees or model.Donnees()
    persons: set[str] = set()
    for rank, personne in enumerate(donnees.personnes or (), start=1):
        given = {"adresse": _adresse(personne.adresse)}
        record = typed(charlemagne.Personne, personne, "Personne", rank, faults, uai=uai, **given)
        if record is None:
            continue
        if record.id_prv_per in persons:
            faults.add(messages.duplicate("Personne", rank, "ID_PRV_PER"))
        persons.add(record.id_prv_per)
        rows.add("personne", about_person("personne", uai, record.id_prv_per), record)
    seen: dict[str, set[str]] = {name: set() for name in UNIQUE}
    for rank, eleve in enumerate(donnees.eleves or (), start=1):
        _check(eleve, rank, persons, seen, faults, warnings)
        made = _eleve(eleve, rank, uai, faults)
        if made is not None:
            rows.add("eleve", about_person("eleve", uai, made.id_prv_ele), made)
    if not donnees.eleves:
        faults.add(messages.no_pupil())
    return rows


def _check(eleve: model.Eleve, rank: int, persons: set[str], seen: dict[str, set[str]], faults: FaultList, warnings: FaultList) -> None:
    for name, values in seen.items():
        value = getattr(eleve, name)
        if value and value in values:
            faults.add(messages.duplicate("Élève", rank, name.upper()))
        values.add(value or "")
    links = list(_responsables(eleve))
    if any(each.id_prv_per not in persons for _, each in links):
        warnings.add(messages.unknown_person(rank))
    if not eleve.date_sortie and not any(nature == "legal" for nature, _ in links):
        warnings.add(messages.no_legal(rank))
    if any(len(each.code_parente or "") != 2 for _, each in links):
        warnings.add(messages.short_parente(rank))


def _eleve(eleve: model.Eleve, rank: int, uai: str, faults: FaultList) -> charlemagne.Eleve | None:
    active = eleve.scolarite_active or model.ScolariteActive()
    schooling = typed(_Schooling, active, "Scolarité active de l'élève", rank, faults)
    links = [
        typed(charlemagne.Responsable, each, "Responsable de l'élève", rank, faults, nature=nature) for nature, each in _responsables(eleve)
    ]
    last = eleve.etablissement_an_dernier
    an_dernier = None
    if last is not None:
        options = tuple(each.code or "" for each in last.options or ())
        an_dernier = typed(charlemagne.AnDernier, last, "Année précédente de l'élève", rank, faults, options=options)
    if schooling is None:
        return None
    record: charlemagne.Eleve | None = typed(
        charlemagne.Eleve,
        eleve,
        "Élève",
        rank,
        faults,
        uai=uai,
        adresse=_adresse(eleve.adresse),
        bourses=tuple(charlemagne.Bourse(**msgspec.structs.asdict(each)) for each in eleve.bourses or ()),
        responsables=tuple(each for each in links if each is not None),
        options=tuple(charlemagne.Option(**msgspec.structs.asdict(each)) for each in active.options or ()),
        an_dernier=an_dernier,
        **msgspec.structs.asdict(schooling),
    )
    return record


class _Schooling(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of the active schooling that stand in the pupil's record."""

    code_mef: str | None = None
    code_division: str | None = None
    code_statut: str | None = None
    date_deb_sco: datetime.date | None = None
    date_fin_sco: datetime.date | None = None
    arret_formation: str | None = None


def _responsables(eleve: model.Eleve) -> Iterator[tuple[str, model.Responsable]]:
    """(nature, link), in the order of the file; LEGAL1 and LEGAL2 are legal ones."""
    links = eleve.responsables_eleve
    if links is None:
        return
    for old in (links.legal1, links.legal2):
        if old is not None:
            yield "legal", old
    for nature, several in (("legal", links.legal), ("en_charge", links.personne_en_charge), ("contact", links.contact)):
        for each in several:
            yield nature, each


def _adresse(adresse: model.Adresse | None) -> charlemagne.Adresse | None:
    return None if adresse is None else charlemagne.Adresse(**msgspec.structs.asdict(adresse))

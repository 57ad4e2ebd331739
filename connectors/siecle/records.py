"""From the rows of a SIECLE export to the records of `siecle.exports.v1`: typed, joined (a pupil holds options, structures, address)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
from msgspec.structs import force_setattr

from connectors.siecle import messages, model
from connectors.siecle.formats import ELEVES, RESPONSABLES, Format
from connectors.siecle.presences import Presences
from connectors.siecle.reader import Row
from connectors.transport.binding import Values
from connectors.transport.faults import FaultList
from connectors.transport.snapshot import Rows, about_person
from connectors.transport.typed import Columns, typed
from schemas.records import RECORDS, siecle

TOPIC = "siecle.exports.v1"


class _Joined(msgspec.Struct, gc=False):
    """What the other lists of the file say of a pupil or a person."""

    adresse_id: str | None
    options: tuple[siecle.Option, ...] = ()
    structures: tuple[siecle.Structure, ...] = ()
    bourses: tuple[str, ...] = ()


class Mapper:
    """Takes the rows of one export in the order of the document; `finish` gives its records, once, in the order to publish."""

    def __init__(self, found: Format, uai: str, faults: FaultList, warnings: FaultList, presences: Presences) -> None:
        self._found = found
        self._presences = presences
        self._uai = uai
        self._faults = faults
        self._warnings = warnings
        self._rows = Rows(RECORDS[TOPIC])
        self._counts: dict[type, int] = {}
        self._known: dict[str, dict[str, _Joined]] = defaultdict(dict)
        """Record name -> identifier -> what is joined to it."""
        self._same_options: dict[bytes, tuple[siecle.Option, ...]] = {}
        self._same_structures: dict[bytes, tuple[siecle.Structure, ...]] = {}
        """One object for equal lists, by what they are read from: most pupils of a class share theirs."""
        self._addresses: dict[str, bytes] = {}
        self.with_addresses = False

    def take(self, kind: type[msgspec.Struct], row: Values) -> None:
        """One row of the file."""
        rank = self._counts[kind] = self._counts.get(kind, 0) + 1
        _TAKERS[kind](self, row, rank)

    def finish(self) -> Rows:
        """The records, in the order of the file, once every row was taken."""
        for struct in self._found.minimum:
            if struct not in self._counts:
                self._faults.add(messages.empty_list(_tag(self._found, struct)))
        if self._found in (ELEVES, RESPONSABLES):
            self._rows.last_touch = self._join
        return self._rows

    def _join(self, data: Any) -> msgspec.Struct:
        """The record was just read back: it is nobody else's, and is completed where it is."""
        if isinstance(data, siecle.Eleve):
            joined = self._known["eleve"][data.eleve_id]
            force_setattr(data, "options", joined.options)
            force_setattr(data, "structures", joined.structures)
            force_setattr(data, "bourses", joined.bourses)
            force_setattr(data, "adresse", self._address(joined))
        elif isinstance(data, siecle.Personne):
            force_setattr(data, "adresse", self._address(self._known["personne"][data.personne_id]))
        assert isinstance(data, msgspec.Struct)
        return data

    def _address(self, joined: _Joined) -> siecle.Adresse | None:
        found = self._addresses.get(joined.adresse_id or "")
        return None if found is None else msgspec.convert(_WAITING.decode(found), siecle.Adresse, from_attributes=True)

    def _once(self, name: str, key: str, what: str, rank: int, adresse_id: str | None = None) -> bool:
        known = self._known[name]
        if key in known:
            self._faults.add(messages.duplicate(what, rank))
            return False
        known[key] = _Joined(adresse_id)
        return True

    # --- one method per kind of row -----------------------------------------------------------------------------------

    def eleve(self, row: Values, rank: int) -> None:
        attribute, element = row.get("attribut_elenoet"), row.get("elenoet")
        if attribute and element and attribute != element:
            self._warnings.add(messages.diverging_elenoet(rank))
        last = row.get("scolarite_an_dernier")
        values = _ELEVE.values(row, "Élève", rank, self._faults, uai=self._uai, elenoet=attribute or element, scolarite_an_dernier=last)
        if values is not None and self._once("eleve", values["eleve_id"], "Élève", rank, row.get("adresse_id")):
            self._rows.add("eleve", about_person("eleve", self._uai, values["eleve_id"]), values)
            self._presences.add(values.get("id_national"), values["eleve_id"], values.get("date_sortie"))

    def options(self, row: Values, rank: int) -> None:
        found = row.get("options", ())
        key = _ENCODE(found)
        options = self._same_options.get(key)
        if options is None:
            options = self._same_options[key] = tuple([siecle.Option(**each) for each in found])
        if (joined := self._of_pupil(row, "OPTION", rank)) is not None:
            joined.options = options

    def structures(self, row: Values, rank: int) -> None:
        found = row.get("structures", ())
        key = _ENCODE(found)
        values = self._same_structures.get(key)
        if values is None:
            made = [typed(siecle.Structure, each, "STRUCTURES_ELEVE", rank, self._faults) for each in found]
            values = tuple([each for each in made if each is not None])
            if len(values) == len(found):  # what is wrong is said of each pupil
                self._same_structures[key] = values
        if (joined := self._of_pupil(row, "STRUCTURES_ELEVE", rank)) is not None:
            joined.structures = values

    def bourse(self, row: Values, rank: int) -> None:
        if (joined := self._of_pupil(row, "BOURSES", rank)) is not None:
            joined.bourses = (*joined.bourses, row["code_bourse"])

    def _of_pupil(self, row: Values, what: str, rank: int) -> _Joined | None:
        joined = self._known["eleve"].get(row.get("eleve_id") or "")
        if joined is None:
            self._warnings.add(messages.unknown_reference(what, rank, "son élève"))
        return joined

    def adresse(self, row: Values, rank: int) -> None:
        self.with_addresses = True
        if row.get("adresse_id"):
            self._addresses[row["adresse_id"]] = _ENCODE(_WaitingAddress(**row))

    def personne(self, row: Values, rank: int) -> None:
        values = _PERSONNE.values(row, "Personne", rank, self._faults, uai=self._uai)
        if values is not None and self._once("personne", values["personne_id"], "Personne", rank, row.get("adresse_id")):
            self._rows.add("personne", about_person("personne", self._uai, values["personne_id"]), values)

    def responsable(self, row: Values, rank: int) -> None:
        values = _RESPONSABLE.values(row, "Responsable", rank, self._faults, uai=self._uai)
        if values is None:
            return
        if values["personne_id"] not in self._known["personne"]:
            self._warnings.add(messages.unknown_reference("Responsable", rank, "sa personne"))
        subject = about_person("responsable_eleve", self._uai, f"{values['eleve_id']}|{values['personne_id']}")
        self._rows.add("responsable_eleve", subject, values)

    def division(self, row: Values, rank: int) -> None:
        self._structure("division", siecle.Division, row, rank)

    def groupe(self, row: Values, rank: int) -> None:
        self._structure("groupe", siecle.Groupe, row, rank, divisions=_codes(row, "divisions", "code_structure"))

    def _structure(self, name: str, record: type[msgspec.Struct], row: Values, rank: int, **given: Any) -> None:
        made = typed(record, row, name.capitalize(), rank, self._faults, uai=self._uai, mefs=_codes(row, "mefs", "code_mef"), **given)
        if made is not None and self._once(name, made.code_structure, name.capitalize(), rank):
            self._rows.add(name, f"{name}/{made.code_structure}", made)

    def code(self, row: Values, rank: int) -> None:
        liste = row["balise"].lower()
        libelles = {tag.lower(): text for tag, text in row["valeurs"]}
        record = siecle.CodeNomenclature(uai=self._uai, liste=liste, code=row["code"], libelles=libelles)
        self._rows.add("code_nomenclature", f"{liste}/{record.code}", record)

    def annee_en_cours(self, row: Values, rank: int) -> None:
        self._annee(row, rank, "en_cours")

    def autre_annee(self, row: Values, rank: int) -> None:
        self._annee(row, rank, "autre")

    def _annee(self, row: Values, rank: int, which: str) -> None:
        record = typed(siecle.AnneeScolaire, row, "Année scolaire", rank, self._faults, uai=self._uai, avenir=which == "autre")
        if record is not None:
            self._rows.add("annee_scolaire", f"annee_scolaire/{which}", record)

    def plain(self, name: str, record: type[msgspec.Struct], keys: tuple[str, ...], row: Values, rank: int) -> None:
        """A row without a join: the record has its fields; a code that is an attribute here and a child there is either."""
        given = {key: row.get(key) or row[f"attribut_{key}"] for key in keys if row.get(f"attribut_{key}")}
        made = typed(record, row, name.replace("_", " ").capitalize(), rank, self._faults, uai=self._uai, **given)
        if made is not None:
            subject = "/".join((name, *(str(getattr(made, key)) for key in keys))) if keys else f"{name}/{rank}"
            self._rows.add(name, subject, made)


def _codes(row: Values, several: str, code: str) -> tuple[str, ...]:
    """Codes of a list, each a child here and an attribute there."""
    return tuple([each.get(code) or each.get(f"attribut_{code}") or "" for each in row.get(several, ())])


def _plain(name: str, record: type[msgspec.Struct], *keys: str) -> Callable[[Mapper, Values, int], None]:
    return lambda mapper, row, rank: mapper.plain(name, record, keys, row, rank)


_ENCODE = msgspec.msgpack.Encoder().encode
_WaitingAddress = msgspec.defstruct(
    "_WaitingAddress", [(name, str | None, None) for name in siecle.Adresse.__struct_fields__], array_like=True, kw_only=True, gc=False
)
"""An address waits without the names of its fields: most of a file's memory."""
_WAITING = msgspec.msgpack.Decoder(_WaitingAddress)
_ELEVE = Columns(siecle.Eleve, model.Eleve, ("uai", "elenoet", "scolarite_an_dernier"))
_PERSONNE = Columns(siecle.Personne, model.Personne, ("uai",))
_RESPONSABLE = Columns(siecle.ResponsableEleve, model.ResponsableEleve, ("uai",))
_TAKERS: Mapping[type, Callable[[Mapper, Values, int], None]] = {
    model.Eleve: Mapper.eleve,
    model.OptionsEleve: Mapper.options,
    model.StructuresEleve: Mapper.structures,
    model.BoursesEleve: Mapper.bourse,
    model.Adresse: Mapper.adresse,
    model.Personne: Mapper.personne,
    model.ResponsableEleve: Mapper.responsable,
    model.Division: Mapper.division,
    model.Groupe: Mapper.groupe,
    model.CodeNomenclature: Mapper.code,
    model.AnneeScolaire: Mapper.annee_en_cours,
    model.AnneeScolaireAd: Mapper.autre_annee,
    model.Mef: _plain("mef", siecle.Mef, "code_mef"),
    model.Matiere: _plain("matiere", siecle.Matiere, "code_matiere"),
    model.Programme: _plain("programme", siecle.Programme, "code_mef", "code_matiere", "code_modalite_elect"),
    model.OptionObligatoire: _plain("option_obligatoire", siecle.OptionObligatoire, "code_mef", "code_matiere"),
    model.Uaj: _plain("uaj", siecle.Uaj),
    model.Periode: _plain("periode", siecle.Periode),
    model.Fermeture: _plain("fermeture", siecle.Fermeture),
    model.Etablissement: _plain("etablissement", siecle.Etablissement, "code_rne"),
    model.Pays: _plain("pays", siecle.Pays, "code_pays"),
    model.Departement: _plain("departement", siecle.Departement, "code_departement_men"),
    model.Commune: _plain("commune", siecle.Commune, "code_commune_insee"),
}


def _tag(found: Format, struct: type[msgspec.Struct]) -> str:
    return next(block.item for block in found.blocks if block.struct is struct)


def map_rows(found: Format, uai: str, rows: Iterable[Row], faults: FaultList, warnings: FaultList, presences: Presences) -> Mapper:
    """Give every row to a mapper."""
    mapper = Mapper(found, uai, faults, warnings, presences)
    for kind, row in rows:
        mapper.take(kind, row)
    return mapper

"""From the rows of a SIECLE export to the records of `siecle.exports.v1`: typed, joined (a pupil holds options, structures, address)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from connectors.siecle import messages, model
from connectors.siecle.formats import ELEVES, RESPONSABLES, Format
from connectors.transport.faults import FaultList
from connectors.transport.snapshot import Rows, about_person
from connectors.transport.typed import typed
from schemas.records import RECORDS, siecle

TOPIC = "siecle.exports.v1"


class Mapper:
    """Takes the rows of one export in the order of the document; `given` then holds its records, once, in the order to publish."""

    def __init__(self, found: Format, uai: str, faults: FaultList, warnings: FaultList) -> None:
        self._found = found
        self._uai = uai
        self._faults = faults
        self._warnings = warnings
        self._rows = Rows(RECORDS[TOPIC])
        self._counts: dict[type, int] = {}
        self._known: set[tuple[str, str]] = set()
        self._options: dict[str, tuple[siecle.Option, ...]] = {}
        self._structures: dict[str, tuple[siecle.Structure, ...]] = {}
        self._bourses: dict[str, tuple[str, ...]] = {}
        self._same: dict[Any, Any] = {}
        """One object for equal lists of options or structures: most pupils of a class share theirs."""
        self._addresses: dict[str, bytes] = {}
        self._address_of: dict[str, str] = {}
        self.with_addresses = False

    def take(self, row: msgspec.Struct) -> None:
        """One row of the file."""
        kind = type(row)
        rank = self._counts[kind] = self._counts.get(kind, 0) + 1
        _TAKERS[kind](self, row, rank)

    def finish(self) -> Rows:
        """The records, in the order of the file, once every row was taken."""
        for struct in self._found.minimum:
            if not self._counts.get(struct):
                self._faults.add(messages.empty_list(_tag(self._found, struct)))
        if self._found in (ELEVES, RESPONSABLES):
            self._rows.last_touch = self._joined
        return self._rows

    def _joined(self, data: Any) -> msgspec.Struct:
        if isinstance(data, siecle.Eleve):
            key = data.eleve_id
            return msgspec.structs.replace(
                data,
                options=self._options.get(key, ()),
                structures=self._structures.get(key, ()),
                bourses=self._bourses.get(key, ()),
                adresse=self._address(f"eleve {key}"),
            )
        if isinstance(data, siecle.Personne):
            return msgspec.structs.replace(data, adresse=self._address(f"personne {data.personne_id}"))
        assert isinstance(data, msgspec.Struct)
        return data

    def _address(self, whose: str) -> siecle.Adresse | None:
        found = self._addresses.get(self._address_of.get(whose, ""))
        return None if found is None else _ADDRESS.decode(found)

    def _once(self, name: str, key: str, what: str, rank: int) -> bool:
        if (name, key) in self._known:
            self._faults.add(messages.duplicate(what, rank))
            return False
        self._known.add((name, key))
        return True

    def _add(self, record: msgspec.Struct | None, name: str, subject: str) -> None:
        if record is not None:
            self._rows.add(name, subject, record)

    # --- one method per kind of row -----------------------------------------------------------------------------------

    def eleve(self, row: model.Eleve, rank: int) -> None:
        if row.attribut_elenoet and row.elenoet and row.attribut_elenoet != row.elenoet:
            self._warnings.add(messages.diverging_elenoet(rank))
        last = row.scolarite_an_dernier
        record = typed(
            siecle.Eleve,
            row,
            "Élève",
            rank,
            self._faults,
            uai=self._uai,
            elenoet=row.attribut_elenoet or row.elenoet,
            scolarite_an_dernier=None if last is None else siecle.ScolariteAnDernier(**_texts(last)),
        )
        if record is not None and self._once("eleve", record.eleve_id, "Élève", rank):
            if row.adresse_id:
                self._address_of[f"eleve {record.eleve_id}"] = row.adresse_id
            self._add(record, "eleve", about_person("eleve", self._uai, record.eleve_id))

    def options(self, row: model.OptionsEleve, rank: int) -> None:
        self._attach(self._options, row.eleve_id, tuple(siecle.Option(**_texts(each)) for each in row.options), "OPTION", rank)

    def structures(self, row: model.StructuresEleve, rank: int) -> None:
        made = (typed(siecle.Structure, each, "STRUCTURES_ELEVE", rank, self._faults) for each in row.structures)
        self._attach(self._structures, row.eleve_id, tuple(each for each in made if each is not None), "STRUCTURES_ELEVE", rank)

    def bourse(self, row: model.BoursesEleve, rank: int) -> None:
        before = self._bourses.get(row.eleve_id or "", ())
        self._attach(self._bourses, row.eleve_id, (*before, row.code_bourse or ""), "BOURSES", rank)

    def _attach(self, table: dict[str, Any], eleve_id: str | None, values: tuple[Any, ...], what: str, rank: int) -> None:
        if eleve_id is None or ("eleve", eleve_id) not in self._known:
            self._warnings.add(messages.unknown_reference(what, rank, "son élève"))
            return
        key = tuple(msgspec.structs.astuple(each) if isinstance(each, msgspec.Struct) else each for each in values)
        table[eleve_id] = self._same.setdefault((what, key), values)

    def adresse(self, row: model.Adresse, rank: int) -> None:
        self.with_addresses = True
        if row.adresse_id:
            self._addresses[row.adresse_id] = _ENCODE(siecle.Adresse(**_texts(row)))

    def personne(self, row: model.Personne, rank: int) -> None:
        record = typed(siecle.Personne, row, "Personne", rank, self._faults, uai=self._uai)
        if record is not None and self._once("personne", record.personne_id, "Personne", rank):
            if row.adresse_id:
                self._address_of[f"personne {record.personne_id}"] = row.adresse_id
            self._add(record, "personne", about_person("personne", self._uai, record.personne_id))

    def responsable(self, row: model.ResponsableEleve, rank: int) -> None:
        record = typed(siecle.ResponsableEleve, row, "Responsable", rank, self._faults, uai=self._uai)
        if record is None:
            return
        if ("personne", record.personne_id) not in self._known:
            self._warnings.add(messages.unknown_reference("Responsable", rank, "sa personne"))
        subject = about_person("responsable_eleve", self._uai, f"{record.eleve_id}|{record.personne_id}")
        self._add(record, "responsable_eleve", subject)

    def structure(self, row: model.Division | model.Groupe, rank: int) -> None:
        name, record_type = ("groupe", siecle.Groupe) if isinstance(row, model.Groupe) else ("division", siecle.Division)
        given: dict[str, Any] = {"mefs": tuple(each.code_mef or each.attribut_code_mef or "" for each in row.mefs or ())}
        if isinstance(row, model.Groupe):
            given["divisions"] = tuple(each.code_structure or each.attribut_code_structure or "" for each in row.divisions or ())
        record = typed(record_type, row, name.capitalize(), rank, self._faults, uai=self._uai, **given)
        if record is not None and self._once(name, record.code_structure, name.capitalize(), rank):
            self._add(record, name, f"{name}/{record.code_structure}")

    def code(self, row: model.CodeNomenclature, rank: int) -> None:
        liste = row.balise.lower()
        libelles = {tag.lower(): text for tag, text in row.valeurs}
        record = siecle.CodeNomenclature(uai=self._uai, liste=liste, code=row.code, libelles=libelles)
        self._add(record, "code_nomenclature", f"{liste}/{row.code}")

    def annee_scolaire(self, row: model.AnneeScolaire, rank: int) -> None:
        avenir = isinstance(row, model.AnneeScolaireAd)
        record = typed(siecle.AnneeScolaire, row, "Année scolaire", rank, self._faults, uai=self._uai, avenir=avenir)
        self._add(record, "annee_scolaire", f"annee_scolaire/{'autre' if avenir else 'en_cours'}")


def _texts(row: msgspec.Struct) -> dict[str, Any]:
    return msgspec.structs.asdict(row)


def _plain(name: str, record: type[msgspec.Struct], keys: tuple[str, ...]) -> Callable[[Mapper, Any, int], None]:
    """Rows without a join: the record has the row's fields; a code that is an attribute here and a child there is either."""

    def take(mapper: Mapper, row: msgspec.Struct, rank: int) -> None:
        given = {key: getattr(row, key) or getattr(row, f"attribut_{key}", None) for key in keys if getattr(row, f"attribut_{key}", None)}
        made = typed(record, row, name.replace("_", " ").capitalize(), rank, mapper._faults, uai=mapper._uai, **given)
        subject = "/".join((name, *(str(getattr(made, key)) for key in keys))) if keys else f"{name}/{rank}"
        mapper._add(made, name, subject)

    return take


_ENCODE = msgspec.msgpack.Encoder().encode
_ADDRESS = msgspec.msgpack.Decoder(siecle.Adresse)
_TAKERS: Mapping[type, Callable[[Mapper, Any, int], None]] = {
    model.Eleve: Mapper.eleve,
    model.OptionsEleve: Mapper.options,
    model.StructuresEleve: Mapper.structures,
    model.BoursesEleve: Mapper.bourse,
    model.Adresse: Mapper.adresse,
    model.Personne: Mapper.personne,
    model.ResponsableEleve: Mapper.responsable,
    model.Division: Mapper.structure,
    model.Groupe: Mapper.structure,
    model.CodeNomenclature: Mapper.code,
    model.AnneeScolaire: Mapper.annee_scolaire,
    model.AnneeScolaireAd: Mapper.annee_scolaire,
    model.Mef: _plain("mef", siecle.Mef, ("code_mef",)),
    model.Matiere: _plain("matiere", siecle.Matiere, ("code_matiere",)),
    model.Programme: _plain("programme", siecle.Programme, ("code_mef", "code_matiere", "code_modalite_elect")),
    model.OptionObligatoire: _plain("option_obligatoire", siecle.OptionObligatoire, ("code_mef", "code_matiere")),
    model.Uaj: _plain("uaj", siecle.Uaj, ()),
    model.Periode: _plain("periode", siecle.Periode, ()),
    model.Fermeture: _plain("fermeture", siecle.Fermeture, ()),
    model.Etablissement: _plain("etablissement", siecle.Etablissement, ("code_rne",)),
    model.Pays: _plain("pays", siecle.Pays, ("code_pays",)),
    model.Departement: _plain("departement", siecle.Departement, ("code_departement_men",)),
    model.Commune: _plain("commune", siecle.Commune, ("code_commune_insee",)),
}


def _tag(found: Format, struct: type[msgspec.Struct]) -> str:
    return next(block.item for block in found.blocks if block.struct is struct)


def map_rows(found: Format, uai: str, rows: Iterable[msgspec.Struct], faults: FaultList, warnings: FaultList) -> Mapper:
    """Give every row to a mapper."""
    mapper = Mapper(found, uai, faults, warnings)
    for row in rows:
        mapper.take(row)
    return mapper

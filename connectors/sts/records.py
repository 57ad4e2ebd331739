"""From sts_emp and emp_sts to the records of `sts.echanges.v1`."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from connectors.sts import messages, model
from connectors.transport.faults import FaultList
from connectors.transport.snapshot import Rows, about_person
from connectors.transport.typed import typed
from schemas.records import RECORDS, sts

TOPIC = "sts.echanges.v1"


class Mapper:
    """Puts the records of one file in `rows`, in the order of the document."""

    def __init__(self, uai: str, faults: FaultList, warnings: FaultList) -> None:
        self.rows = Rows(RECORDS[TOPIC])
        self._uai = uai
        self._faults = faults
        self._warnings = warnings
        self._known: set[tuple[str, str]] = set()
        self._teachers: set[tuple[str, str]] = set()

    def sts_emp(self, file: model.StsEmp) -> None:
        """All of a descending file."""
        parametres = file.parametres or model.Parametres()
        self._etablissement(parametres)
        self._nomenclatures(file.nomenclatures or model.Nomenclatures())
        donnees = file.donnees or model.Donnees()
        for suppleant, several in ((False, donnees.individus), (True, donnees.suppleants)):
            for rank, individu in enumerate(several or (), start=1):
                self._individu(individu, rank, suppleant)
        self._structure(donnees.structure, check_teachers=True)

    def emp_sts(self, file: model.EmpSts) -> None:
        """All of an ascending file."""
        donnees = file.donnees or model.DonneesRemontee()
        for rank, horaire in enumerate(donnees.horaires or (), start=1):
            self._add("horaire", f"horaire/{horaire.jour}", self._typed(sts.Horaire, horaire, "Horaire", rank))
        for rank, alternance in enumerate(donnees.alternances or (), start=1):
            semaines = tuple(self._days(alternance, rank))
            record = self._typed(sts.Alternance, alternance, "Alternance", rank, semaines=semaines)
            self._add("alternance", f"alternance/{alternance.code}", record)
        for rank, salle in enumerate(donnees.salles_cours or (), start=1):
            self._add("salle", f"salle/{rank}", self._typed(sts.Salle, salle, "Salle", rank))
        for rank, individu in enumerate(donnees.individus or (), start=1):
            indemnites = tuple(sts.Indemnite(**msgspec.structs.asdict(each)) for each in individu.indemnites or ())
            record = self._typed(sts.Individu, individu, "Individu", rank, suppleant=False, indemnites=indemnites)
            self._add("individu", about_person("individu", self._uai, f"{individu.type}|{individu.id}"), record)
        self._structure(donnees.structure, check_teachers=False)

    def _typed(
        self, record: type[msgspec.Struct], row: msgspec.Struct | Mapping[str, str | None], what: str, rank: int, **given: Any
    ) -> Any:
        return typed(record, row, what, rank, self._faults, uai=self._uai, **given)

    def _add(self, name: str, subject: str, record: msgspec.Struct | None) -> None:
        if record is not None:
            self.rows.add(name, subject, record)

    def _once(self, kind: str, key: str, what: str, rank: int) -> None:
        if (kind, key) in self._known:
            self._faults.add(messages.duplicate(what, rank))
        self._known.add((kind, key))

    def _etablissement(self, parametres: model.Parametres) -> None:
        if parametres.uaj is None:
            return
        academie, annee = parametres.uaj.academie or model.Code(), parametres.annee_scolaire or model.Annee()
        texts = {name: value for name, value in msgspec.structs.asdict(parametres.uaj).items() if name not in ("code", "academie")}
        texts |= {"code_academie": academie.code, "libelle_academie": academie.libelle}
        texts |= {"date_debut": annee.date_debut, "date_fin": annee.date_fin}
        self._add("etablissement", "etablissement", self._typed(sts.Etablissement, texts, "Établissement", 1))

    def _nomenclatures(self, found: model.Nomenclatures) -> None:
        lists: tuple[tuple[str, Iterable[Any] | None], ...] = (
            ("type_ahe", found.types_ahe),
            ("civilite", found.civilites),
            ("mefstat4", found.mefstats4),
            ("taux_pond", found.taux_ponds),
            ("mod_cours", found.mods_cours),
        )
        for liste, items in lists:
            for item in items or ():
                code, *others = item.__struct_fields__
                libelles = {name: value for name in others if (value := getattr(item, name)) is not None}
                record = sts.CodeNomenclature(uai=self._uai, liste=liste, code=getattr(item, code) or "", libelles=libelles)
                self._add("code_nomenclature", f"{liste}/{record.code}", record)
        for rank, matiere in enumerate(found.matieres or (), start=1):
            record = self._typed(sts.Matiere, matiere, "Matière", rank, code_matiere=matiere.code or "")
            self._add("matiere", f"matiere/{matiere.code}", record)
        for rank, mef in enumerate(found.mefs or (), start=1):
            self._add("mef", f"mef/{mef.code}", self._typed(sts.Mef, mef, "MEF", rank, code_mef=mef.code or ""))
        for rank, programme in enumerate(found.programmes or (), start=1):
            subject = f"programme/{programme.code_mef}/{programme.code_matiere}"
            self._add("programme", subject, self._typed(sts.Programme, programme, "Programme", rank))

    def _individu(self, individu: model.Individu, rank: int, suppleant: bool) -> None:
        what = "Suppléant" if suppleant else "Individu"
        principal = tuple(each.code_structure or "" for each in individu.profs_princ or ())
        made = (typed(sts.Discipline, each, "Discipline", rank, self._faults) for each in individu.disciplines or ())
        disciplines = tuple(each for each in made if each is not None)
        record = self._typed(sts.Individu, individu, what, rank, suppleant=suppleant, prof_principal=principal, disciplines=disciplines)
        if record is None:
            return
        key = f"{individu.type}|{individu.id}"
        self._once("suppleant" if suppleant else "individu", key, what, rank)
        self._teachers.add((individu.type or "", individu.id or ""))
        self._add("individu", about_person("individu", self._uai, key), record)

    def _structure(self, structure: model.Structure | None, check_teachers: bool) -> None:
        found = structure or model.Structure()
        if check_teachers and not found.divisions:
            self._faults.add(messages.no_division())
        for name, record_type, several in (("division", sts.Division, found.divisions), ("groupe", sts.Groupe, found.groupes)):
            self._list(name, record_type, several or (), check_teachers)

    def _list(
        self, name: str, record_type: type[msgspec.Struct], several: Iterable[model.Division | model.Groupe], check_teachers: bool
    ) -> None:
        for rank, each in enumerate(several, start=1):
            given: dict[str, Any] = {"code_structure": each.code or "", "mefs": tuple(mef.code or "" for mef in each.mefs or ())}
            if isinstance(each, model.Groupe):
                given["divisions"] = tuple(division.code or "" for division in each.divisions or ())
            self._once(name, each.code or "", name.capitalize(), rank)
            self._add(name, f"{name}/{each.code}", self._typed(record_type, each, name.capitalize(), rank, **given))
            kind = "G" if isinstance(each, model.Groupe) else "D"
            for service in each.services or ():
                self._service(service, each.code or "", kind, rank, check_teachers)

    def _service(self, service: model.Service, code: str, kind: str, rank: int, check_teachers: bool) -> None:
        enseignants = []
        for each in service.enseignants or ():
            if check_teachers and (each.type or "", each.id or "") not in self._teachers:
                self._warnings.add(messages.unknown_teacher(code))
            cours = tuple(sts.Cours(**msgspec.structs.asdict(one)) for one in each.cours_rattaches or ())
            enseignants.append(typed(sts.Enseignant, each, "Enseignant d'un service de la structure", rank, self._faults, cours=cours))
        record = self._typed(
            sts.Service,
            service,
            "Service de la structure",
            rank,
            code_structure=code,
            type_structure=kind,
            enseignants=tuple(each for each in enseignants if each is not None),
        )
        self._add("service", f"service/{kind}/{code}/{service.code_matiere}/{service.code_mod_cours}", record)

    def _days(self, alternance: model.Alternance, rank: int) -> Iterable[Any]:
        for semaine in alternance.semaines or ():
            made = typed(_Day, semaine, "Alternance", rank, self._faults)
            if made is not None and made.jour is not None:
                yield made.jour


class _Day(msgspec.Struct, frozen=True):
    """The first day of a week, typed."""

    jour: datetime.date | None = None

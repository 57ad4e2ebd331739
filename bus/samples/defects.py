"""The known defects of schools' files, each put on request into good files."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from msgspec.structs import replace

from bus.samples.bundle import Bundle
from bus.samples.school import School
from connectors.pronote import model as pronote
from connectors.siecle import model as siecle
from schemas.identifiants import check_letter

UNKNOWN_GROUP = "MPERMANGR2"
"""Known neither of SIECLE nor of STS Web."""


@dataclass(frozen=True, slots=True)
class Defect:
    """One defect: what it does, and what is expected of it."""

    about: str
    """French, shown in help."""
    put: Callable[[Bundle], None]


class NotHere(ValueError):
    """The school has nothing to put that defect into; the text says what lacks, in French."""


def put(bundle: Bundle, names: Iterable[str]) -> None:
    """Put these defects, in this order. Raises NotHere, and KeyError for an unknown name."""
    for name in names:
        DEFECTS[name].put(bundle)


# --- links between pupils and groups ----------------------------------------------------------------------------------


def _links(bundle: Bundle) -> tuple[pronote.Eleve, ...]:
    file = bundle.elegroupe
    eleves = file.donnees.eleves if file is not None and file.donnees is not None else None
    if not eleves or len(eleves) < 8:
        raise NotHere("il faut un établissement du second degré d'au moins 8 élèves inscrits dans des groupes")
    return eleves


def _with_links(bundle: Bundle, eleves: tuple[pronote.Eleve, ...]) -> None:
    assert bundle.elegroupe is not None
    bundle.elegroupe = replace(bundle.elegroupe, donnees=pronote.Donnees(eleves=eleves))


def _change(bundle: Bundle, rank: int, change: Callable[[pronote.Eleve], pronote.Eleve]) -> None:
    eleves = _links(bundle)
    _with_links(bundle, (*eleves[:rank], change(eleves[rank]), *eleves[rank + 1 :]))


def _first_group(eleve: pronote.Eleve, **values: str | None) -> pronote.Eleve:
    first, *others = eleve.groupes or ()
    return replace(eleve, groupes=(replace(first, **values), *others))


def _groupe_inconnu(bundle: Bundle) -> None:
    def add(eleve: pronote.Eleve) -> pronote.Eleve:
        return replace(eleve, groupes=(*(eleve.groupes or ()), pronote.Groupe(code_groupe=UNKNOWN_GROUP)))

    _change(bundle, 0, add)


def _fin_hors_periode(bundle: Bundle) -> None:
    after = (bundle.school.calendar.pupils_end + timedelta(days=1)).isoformat()
    _change(bundle, 1, lambda eleve: _first_group(eleve, date_fin_groupe=after))


def _debut_hors_periode(bundle: Bundle) -> None:
    before = (bundle.school.calendar.pupils_start - timedelta(days=3)).isoformat()
    _change(bundle, 2, lambda eleve: _first_group(eleve, date_debut_groupe=before))


def _dates_inversees(bundle: Bundle) -> None:
    calendar = bundle.school.calendar
    late, early = (calendar.pupils_start + timedelta(days=60)).isoformat(), (calendar.pupils_start + timedelta(days=30)).isoformat()
    _change(bundle, 3, lambda eleve: _first_group(eleve, date_debut_groupe=late, date_fin_groupe=early))


def _eleve_en_double(bundle: Bundle) -> None:
    eleves = _links(bundle)
    private = {pupil.id: pupil.private_id for pupil in bundle.school.pupils}
    twin = replace(eleves[4], eleve_id=None, id_prv_ele=private[eleves[4].eleve_id or ""])
    _with_links(bundle, (*eleves, twin))


def _eleve_inconnu(bundle: Bundle) -> None:
    _change(bundle, 5, lambda eleve: replace(eleve, eleve_id="999999999", nom_de_famille="INCONNU-AU-BATAILLON", nom_usage=None))


def _groupe_hors_mef(bundle: Bundle) -> None:
    eleves, known = _links(bundle), {pupil.id: pupil for pupil in bundle.school.pupils}
    level = known[eleves[6].eleve_id or ""].division.level
    other = next((group for group in bundle.school.groups if group.level is not level), None)
    if other is None:
        raise NotHere("il faut des groupes de deux niveaux")
    _change(bundle, 6, lambda eleve: replace(eleve, groupes=(*(eleve.groupes or ()), pronote.Groupe(code_groupe=other.code))))


def _date_naissance_fausse(bundle: Bundle) -> None:
    _change(bundle, 0, lambda eleve: replace(eleve, date_naiss="2013-02-30"))


def _mauvais_millesime(bundle: Bundle) -> None:
    _links(bundle)
    assert bundle.elegroupe is not None
    assert bundle.elegroupe.parametres is not None
    wrong = str(bundle.school.calendar.siecle + 1)
    bundle.elegroupe = replace(bundle.elegroupe, parametres=replace(bundle.elegroupe.parametres, annee_scolaire=wrong))
    bundle.elegroupe_base = bundle.elegroupe_inner = bundle.elegroupe_base[:17] + wrong + bundle.elegroupe_base[21:]


def _nom_zip_different(bundle: Bundle) -> None:
    _links(bundle)
    inner = bundle.elegroupe_inner
    bundle.elegroupe_inner = inner[:-2] + ("00" if inner[-2:] != "00" else "01")


def _nom_malforme(bundle: Bundle) -> None:
    _links(bundle)
    bundle.elegroupe_base = f"{bundle.elegroupe_base} (1)"


# --- exports of SIECLE ------------------------------------------------------------------------------------------------


def _need_exports(bundle: Bundle) -> None:
    if not bundle.siecle:
        raise NotHere("il faut un établissement du second degré")


def _uai_meles(bundle: Bundle) -> None:
    _need_exports(bundle)
    digits = f"{(int(bundle.school.uai[:7]) + 1) % 10**7:07d}"
    other = digits + check_letter(int(digits))
    bundle.parametres["communs"] = replace(bundle.parametres["communs"], uaj=other)


def _fichier_manquant(bundle: Bundle) -> None:
    _need_exports(bundle)
    del bundle.siecle["geographique"]


def _pupils(bundle: Bundle) -> list[tuple[int, siecle.Eleve]]:
    _need_exports(bundle)
    rows = bundle.siecle["eleves_avec_adresses"]
    return [(rank, row) for rank, row in enumerate(rows) if isinstance(row, siecle.Eleve)]


def _sans_mef(bundle: Bundle) -> None:
    """Of a pupil who has links: only then does SIECLE say so."""
    linked = _links(bundle)[7].eleve_id
    rank, row = next((rank, row) for rank, row in _pupils(bundle) if row.eleve_id == linked)
    bundle.siecle["eleves_avec_adresses"][rank] = replace(row, code_mef=None)


def _ine_en_double(bundle: Bundle) -> None:
    (_, first), (rank, second), *_ = ((rank, row) for rank, row in _pupils(bundle) if row.date_sortie is None and row.id_national)
    same = {"id_national": first.id_national, "ine_rnie": first.ine_rnie, "ine_bea": first.ine_bea}
    bundle.siecle["eleves_avec_adresses"][rank] = replace(second, **same)


def _date_siecle_fausse(bundle: Bundle) -> None:
    rank, row = _pupils(bundle)[0]
    bundle.siecle["eleves_avec_adresses"][rank] = replace(row, date_naiss="31/02/2013")


def _encodage_faux(bundle: Bundle) -> None:
    _need_exports(bundle)
    bundle.on_xml["eleves_avec_adresses"] = lambda xml: xml.decode("iso8859-15").encode()


def _doctype(bundle: Bundle) -> None:
    _need_exports(bundle)
    bundle.on_xml["eleves_avec_adresses"] = lambda xml: xml.replace(b"<BEE_ELEVES", b'<!DOCTYPE a [<!ENTITY b "b">]>\n<BEE_ELEVES', 1)


def _tronque(bundle: Bundle) -> None:
    _need_exports(bundle)
    bundle.on_xml["eleves_avec_adresses"] = lambda xml: xml[: len(xml) * 2 // 3]


# --- the others -------------------------------------------------------------------------------------------------------


def _parente_courte(bundle: Bundle) -> None:
    file = bundle.import_eleves
    eleves = file.donnees.eleves if file is not None and file.donnees is not None else None
    if file is None or file.donnees is None or not eleves or eleves[0].responsables_eleve is None:
        raise NotHere("il faut un établissement du second degré")
    links = eleves[0].responsables_eleve
    short = replace(links, legal=tuple(replace(each, code_parente="1") for each in links.legal))
    changed = (replace(eleves[0], responsables_eleve=short), *eleves[1:])
    bundle.import_eleves = replace(file, donnees=replace(file.donnees, eleves=changed))


def _sans_classe(bundle: Bundle) -> None:
    if len(bundle.onde_eleves) < 3:
        raise NotHere("il faut une école d'au moins 3 élèves")
    bundle.onde_eleves[:3] = [replace(line, classe="", identifiant_classe="") for line in bundle.onde_eleves[:3]]


DEFECTS: Mapping[str, Defect] = {
    "groupe_inconnu": Defect(f"un lien vers {UNKNOWN_GROUP}, que SIECLE ne connaît pas (GROUPE_A_01)", _groupe_inconnu),
    "fin_hors_periode": Defect("une fin de groupe après la sortie des élèves (ELEGRP_A_03)", _fin_hors_periode),
    "debut_hors_periode": Defect("un début de groupe avant la rentrée des élèves (ELEGRP_A_02)", _debut_hors_periode),
    "dates_inversees": Defect("un début de groupe après sa fin (ELEGRP_A_01)", _dates_inversees),
    "eleve_en_double": Defect("un élève deux fois, par ELEVE_ID et par ID_PRV_ELE (REJELEGROUPE_03)", _eleve_en_double),
    "eleve_inconnu": Defect("un élève que SIECLE ne connaît pas (REJELEGROUPE_01)", _eleve_inconnu),
    "groupe_hors_mef": Defect("un groupe qui n'est pas rattaché au MEF de l'élève (GROUPE_B_02)", _groupe_hors_mef),
    "sans_mef": Defect("un élève sans MEF dans SIECLE (GROUPE_B_01)", _sans_mef),
    "date_naissance_fausse": Defect("un 30 février dans le fichier de liens", _date_naissance_fausse),
    "mauvais_millesime": Defect("un fichier de liens de l'année suivante (R-PRO-43)", _mauvais_millesime),
    "nom_zip_different": Defect("une archive de liens qui ne porte pas le nom de son XML (R-PRO-73)", _nom_zip_different),
    "nom_malforme": Defect("une archive de liens renommée par le navigateur (R-PRO-73)", _nom_malforme),
    "uai_meles": Defect("un des sept exports d'un autre établissement (R-PRO-22)", _uai_meles),
    "fichier_manquant": Defect("Geographique manque aux sept exports (R-PRO-20)", _fichier_manquant),
    "ine_en_double": Defect("deux élèves de même INE dans SIECLE", _ine_en_double),
    "date_siecle_fausse": Defect("un 31 février dans l'export des élèves", _date_siecle_fausse),
    "encodage_faux": Defect("un export déclaré en ISO-8859-15 mais écrit en UTF-8", _encodage_faux),
    "doctype": Defect("un export avec une déclaration DOCTYPE", _doctype),
    "tronque": Defect("un export coupé aux deux tiers", _tronque),
    "parente_courte": Defect("un lien de parenté d'un chiffre dans IMPORT_ELEVES", _parente_courte),
    "sans_classe": Defect("trois élèves sans classe dans l'extraction d'ONDE (R-ONDE-09)", _sans_classe),
}
"""Name on the command line -> defect."""


def applicable(school: School) -> tuple[str, ...]:
    """Names of the defects that make sense for a type of school."""
    return tuple(name for name in DEFECTS if (name == "sans_classe") == (school.type == "ecole"))

"""Every file given, recognised and checked; those of `avec` only say what systems know."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from bus.controler import croisements, liens
from bus.controler.lecture import Lu, lire
from bus.controler.rapport import Gravite, Rapport

LOT_MINIMUM, LOT_PARMI_D_AUTRES = 2, 5
"""Exports of SIECLE given together from which they are taken for the bundle of synchro 2: alone, or beside other files, where a
few of them only say what SIECLE knows."""


FICHIER = frozenset({"fichier", "morceau"})
PAS_DES_LIGNES = FICHIER | {"instantane_debut", "instantane_fin", "presences"}
"""Records that stand for no row of a file: the file itself, and what is said of all its rows."""


def controler(fichiers: Sequence[Path], avec: Sequence[Path], instant: datetime) -> tuple[Rapport, ...]:
    """One report a file, in the order given, then one for what several say together. Raises OSError."""
    lus = [lire(path, instant) for path in fichiers]
    known = [lire(path, instant) for path in avec]
    reports = [_un(lu, [*known, *(other for other in lus if other is not lu)], instant) for lu in lus]
    reports += [_inconnu(each) for each in known if not each.systeme or each.fautes]
    exports = [each for each in lus if each.systeme == "siecle" and each.debut is not None]
    refused = {each.nom: kind for each in lus if (kind := croisements.export_refuse(each)) is not None}
    together = Rapport("Lot de SIECLE", "Les 7 fichiers de SIECLE pour PRONOTE")
    alone = all(each.systeme == "siecle" or each.nom in refused for each in lus)
    if exports and len(exports) + len(refused) >= (LOT_MINIMUM if alone else LOT_PARMI_D_AUTRES):
        croisements.sept_fichiers(exports, refused, together)
        reports.append(together)
    pupils = Rapport("Élèves", "Élèves de plusieurs établissements")
    croisements.ine_de_deux_etablissements([*lus, *known], pupils)
    return (*reports, pupils) if pupils.constats else tuple(reports)


def _inconnu(lu: Lu) -> Rapport:
    """A file given to compare with, that cannot be read: the check would say less than it seems."""
    rapport = Rapport(lu.nom, lu.nature)
    rapport.fautes(lu.fautes, Gravite.ANOMALIE)
    return rapport


def _un(lu: Lu, autres: Sequence[Lu], instant: datetime) -> Rapport:
    rapport = Rapport(lu.nom, lu.nature)
    rapport.fautes(lu.fautes, Gravite.ANOMALIE)
    rapport.fautes(lu.avertissements, Gravite.AVERTISSEMENT)
    if not lu.fautes and lu.systeme:
        check = CONTROLES.get(lu.systeme, _compter)
        check(lu, autres, instant, rapport)
    return rapport


Controle = Callable[[Lu, Sequence[Lu], datetime, Rapport], None]


def _compter(lu: Lu, _autres: Sequence[Lu], _instant: datetime, rapport: Rapport) -> None:
    names = [each.name for each in lu.records]
    if not names or not FICHIER.issuperset(names):
        rapport.chiffres["Enregistrements"] = sum(name not in PAS_DES_LIGNES for name in names)


def _lsu(lu: Lu, autres: Sequence[Lu], _instant: datetime, rapport: Rapport) -> None:
    croisements.bilans_lsu(lu, autres, rapport)


def _onde(lu: Lu, autres: Sequence[Lu], instant: datetime, rapport: Rapport) -> None:
    _compter(lu, autres, instant, rapport)
    croisements.extraction_onde(lu, rapport)


def _siecle(lu: Lu, autres: Sequence[Lu], instant: datetime, rapport: Rapport) -> None:
    _compter(lu, autres, instant, rapport)
    croisements.ine_en_double(lu, rapport)


def _sts(lu: Lu, _autres: Sequence[Lu], _instant: datetime, rapport: Rapport) -> None:
    croisements.fichier_sts(lu, rapport)


def _pronote(lu: Lu, autres: Sequence[Lu], instant: datetime, rapport: Rapport) -> None:
    check = liens.controler if lu.kind == "pronote.elegroupe" else _compter
    check(lu, autres, instant, rapport)


CONTROLES: Mapping[str, Controle] = {"pronote": _pronote, "siecle": _siecle, "lsu": _lsu, "onde": _onde, "sts": _sts}
"""System → what is checked beyond the file's own form."""

"""Chapter 3: control, export, and the way to ONDE that ends with a person (R-ONDE-09 to 13)."""

from collections.abc import Iterator, Sequence
from datetime import date

import msgspec

from processors.onde import base, messages
from processors.onde.contexte import Contexte
from processors.onde.procedure import AVANT_CONTROLE, AVANT_EXPORT
from processors.onde.state import Controle, Ecole, Export
from schemas.outcome import Emitted, Outcome
from schemas.records import charlemagne as c
from schemas.records import onde as o

ENVOIS = "onde.envois.v1"
UN_MORCEAU = 1
"""An archive is carried in one piece of 512 KiB at most: thousands of pupils. A larger one is no school's."""


def chemin(lecteur: str, uai: str) -> str:
    """Where Charlemagne writes its archive (R-ONDE-11)."""
    return rf"{lecteur}:\ALCUIN\Export\BE1D\{uai}\{fichier(uai)}"


def fichier(uai: str) -> str:
    """N°RNE.ZIP."""
    return f"{uai}.ZIP"


# --- control ---------------------------------------------------------------------------------------------------------


def controler(ctx: Contexte) -> Outcome:
    """What Charlemagne's control says, and what the settings of classes say: both must be without anomaly (R-ONDE-10)."""
    data: c.Controle = ctx.data
    for manque in AVANT_CONTROLE:
        refusal = manque(ctx.ecole)
        if refusal is not None:
            return ctx.refuse(refusal)
    lignes: dict[str, list[str]] = {}
    for anomalie in data.anomalies:
        lignes.setdefault(anomalie.eleve, []).append(anomalie.libelle)
    ecole, inconnus = base.avec_compte_rendu(ctx.ecole, lignes, ctx.reglages.libelles_max)
    controles = base.controles(ecole)
    if not controles:
        return ctx.refuse(messages.aucun_eleve())
    trouvees = [(each.eleve, base.anomalies(ecole, each)) for each in controles]
    non_conformes = [o.NonConforme(eleve=eleve, anomalies=quoi) for eleve, quoi in trouvees if quoi]
    non_conformes += [o.NonConforme(eleve=eleve, anomalies=tuple(lignes[eleve])) for eleve in inconnus]
    sans_classe = base.sans_classe(ecole)
    faits = o.ControleEffectue(
        uai=ctx.uai,
        annee=ecole.annee,
        nombre_eleves=len(ecole.eleves),
        nombre_controles=len(controles),
        nombre_sans_classe=len(sans_classe),
        nombre_non_conformes=len(non_conformes),
        conforme=not non_conformes,
        non_conformes=tuple(non_conformes),
        sans_classe=sans_classe,
        message=messages.controle(len(controles), len(non_conformes), len(sans_classe)),
        avertissement=_avertissement(data.controles, len(controles)),
    )
    apres = msgspec.structs.replace(ecole, controle=Controle(ctx.jour, len(non_conformes)))
    return ctx.applique(apres, (ctx.publie("controle_effectue", faits),), faits.message)


def _avertissement(affiches: int | None, attendus: int) -> str | None:
    return None if affiches is None or affiches == attendus else messages.controles_differents(affiches, attendus)


# --- export ----------------------------------------------------------------------------------------------------------


def exporter(ctx: Contexte) -> Outcome:
    """The export is asked for, then confirmed (R-ONDE-12); the archive that Charlemagne makes is then awaited, or made by us in a
    simulation."""
    data: c.ExportDemande = ctx.data
    for manque in AVANT_EXPORT:
        refusal = manque(ctx.ecole)
        if refusal is not None:
            return ctx.refuse(refusal)
    lecteur = data.lecteur or ctx.reglages.lecteur
    export = _export(ctx.ecole, lecteur)
    if not data.confirme:
        message = messages.a_confirmer(export.exportes, len(export.omis), chemin(lecteur, ctx.uai))
        return ctx.applique(ctx.ecole, (ctx.information("EXPORT_A_CONFIRMER", message),), message)
    if not ctx.reglages.archive_interne:
        return ctx.applique(ctx.avec(export=export), (), f"export demandé, attend : {messages.ATTEND_ARCHIVE}")
    pret = msgspec.structs.replace(export, phase="PRETE")
    emis = (_effectue(ctx, pret), _interne(ctx))
    return ctx.applique(ctx.avec(export=pret), emis, "base élèves exportée, attend la personne qui l'importera")


def _export(ecole: Ecole, lecteur: str) -> Export:
    return Export(lecteur, "ATTENDUE", len(base.controles(ecole)), base.sans_classe(ecole))


def _effectue(ctx: Contexte, export: Export) -> Emitted:
    ou = chemin(export.lecteur, ctx.uai)
    data = o.ExportEffectue(
        uai=ctx.uai,
        annee=ctx.ecole.annee,
        fichier=fichier(ctx.uai),
        chemin=ou,
        nombre_exportes=export.exportes,
        nombre_omis=len(export.omis),
        omis=export.omis,
        message=messages.exporte(export.exportes, len(export.omis), ou),
    )
    return ctx.publie("export_effectue", data)


def _interne(ctx: Contexte) -> Emitted:
    ecole = ctx.ecole
    data = o.ArchiveInterne(uai=ctx.uai, annee=ecole.annee, fichier=fichier(ctx.uai), eleves=tuple(_exportes(ecole)))
    return Emitted(ENVOIS, "archive_interne", data, subject="archive")


def _exportes(ecole: Ecole) -> Sequence[o.EleveExporte]:
    codes = {each.nom: each.code_rectorat for each in ecole.classes}
    noms = ((each, base.classe(ecole, each) or "") for each in base.controles(ecole))
    return [
        o.EleveExporte(eleve=each.eleve, classe=nom, code_rectorat=codes[nom], formation=base.formation(ecole, each)) for each, nom in noms
    ]


# --- the archive that Charlemagne made -------------------------------------------------------------------------------


def annoncer_archive(ctx: Contexte) -> Outcome:
    """Its name and digest: taken when an export was asked for, or when nothing forbids one (the file itself tells of it)."""
    data: o.Fichier = ctx.data
    export = ctx.ecole.export
    if export is not None and export.empreinte == data.empreinte and export.phase != "REFUSEE":
        return ctx.ignore("doublon", "archive déjà connue")
    if export is None or export.phase != "ATTENDUE":
        for manque in AVANT_EXPORT:
            refusal = manque(ctx.ecole)
            if refusal is not None:
                return ctx.refuse(refusal)
        export = _export(ctx.ecole, ctx.reglages.lecteur)
    if data.morceaux > UN_MORCEAU:
        return ctx.refuse(messages.archive_trop_grosse(data.taille))
    annoncee = msgspec.structs.replace(export, phase="ANNONCEE", empreinte=data.empreinte, nom=data.nom)
    return ctx.applique(ctx.avec(export=annoncee), (), "archive annoncée")


def prendre_octets(ctx: Contexte) -> Outcome:
    """Its bytes, unchanged, for the person who will import them (R-ONDE-13)."""
    data: o.Morceau = ctx.data
    export = ctx.ecole.export
    if export is None or export.phase != "ANNONCEE" or export.empreinte != data.empreinte:
        return ctx.ignore("archive_ecartee", "ces octets sont d'une archive refusée ou déjà prise")
    prete = msgspec.structs.replace(export, phase="PRETE")
    envoi = o.ArchiveADeposer(uai=ctx.uai, annee=ctx.ecole.annee, fichier=fichier(ctx.uai), empreinte=data.empreinte, contenu=data.contenu)
    emis = (_effectue(ctx, prete), Emitted(ENVOIS, "archive_a_deposer", envoi, subject="archive"))
    return ctx.applique(ctx.avec(export=prete), emis, "archive prête, attend la personne qui l'importera")


# --- the person ------------------------------------------------------------------------------------------------------


def confirmer(ctx: Contexte) -> Outcome:
    """A person imported the file in ONDE: only now is it done. What ONDE integrated may be told then, or later."""
    data: o.DepotEffectue = ctx.data
    export = ctx.ecole.export
    if export is None or export.phase not in ("PRETE", "DEPOSEE"):
        return ctx.refuse(messages.rien_a_deposer())
    if export.phase == "DEPOSEE" and data.nombre_integres in (None, export.integres):
        return ctx.ignore("doublon", "import déjà confirmé")
    if data.empreinte is not None and export.empreinte and data.empreinte != export.empreinte:
        return ctx.refuse(messages.autre_fichier())
    le = data.depose_le or export.depose_le or ctx.jour
    if le > ctx.jour:
        return ctx.refuse(messages.date_future())
    deposee = msgspec.structs.replace(export, phase="DEPOSEE", depose_le=le, integres=data.nombre_integres)
    return ctx.applique(ctx.avec(export=deposee), tuple(_confirme(ctx, deposee, le)), "import dans ONDE confirmé")


def _confirme(ctx: Contexte, export: Export, le: date) -> Iterator[Emitted]:
    """The import, and the pupils exported against those integrated."""
    ecart = None if export.integres is None else export.exportes - export.integres
    confirme = o.DepotConfirme(
        uai=ctx.uai,
        annee=ctx.ecole.annee,
        fichier=fichier(ctx.uai),
        depose_le=le,
        nombre_exportes=export.exportes,
        nombre_integres=export.integres,
        ecart=ecart,
    )
    yield ctx.publie("depot_confirme", confirme)
    if ecart and export.integres is not None:
        yield ctx.information("ECART_INTEGRATION", messages.ecart_integration(export.exportes, export.integres))


def refuser(ctx: Contexte) -> Outcome:
    """ONDE refused the file: it must be made again."""
    data: o.DepotRefuse = ctx.data
    export = ctx.ecole.export
    if export is None or export.phase not in ("PRETE", "DEPOSEE"):
        return ctx.refuse(messages.rien_a_deposer())
    message = messages.depot_refuse(data.motif)
    apres = ctx.avec(export=msgspec.structs.replace(export, phase="REFUSEE"))
    return ctx.applique(apres, (ctx.information("DEPOT_REFUSE", message),), message)

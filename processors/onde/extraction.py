"""What an extraction of ONDE shows: its pupils without a class, whom the next steps would lose in silence (R-ONDE-09)."""

from collections.abc import Sequence

import msgspec

from processors.onde import messages
from processors.onde.contexte import Contexte
from processors.onde.state import Ecole, Extraction
from schemas.outcome import Outcome
from schemas.records import onde as o

ELEVES = "eleves"
MONTREES = 10
"""Lines that a message gives."""


def sans_classe(eleve: o.Eleve) -> bool:
    return not (eleve.classe or "").strip()


def ligne_de(eleve: o.Eleve) -> int:
    """Its line in the file, whose first one is the header."""
    return eleve.rang + 1


def lire(ctx: Contexte) -> Outcome:
    """An extraction as it arrives; only that of pupils says anything here."""
    match ctx.data:
        case o.InstantaneDebut(type=kind, recu=recu) if kind == ELEVES:
            return Outcome(ctx.avec(extraction=Extraction(recu)))
        case o.InstantaneDebut():
            return ctx.ignore("autre_fichier", "") if ctx.ecole.extraction is None else Outcome(ctx.avec(extraction=None))
        case o.InstantaneFin():
            return _conclure(ctx)
        case _:
            return _ligne(ctx)


def _ligne(ctx: Contexte) -> Outcome:
    extraction = ctx.ecole.extraction
    if extraction is None:
        return ctx.ignore("autre_fichier", "")
    lignes, sans = extraction.sans
    if isinstance(ctx.data, o.Eleve) and sans_classe(ctx.data):
        lignes, sans = (*lignes, ligne_de(ctx.data))[:MONTREES], sans + 1
    return Outcome(ctx.avec(extraction=msgspec.structs.replace(extraction, lignes=extraction.lignes + 1, sans=(lignes, sans))))


def _conclure(ctx: Contexte) -> Outcome:
    """The whole file: what it shows is said when it differs from what the one before showed."""
    data: o.InstantaneFin = ctx.data
    extraction = ctx.ecole.extraction
    if extraction is None:
        return ctx.ignore("autre_fichier", "")
    if extraction.recu != data.recu or extraction.lignes != data.nombre:
        return ctx.refuse(messages.extraction_incomplete())
    message = _message(extraction.sans, ctx.ecole)
    after = ctx.avec(extraction=None, sans_classe_onde=extraction.sans)
    if message is None or extraction.sans == ctx.ecole.sans_classe_onde:
        return Outcome(after, because="extraction lue")
    return Outcome(after, (ctx.information("ELEVES_SANS_CLASSE", message),), because=message)


def _message(sans: tuple[Sequence[int], int], ecole: Ecole) -> str | None:
    lignes, nombre = sans
    if nombre:
        return messages.eleves_sans_classe(nombre, lignes)
    return messages.TOUS_ONT_UNE_CLASSE if ecole.sans_classe_onde[1] else None

"""From the file of links that PRONOTE made and the deposit that SIECLE accepts to the file in the outbox of SIECLE (R-PRO-50 to 54).

The bytes come first and wait, those of a large file in the consigne; only « Fichier déposé. » lets them out. What was cancelled,
or refused, never leaves.
"""

import zlib

import msgspec

from schemas.outcome import Effect, Event, Outcome
from schemas.records.pronote import Fichier, Morceau
from schemas.records.siecle import FichierDepose
from sinks.carried import as_text

SINK = "siecle.elegroupe"
LARGEST = 48 * 1024
"""Of the compressed bytes that a state may hold. Only a file taken before there was a consigne can be larger."""
UN_MORCEAU = 1


class Recu(msgspec.Struct, frozen=True):
    """The last file of links of this school, as it came."""

    nom: str
    empreinte: str
    octets: bytes = b""
    """Compressed; empty: not come yet, or too large."""
    trop_gros: bool = False
    consigne: bool = False
    """The bytes are in the consigne, under their digest."""

    @property
    def entier(self) -> bool:
        """Whether all of it is known, be it too large."""
        return bool(self.octets) or self.trop_gros or self.consigne

    @property
    def xml(self) -> str:
        """The name under which a deposit speaks of it."""
        return f"{self.nom.rpartition('.')[0]}.xml"


class Liens(msgspec.Struct, frozen=True):
    """What is known of the links of this school."""

    recu: Recu | None = None
    accepte: str = ""
    """A deposit of this document was accepted before its bytes were read."""
    depot: str = ""
    """`ce_id` of that deposit."""


def decide(state: Liens, event: Event) -> tuple[Liens, Outcome]:
    """Pure. The outcome's own state is not used: `lsu.fichiers` keeps several."""
    match event.data:
        case Fichier() as data:
            return _came(state, data)
        case Morceau() as data:
            return _bytes(state, data)
        case FichierDepose() as data:
            return _let_out(state, data.fichier, event.id)
        case _:
            return state, Outcome(None, counted="sans_fichier")


def _came(state: Liens, data: Fichier) -> tuple[Liens, Outcome]:
    recu = Recu(data.nom, data.empreinte, trop_gros=data.morceaux > UN_MORCEAU, consigne=data.consigne)
    state = msgspec.structs.replace(state, recu=recu)
    return _kept(state, recu) if recu.consigne else (state, Outcome(None, because="fichier de liens annoncé"))


def _kept(state: Liens, recu: Recu) -> tuple[Liens, Outcome]:
    """All of it is there: it waits for its deposit, or leaves by the one that was accepted before it came."""
    if state.accepte == recu.xml:
        return _let_out(state, recu.xml, state.depot)
    return state, Outcome(None, because="fichier de liens gardé jusqu'à son dépôt")


def _bytes(state: Liens, data: Morceau) -> tuple[Liens, Outcome]:
    recu = state.recu
    if recu is None or recu.entier or data.empreinte != recu.empreinte:
        return state, Outcome(None, counted="hors_suite")
    packed = zlib.compress(data.contenu, 9)
    recu = msgspec.structs.replace(recu, octets=b"" if len(packed) > LARGEST else packed, trop_gros=len(packed) > LARGEST)
    return _kept(msgspec.structs.replace(state, recu=recu), recu)


def _let_out(state: Liens, xml: str, depot: str) -> tuple[Liens, Outcome]:
    recu = state.recu
    if recu is None or recu.xml != xml or not recu.entier:
        return msgspec.structs.replace(state, accepte=xml, depot=depot), Outcome(None, because="dépôt accepté, octets attendus")
    state = msgspec.structs.replace(state, accepte="", depot="")
    if recu.trop_gros:
        return state, Outcome(None, counted="trop_gros", because=f"{recu.nom} n'est pas en consigne : le remettre dans la boîte pronote")
    payload = {"fichier": recu.nom, "empreinte": recu.empreinte}
    if not recu.consigne:
        payload["contenu"] = as_text(zlib.decompress(recu.octets))
    return state, Outcome(None, effects=(Effect(SINK, payload, group=depot),), because=f"{recu.nom} déposé, pour SIECLE")

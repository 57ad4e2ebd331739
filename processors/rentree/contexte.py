"""One event on one school, and what the rules ask about it."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from processors.rentree import calendrier as jours
from processors.rentree.procedure import CONTROLE_INTEGRATION, ENVOIS, ETAPES, Etape, etape_d_envoi, precedents, sans_objet
from processors.rentree.reglages import Calendrier, Reglages
from processors.rentree.state import Annee, Etablissement, Profil
from schemas.outcome import Event


@dataclass(frozen=True, slots=True)
class Contexte:
    """The school as it is before or after the event. Raises AssertionError where a profile is needed and unknown: `rules`
    lets no such event through."""

    reglages: Reglages
    etablissement: Etablissement
    event: Event

    @property
    def uai(self) -> str:
        return self.event.key

    @property
    def data(self) -> Any:
        return self.event.data

    @property
    def annee(self) -> Annee:
        """The year that the event names."""
        return self.etablissement.annee(self.event.data.annee)

    def avec(self, annee: Annee) -> "Contexte":
        """The same with a year rewritten; the oldest one leaves when there are too many."""
        autres = [each for each in self.etablissement.annees if each.annee != annee.annee]
        annees = sorted([*autres, annee], key=lambda each: each.annee)[-self.reglages.annees_max :]
        return self.change(annees=tuple(annees))

    def change(self, **champs: Any) -> "Contexte":
        """The same with fields of the school rewritten."""
        return replace(self, etablissement=msgspec.structs.replace(self.etablissement, **champs))

    # --- the school in one year ---

    def profil(self, annee: Annee) -> Profil:
        assert annee.profil is not None, "rules parks what comes before the profile"
        return annee.profil

    def omogen(self, annee: Annee) -> bool:
        dit = self.profil(annee).omogen
        return self.reglages.omogen if dit is None else dit

    def zone(self, annee: Annee) -> ZoneInfo:
        return self.reglages.fuseau(self.uai, annee.profil.fuseau if annee.profil is not None else None)

    def jour(self, annee: Annee) -> date:
        """The school's local day of the event."""
        return jours.jour_local(self.event.time, self.zone(annee))

    def calendrier(self, annee: Annee) -> Calendrier:
        return self.reglages.calendrier(self.uai, self.profil(annee).calendrier)

    def sans_objet(self, annee: Annee, etape: Etape) -> str | None:
        """Why a step is none of this school's; None when it is."""
        return sans_objet(etape, self.profil(annee).type, self.omogen(annee))

    def applicables(self, annee: Annee) -> tuple[Etape, ...]:
        return tuple(etape for etape in ETAPES.values() if self.sans_objet(annee, etape) is None)

    # --- what is done ---

    def fait_le(self, annee: Annee, numero: int) -> date | None:
        """When a step was done; for the sendings and their checks, the last one."""
        if numero in ENVOIS:
            dates = [each.envoye_le for each in annee.occurrences if each.envoye_le is not None]
            return max(dates, default=None) if numero == etape_d_envoi(self.omogen(annee)) else None
        faite = annee.faite(numero)
        controles = (
            [each.controle_le for each in annee.occurrences if each.controle_le is not None] if numero == CONTROLE_INTEGRATION else []
        )
        return max((*controles, *(() if faite is None else (faite.fait_le,))), default=None)

    def premier(self, annee: Annee, numero: int) -> date | None:
        """When a step was first done."""
        if numero in ENVOIS:
            return min((each.envoye_le for each in annee.occurrences if each.envoye_le is not None), default=None)
        return self.fait_le(annee, numero)

    def bloquantes(self, annee: Annee, etape: Etape, le: date | None) -> tuple[int, ...]:
        """The steps without which this one is refused: not done, or done after it."""
        return tuple(numero for numero in etape.exige if self._manque(annee, numero, le))

    def manquantes(self, annee: Annee, etape: Etape, le: date) -> tuple[int, ...]:
        """The applicable steps that usually come before this one and do not (R-CHA-38)."""
        suivies = precedents(etape, self.omogen(annee))
        utiles = (numero for numero in suivies if self.sans_objet(annee, ETAPES[numero]) is None)
        return tuple(numero for numero in utiles if self._manque(annee, numero, le))

    def _manque(self, annee: Annee, numero: int, le: date | None) -> bool:
        fait = self.premier(annee, numero)
        return fait is None or (le is not None and fait > le)

    # --- deadlines ---

    def fenetre(self, annee: Annee) -> tuple[date, date]:
        """First and last day of the sendings of the year, closures included (R-CHA-32)."""
        debut = self.calendrier(annee).fenetre_debut.de(annee.annee)
        fin = self.calendrier(annee).fenetre_fin.de(annee.annee)
        systemes = ETAPES[etape_d_envoi(self.omogen(annee))].systemes
        return debut, jours.decalee(fin, systemes, self.etablissement.fermetures, self.reglages.jours_rendus)

    def echeance(self, annee: Annee, etape: Etape) -> date | None:
        """The last day on which a step is on time; None: no date, or nothing more is due."""
        if etape.numero in ENVOIS:
            return self._prochain_envoi(annee)
        jour = jours.terme(etape, self.calendrier(annee), self.profil(annee), annee.annee)
        if jour is None:
            return None
        return jours.decalee(jour, etape.systemes, self.etablissement.fermetures, self.reglages.jours_rendus)

    def _prochain_envoi(self, annee: Annee) -> date | None:
        """The end of the window until a first sending; with a rhythm set, that many days after its start or the last sending."""
        debut, fin = self.fenetre(annee)
        dernier = self.fait_le(annee, etape_d_envoi(self.omogen(annee)))
        if not self.reglages.periodicite_envois:
            return fin if dernier is None else None
        prochain = max(dernier or debut, debut) + timedelta(days=self.reglages.periodicite_envois)
        if dernier is not None and prochain > fin:
            return None
        return min(prochain, fin)

    def ouverte(self, annee: Annee, etape: Etape) -> bool:
        """Whether something of this step remains to be done by its deadline."""
        if etape.numero in ENVOIS:
            return True
        return annee.faite(etape.numero) is None

"""French texts of the correspondences (R-PRO-12 to 14)."""

from schemas.outcome import Refusal

NOTATION = (
    "Pour tout groupe où il y a un service de notation associé sur PRONOTE il faut qu'il existe sur STSWEB un groupe avec un service de la "
    "discipline en question."
)
SANS_STS = Refusal(
    "SANS_STS_EMP",
    "Le fichier sts_emp de l'établissement n'est pas connu : rien ne peut être mis en correspondance.",
    "Exporter « Emploi du temps » depuis STS-WEB, ne pas ouvrir le fichier, et le déposer tel quel.",
)
INSTANTANE_INCOMPLET = Refusal(
    "INSTANTANE_INCOMPLET",
    "Le fichier sts_emp reçu n'est pas entier : il est laissé de côté.",
    "Remettre le fichier dans la boîte de STS-WEB.",
)
CHOIX_INCONNU = Refusal(
    "CHOIX_INCONNU",
    "L'élément choisi n'est pas dans le fichier de STS-WEB.",
    "Choisir dans la liste proposée, après avoir déposé le dernier export de STS-WEB.",
)
NATURES = {"MATIERE": "matières", "PROFESSEUR": "professeurs", "CLASSE": "classes", "GROUPE": "groupes"}


def ordre(nature: str, manquantes: tuple[str, ...]) -> Refusal:
    return Refusal(
        "ORDRE_DES_CORRESPONDANCES",
        f"Les {NATURES[nature]} ne peuvent pas encore être mis en correspondance : il faut d'abord les "
        f"{' et les '.join(NATURES[each] for each in manquantes)}.",
        "Établir les correspondances entre les matières, puis les professeurs et les classes, et enfin les groupes.",
    )

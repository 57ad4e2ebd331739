"""The French texts that only Aglaé's deliveries need."""

from connectors.transport.faults import fault
from schemas.outcome import Fault

EXPECTED = "dossiers (CSV ou JSON), retraitements du CROUS (CSV ou JSON)"


def not_grouped(line: int, first: int) -> Fault:
    return fault(
        "DOSSIER_NON_GROUPE",
        f"Ligne {line}, colonne NUMERO : ce dossier était déjà donné à partir de la ligne {first}, d'autres le séparent de cette ligne.",
        "Trier l'export par numéro de dossier : les vœux d'un dossier se suivent.",
        line,
    )


def given_twice(rank: int, first: int) -> Fault:
    return fault(
        "DOSSIER_INCOHERENT",
        f"Élément {rank}, champ numero : ce dossier est déjà l'élément {first}.",
        "Ne donner chaque dossier qu'une fois par envoi.",
        rank,
    )


def different_columns(line: int, first: int, columns: str) -> Fault:
    return fault(
        "DOSSIER_INCOHERENT",
        f"Ligne {line} : le même dossier qu'à la ligne {first}, avec d'autres valeurs dans {columns}.",
        "Répéter sur chaque ligne d'un dossier les mêmes valeurs ; seules les colonnes VOEU_… changent.",
        line,
    )


def same_rank(where: str, line: int, rank: int) -> Fault:
    return fault(
        "VOEU_EN_DOUBLE",
        f"{where} : deux vœux de rang {rank} dans le même dossier.",
        "Donner à chaque vœu son rang.",
        line,
    )


def empty_wish_beside_others(line: int) -> Fault:
    return fault(
        "DOSSIER_INCOHERENT",
        f"Ligne {line} : une ligne sans vœu, alors que le même dossier en a sur d'autres lignes.",
        "Ne garder la ligne sans vœu que pour un dossier qui n'en a aucun.",
        line,
    )


def number_disagrees(where: str, line: int, what: str) -> Fault:
    return fault(
        "NUMERO_DOSSIER_INCOHERENT",
        f"{where} : {what} n'est pas celui que contient le numéro de dossier. L'envoi est pris tel quel.",
        "Vérifier le numéro de dossier dans Aglaé.",
        line,
    )

"""Every French text of the transports: what was found, what was expected, what to do. Never a value of a person."""

from collections.abc import Collection

from connectors.transport.faults import fault
from schemas.outcome import Fault

RENVOYER = "Corriger à la source, puis renvoyer le fichier entier."


def _names(names: Collection[str]) -> str:
    return ", ".join(f"« {name} »" for name in names)


def _plural(count: int, word: str) -> str:
    return f"{count} {word}{'s' if count > 1 else ''}"


# --- bytes and characters ---------------------------------------------------------------------------------------------


def empty_file() -> Fault:
    return fault("FICHIER_VIDE", "Le fichier est vide.", "Renvoyer le fichier avec son contenu.")


def too_big(size: int, limit: int) -> Fault:
    return fault(
        "FICHIER_TROP_GROS",
        f"Envoi de {size} octets ; la limite est de {limit} octets.",
        "Découper l'envoi en plusieurs plus petits.",
    )


def unknown_encoding(declared: str) -> Fault:
    found = f"« {declared} »" if len(declared) <= 40 and declared.isascii() and declared.isprintable() else "illisible"
    return fault(
        "ENCODAGE_INCONNU",
        f"Encodage inconnu : {found}. Acceptés : UTF-8, UTF-16 avec marque d'ordre, ISO-8859-1, ISO-8859-15, Windows-1252.",
        "Enregistrer en UTF-8 ou annoncer le bon encodage.",
    )


def not_in_encoding(encoding: str, line: int) -> Fault:
    return fault(
        "ENCODAGE_INVALIDE",
        f"Ligne {line} : des octets ne sont pas de l'encodage {encoding}.",
        "Enregistrer tout le fichier en UTF-8, puis le renvoyer.",
        line,
    )


def mixed_encodings(utf8_line: int, other_line: int) -> Fault:
    return fault(
        "ENCODAGES_MELES",
        f"Deux encodages dans le même fichier : la ligne {utf8_line} est en UTF-8, la ligne {other_line} ne l'est pas.",
        "Refaire l'export en une fois dans un seul encodage, de préférence UTF-8.",
        other_line,
    )


def encoded_twice(line: int) -> Fault:
    return fault(
        "ENCODAGE_DOUBLE",
        f"Ligne {line} : des lettres accentuées ont été encodées deux fois (un « é » y devient « Ã© »).",
        "Refaire l'export sans conversion intermédiaire ; les accents déjà abîmés ne se réparent pas sans risque.",
        line,
    )


def nul_character(line: int) -> Fault:
    return fault(
        "CARACTERE_NUL",
        f"Ligne {line} : caractère nul. Le fichier est binaire, abîmé, ou en UTF-16 sans marque d'ordre.",
        "Enregistrer le fichier en texte, en UTF-8.",
        line,
    )


def control_character(line: int, code_point: int) -> Fault:
    return fault(
        "CARACTERE_INTERDIT",
        f"Ligne {line} : caractère de commande U+{code_point:04X}.",
        "Retirer ce caractère à la source, puis renvoyer.",
        line,
    )


def lost_character(line: int) -> Fault:
    return fault(
        "CARACTERE_INTERDIT",
        f"Ligne {line} : caractère de remplacement U+FFFD : une lettre a déjà été perdue avant l'envoi.",
        "Refaire l'export depuis la source dans le bon encodage.",
        line,
    )


def line_too_long(line: int, limit: int) -> Fault:
    return fault(
        "LIGNE_TROP_LONGUE",
        f"Ligne {line} : plus de {limit} octets sans fin de ligne.",
        "Vérifier que les lignes se terminent par un retour à la ligne (CR LF ou LF) et qu'il s'agit du bon fichier.",
        line,
    )


# --- CSV --------------------------------------------------------------------------------------------------------------


def no_header(expected: Collection[str]) -> Fault:
    return fault(
        "EN_TETE_ABSENT",
        f"Ligne 1 : aucun nom de colonne connu. Colonnes obligatoires : {_names(expected)}.",
        "Mettre en première ligne les noms exacts des colonnes, séparés par « ; », « , » ou une tabulation.",
        1,
    )


def missing_columns(missing: Collection[str]) -> Fault:
    return fault(
        "COLONNE_MANQUANTE",
        f"Ligne 1 : colonnes obligatoires absentes ({len(missing)}) : {_names(missing)}.",
        "Ajouter ces colonnes à l'export.",
        1,
    )


def unknown_column(rank: int, shown: str | None, near: str | None, known: Collection[str]) -> Fault:
    found = f"« {shown} »" if shown else f"de rang {rank}"
    if near:
        return fault(
            "COLONNE_INCONNUE",
            f"Ligne 1 : colonne {found} inconnue ; le nom exact est « {near} ».",
            f"Écrire « {near} », avec les mêmes majuscules et sans espace.",
            1,
        )
    return fault(
        "COLONNE_INCONNUE",
        f"Ligne 1 : colonne {found} inconnue. Colonnes connues : {_names(known)}.",
        "Retirer la colonne ou corriger son nom.",
        1,
    )


def duplicate_column(name: str, first: int, second: int) -> Fault:
    return fault(
        "COLONNE_EN_DOUBLE",
        f"Ligne 1 : la colonne « {name} » est donnée deux fois (rangs {first} et {second}).",
        "Ne garder qu'une seule de ces colonnes.",
        1,
    )


def wrong_field_count(line: int, found: int, expected: int) -> Fault:
    return fault(
        "NOMBRE_DE_CHAMPS",
        f"Ligne {line} : {_plural(found, 'champ')} ; l'en-tête en annonce {expected}.",
        "Vérifier qu'aucune valeur ne contient le séparateur sans être entre guillemets.",
        line,
    )


def bad_quoting(line: int) -> Fault:
    return fault(
        "GUILLEMET_INVALIDE",
        f"Ligne {line} : un guillemet ouvert n'est pas fermé sur la même ligne, ou est suivi d'autre chose que le séparateur.",
        'Fermer le guillemet, ou doubler celui qui fait partie de la valeur ("").',
        line,
    )


def too_many_lines(limit: int) -> Fault:
    return fault("TROP_DE_LIGNES", f"Plus de {limit} lignes.", "Découper le fichier en plusieurs.")


def excel_number(line: int, column: str) -> Fault:
    return fault(
        "FICHIER_ALTERE_PAR_EXCEL",
        f"Ligne {line}, colonne {column} : nombre en notation scientifique (comme 1,11104E+09) : des chiffres sont perdus.",
        "Refaire l'export sans l'ouvrir dans un tableur, ou y importer la colonne au format Texte.",
        line,
    )


def excel_error(line: int, column: str) -> Fault:
    return fault(
        "FICHIER_ALTERE_PAR_EXCEL",
        f"Ligne {line}, colonne {column} : erreur d'un tableur (comme #N/A ou #VALEUR!) à la place de la valeur.",
        "Refaire l'export sans l'ouvrir dans un tableur.",
        line,
    )


# --- JSON -------------------------------------------------------------------------------------------------------------

_JSON_REASONS = {
    "Expecting value": "une valeur est attendue",
    "Expecting property name enclosed in double quotes": "un nom de champ entre guillemets doubles est attendu",
    "Expecting ',' delimiter": "une virgule est attendue",
    "Expecting ':' delimiter": "deux-points sont attendus",
    "Unterminated string starting at": "un texte n'est pas fermé",
    "Invalid control character at": "un caractère de commande est dans un texte",
    "Invalid \\escape": "une séquence d'échappement est inconnue",
    "Invalid \\uXXXX escape": "une séquence \\uXXXX est incomplète",
    "Extra data": "il y a autre chose après la fin du JSON",
    "Illegal trailing comma before end of object": "une virgule précède la fin d'un objet",
    "Illegal trailing comma before end of array": "une virgule précède la fin d'une liste",
}


def bad_json(line: int, column: int, reason: str) -> Fault:
    why = next((french for english, french in _JSON_REASONS.items() if reason.startswith(english)), "ce n'est pas du JSON")
    return fault(
        "JSON_INVALIDE",
        f"Ligne {line}, colonne {column} : {why}.",
        "Produire le JSON avec une bibliothèque (RFC 8259) et vérifier que l'envoi est complet.",
        line,
    )


def json_number(found: str) -> Fault:
    return fault(
        "JSON_INVALIDE",
        f"{found} n'est pas un nombre du JSON.",
        "Écrire un nombre fini, ou null pour une valeur absente.",
    )


def json_number_too_long() -> Fault:
    return fault("JSON_INVALIDE", "Un nombre a trop de chiffres.", "Écrire les identifiants entre guillemets.")


def json_duplicate(name: str | None) -> Fault:
    return fault(
        "CHAMP_EN_DOUBLE",
        f"Le champ « {name} » est donné deux fois dans un même objet." if name else "Un champ est donné deux fois dans un même objet.",
        "Ne donner chaque champ qu'une fois.",
    )


def json_too_deep(limit: int) -> Fault:
    return fault(
        "JSON_TROP_PROFOND",
        f"Plus de {limit} niveaux d'objets ou de listes imbriqués.",
        "Envoyer un objet ou une liste d'objets de la forme documentée.",
    )


# --- what is in a field -----------------------------------------------------------------------------------------------


def event_not_an_object(line: int, found: str) -> Fault:
    return fault(
        "TYPE_INATTENDU",
        f"Élément {line} : un objet est attendu ; trouvé : {found}.",
        "Envoyer un objet JSON par élément.",
        line,
    )


def no_known_field() -> Fault:
    return fault(
        "EN_TETE_ABSENT",
        "Élément 1 : aucun de ses champs n'est de ceux qui sont attendus ici.",
        "Vérifier que c'est le bon fichier, puis le nom exact de ses champs.",
        1,
    )


def unknown_field(where: str, line: int, shown: str | None, known: Collection[str]) -> Fault:
    return fault(
        "CHAMP_INCONNU",
        f"{where} : champ {f'« {shown} » ' if shown else ''}inconnu. Champs connus : {_names(known)}.",
        "Retirer ce champ ou corriger son nom.",
        line,
    )


def missing_value(where: str, line: int) -> Fault:
    return fault("CHAMP_MANQUANT", f"{where} : valeur obligatoire absente.", "Renseigner cette valeur à la source.", line)


def bad_value(where: str, line: int, code: str, expected: str, found: str, remede: str) -> Fault:
    return fault(code, f"{where} : {expected} ; trouvé : {found}.", remede, line)


def too_many_events(found: int, limit: int) -> Fault:
    return fault(
        "TROP_D_EVENEMENTS",
        f"{found} éléments ; la limite est de {limit} par envoi.",
        f"Envoyer par paquets de {limit} au plus ; chaque paquet est pris en entier ou pas du tout.",
    )


def no_event() -> Fault:
    return fault("FICHIER_VIDE", "La liste ne contient aucun élément.", "Envoyer au moins un élément.")


def unknown_kind(expected: str) -> Fault:
    return fault(
        "FICHIER_INCONNU",
        f"Ce n'est aucun des envois connus : {expected}.",
        "Vérifier le système destinataire et le nom du fichier.",
    )


def no_line() -> Fault:
    return fault("FICHIER_VIDE", "Aucune ligne après l'en-tête.", "Vérifier que l'export n'est pas vide par erreur.", 1)


# --- identifiers: warnings --------------------------------------------------------------------------------------------


def doubtful_uai(where: str, line: int | None) -> Fault:
    return fault(
        "CLE_UAI_INVALIDE",
        f"{where} : la lettre de contrôle de l'UAI ne correspond pas à ses sept chiffres. L'envoi est pris tel quel.",
        "Vérifier l'UAI à la source.",
        line,
    )


def doubtful_nne(where: str, line: int | None, why: str) -> Fault:
    return fault(
        "CLE_NNE_INVALIDE",
        f"{where} : {why} L'envoi est pris tel quel.",
        "Vérifier le numéro sur un document de l'étudiant, puis corriger à la source.",
        line,
    )


def column_by_default(column: str, meaning: str) -> Fault:
    return fault(
        "COLONNE_ABSENTE_PAR_DEFAUT",
        f"Colonne {column} absente : {meaning}.",
        f"Ajouter la colonne {column} à l'export si ce n'est pas voulu.",
        1,
    )

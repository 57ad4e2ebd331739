"""Every French text of the readers of zip archives and XML documents. Never a value of a person."""

from connectors.transport.faults import fault
from schemas.outcome import Fault

RESEND = "Refaire l'export et déposer à nouveau le fichier, sans l'ouvrir ni l'enregistrer."
REBUILD = "Déposer l'archive telle que l'application l'a produite."
MEBI = 1024 * 1024

# --- archives ---------------------------------------------------------------------------------------------------------


def unreadable_archive() -> Fault:
    return fault("ZIP_ILLISIBLE", "L'archive zip est tronquée ou illisible.", RESEND)


def too_many_entries(found: int, limit: int) -> Fault:
    return fault(
        "ZIP_TROP_D_ENTREES",
        f"L'archive zip contient {found} entrées ; la limite est de {limit}.",
        "Déposer une archive qui ne contient que les fichiers attendus.",
    )


def encrypted_entry(rank: int) -> Fault:
    return fault(
        "ZIP_CHIFFRE", f"L'entrée n° {rank} de l'archive zip est protégée par un mot de passe.", "Déposer une archive sans mot de passe."
    )


def special_entry(rank: int) -> Fault:
    return fault("ZIP_LIEN", f"L'entrée n° {rank} de l'archive zip est un lien ou un fichier spécial.", REBUILD)


def unknown_compression(rank: int) -> Fault:
    return fault("ZIP_COMPRESSION", f"L'entrée n° {rank} de l'archive zip est compressée par une méthode refusée.", REBUILD)


def nested_archive(rank: int) -> Fault:
    return fault("ZIP_IMBRIQUE", f"L'entrée n° {rank} de l'archive zip est elle-même une archive.", REBUILD)


def forbidden_name(rank: int) -> Fault:
    return fault(
        "ZIP_NOM_INTERDIT", f"Le nom de l'entrée n° {rank} de l'archive zip sort du dossier ou contient un caractère interdit.", REBUILD
    )


def same_name(rank: int) -> Fault:
    return fault("ZIP_DOUBLON", f"L'entrée n° {rank} de l'archive zip porte le même nom qu'une autre.", REBUILD)


def overlapping_entries() -> Fault:
    return fault("ZIP_CHEVAUCHEMENT", "Des entrées de l'archive zip se chevauchent : elle est piégée ou abîmée.", RESEND)


def ratio_exceeded(limit: int) -> Fault:
    return fault("ZIP_RATIO", f"Une entrée de l'archive zip se déploie plus de {limit} fois : l'archive est piégée.", REBUILD)


def damaged_entry() -> Fault:
    return fault("ZIP_ABIME", "Une entrée de l'archive zip est abîmée : sa taille ou sa somme de contrôle est fausse.", RESEND)


def not_one_xml(found: int) -> Fault:
    return fault(
        "ZIP_CONTENU",
        f"L'archive zip contient {found} fichiers XML ; il en faut exactement un."
        if found
        else "L'archive zip ne contient aucun fichier XML.",
        REBUILD,
    )


def unpacked_too_big(what: str, limit: int) -> Fault:
    return fault(
        "FICHIER_TROP_GROS",
        f"{what} dépasse la taille acceptée ({limit // MEBI} Mio).",
        "Vérifier que c'est bien le fichier attendu ; s'il est légitime, faire relever la limite.",
    )


# --- XML --------------------------------------------------------------------------------------------------------------

_REASONS = {
    4: "le document est vide ou ne commence pas par une balise",
    5: "il y a autre chose après la fin du document",
    9: "un caractère interdit en XML",
    23: "une entité n'est pas terminée par « ; »",
    26: "une entité n'est pas déclarée",
    38: "une valeur d'attribut contient « < »",
    39: "la valeur d'un attribut n'est pas entre guillemets",
    41: "un attribut n'a pas de valeur",
    42: "un attribut est donné deux fois",
    65: "un espace manque entre deux attributs",
    68: "le nom d'une balise est attendu ; « < » ou « & » s'écrit &lt; ou &amp; dans un texte",
    73: "une balise n'est pas fermée par « > »",
    76: "une balise fermante ne correspond pas à la balise ouverte",
    77: "le document se termine avant la fermeture d'une balise",
    81: "des octets ne sont pas de l'encodage déclaré",
    201: "un préfixe d'espace de noms n'est pas déclaré",
}
_WRONG_BYTES = (81, 6003)


def not_an_xml() -> Fault:
    return fault("FICHIER_INCONNU", "Ce n'est ni un document XML ni une archive zip.", "Vérifier que c'est bien le fichier exporté.")


def doctype_refused(line: int) -> Fault:
    return fault(
        "XML_DOCTYPE",
        f"Ligne {line} : le document contient une déclaration DOCTYPE, qui est refusée.",
        "Déposer le fichier tel que l'application l'a produit : aucun de ces formats n'a de DOCTYPE.",
        line,
    )


def undetectable_encoding() -> Fault:
    return fault(
        "XML_ENCODAGE",
        "L'encodage du document XML n'est pas reconnu. Encodages acceptés : UTF-8, UTF-16 avec marque d'ordre, ISO-8859-1, ISO-8859-15, "
        "Windows-1252.",
        "Refaire l'export dans un de ces encodages, déclaré à la première ligne.",
    )


def prolog_too_long(limit: int) -> Fault:
    return fault("XML_MAL_FORME", f"Aucune balise dans les {limit // 1024} premiers Kio du document.", RESEND, 1)


def malformed(line: int, code: int, detail: str) -> Fault:
    """libxml2's error in French; its own text may quote the document, so only its kind is used."""
    if code in _WRONG_BYTES or "encoding error" in detail or "not proper UTF-8" in detail:
        return fault(
            "ENCODAGE_INVALIDE",
            f"Ligne {line} : des octets ne sont pas de l'encodage que la première ligne déclare.",
            "Refaire l'export sans ouvrir le fichier dans un éditeur ; la déclaration et les octets doivent concorder.",
            line,
        )
    if "xcessive depth" in detail:
        return fault("XML_TROP_PROFOND", f"Ligne {line} : trop de balises imbriquées.", RESEND, line)
    if "too long" in detail or "Huge" in detail or "huge" in detail or "uffer size limit" in detail:
        return fault("XML_TEXTE_TROP_LONG", f"Ligne {line} : un texte, un nom ou un attribut dépasse la longueur acceptée.", RESEND, line)
    why = _REASONS.get(code, "le document n'est pas bien formé")
    return fault("XML_MAL_FORME", f"Ligne {line} : {why}.", RESEND, line)


def doubtful_encoding() -> Fault:
    return fault(
        "ENCODAGE_DOUTEUX",
        "Le document déclare un encodage à un octet par caractère, mais des lettres accentuées y sont en UTF-8 (un « é » s'y lit « Ã© »).",
        "Refaire l'export sans passer par un éditeur de texte ; à défaut, corriger la déclaration d'encodage.",
    )


def unknown_root(expected: str) -> Fault:
    return fault(
        "XML_RACINE",
        f"L'élément racine n'est pas celui d'un fichier attendu ici : {expected}.",
        "Vérifier le système destinataire du fichier.",
    )


def missing_element(tag: str, inside: str) -> Fault:
    return fault("XML_BALISE_MANQUANTE", f"La balise {tag} manque dans {inside}.", RESEND)


def missing_value(tag: str, inside: str, rank: int) -> Fault:
    return fault(
        "XML_VALEUR_MANQUANTE",
        f"{inside} n° {rank} : la valeur de {tag} est obligatoire et absente.",
        "Renseigner cette valeur à la source, puis refaire l'export.",
    )


def bad_value(code: str, tag: str, inside: str, rank: int, expected: str, found: str) -> Fault:
    return fault(
        code, f"{inside} n° {rank}, {tag} : {expected} ; trouvé : {found}.", "Corriger la valeur à la source, puis refaire l'export."
    )


def unknown_element(tag: str, inside: str) -> Fault:
    return fault(
        "XML_BALISE_INCONNUE",
        f"La balise {tag} est inconnue dans {inside} : elle n'est pas reprise.",
        "Aucune action si la version du fichier est nouvelle ; signaler la balise pour qu'elle soit ajoutée.",
    )

"""Fields that several systems of higher education share: years, numbers of students, échelons."""

from connectors.transport import values

ANNEE = values.integer(2000, 2100)
NUMERO_BOURSIER = values.identifier(r"[0-9A-Z]{1,13}", "numéro de lettres et de chiffres, 13 caractères au plus", upper=True)
NNE = values.identifier(r"[0-9A-Z]{11}", "NNE de 11 caractères", upper=True)
ETUDIANT = values.identifier(r"[0-9A-Za-z]{1,20}", "identifiant de lettres et de chiffres, 20 caractères au plus")
UAI = values.identifier(r"[0-9]{7}[A-Z]", "UAI de 7 chiffres et une lettre", upper=True)
ACADEMIE = values.identifier(r"[A-Z]{3}", "code d'académie de 3 lettres", upper=True)
ECHELON = values.code(("0bis", "1", "2", "3", "4", "5", "6", "7"))
SEXE = values.code(("M", "F"))

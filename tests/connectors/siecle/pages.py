"""SIECLE's report pages as a browser saves or copies them; every name is invented."""

FICHIER = "9830418MELEGROUPE2017180724091341.xml"

HTML = f"""<!DOCTYPE html>
<html><head><title>SIECLE - Base élèves établissement</title><script>var x = "12 élèves lus";</script></head><body>
<h1>Suivi des échanges - Compte-rendu d'import des liens élève-groupe</h1>
<div>Synthèse de l'import</div>
<p>Import des liens élève-groupe du 24/07/2018 pour le fichier <b>{FICHIER}</b>.<br>153 élèves lus.</p>
<h2>1. Liens élève-groupe rejetés</h2>
<table><tr><td>Aucun résultat trouvé.</td></tr></table>
<p>Nombre de liens élève-groupe rejetées :0</p>
<h2>2. Liens élève-groupe importés avec anomalies</h2>
<table><thead><tr><th>Élève</th><th>Identifiants</th><th>Anomalie</th><th>Règle</th></tr></thead><tbody>
<tr><td><a href="#">TESTARD-LE GOFF Zélie</a></td><td>210167 / 0</td>
<td>Liens 'élève-groupe' partiellement importés</td><td>GROUPE</td></tr>
<tr><td>VERMEIL Noé</td><td> 238012&nbsp;/&nbsp;0 </td>
<td>Les dates d'inscription de l'élève dans un groupe sont invalides.</td><td>ELEGRP</td></tr>
</tbody></table>
<p>Nombre de liens élève-groupe importés avec anomalies : 2</p>
</body></html>
"""

TEXTE = f"""Suivi des échanges - Compte-rendu d'import des liens élève-groupe
Synthèse de l'import
Import des liens élève-groupe du 24/07/2018 pour le fichier {FICHIER}.
153 élèves lus.
1. Liens élève-groupe rejetés
Élève\tIdentifiants\tAnomalie\tRègle
OMBRELLE Maëlys\t0 / 0\tREJELEGROUPE
Nombre de liens élève-groupe rejetées :1
2. Liens élève-groupe importés avec anomalies
Cliquer sur le titre de la colonne pour trier. Cliquer à nouveau pour inverser le sens du tri.
Élève ^\tIdentifiants\tAnomalie\tRègle
TESTARD-LE GOFF Zélie 210167 / 0 Liens 'élève-groupe' partiellement importés GROUPE
VERMEIL Noé\t238012 / 0\tLes dates d'inscription de l'élève dans un groupe sont invalides.\tELEGRP
"""

LISTE = """Date d'import\tFichier\tÉlèves\tAbsents
24/07/2018\t9830418MELEGROUPE2017180724091341.xml\t153\t55
15/07/2018\t9830418MELEGROUPE2017180713110235.xml\t153\t15
"""

"""The nomenclatures and structures of SIECLE for Charlemagne (R-CHA-06, R-CHA-07)."""

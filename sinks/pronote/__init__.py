"""The seven exports of SIECLE for PRONOTE, as one bundle (R-PRO-20 to 22)."""

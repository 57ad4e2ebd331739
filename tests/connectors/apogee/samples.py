"""Invented registrations; the NNE is the one whose key the requirements verify."""

EVENT = {
    "event_id": "e-1",
    "type": "IA_CREEE",
    "uai": "0781944P",
    "cod_anu": "2026",
    "cod_ind": "900001",
    "cod_etu": "21907",
    "nne": "1111037734",
    "cle_nne": "L",
    "nom": "TESTARD",
    "prenom": "Zélie",
    "date_nai": "2007-03-12",
    "cod_etp": "L1INFO",
    "cod_vrs_vet": "120",
    "eta_pmt_iae": "P",
    "tem_iae_prm": True,
    "dat_mod_iae": "2026-09-01T10:00:00",
}

EXPORT = (
    "UAI;COD_ANU;COD_IND;COD_ETU;COD_NNE_IND;COD_CLE_NNE_IND;LIB_NOM_PAT_IND;LIB_PR1_IND;DATE_NAI_IND;COD_ETP;COD_VRS_VET;"
    "ETA_IAE;TEM_IAE_PRM;DAT_MOD_IAE\r\n"
    "0781944P;2026;900001;21907;1111037734;L;TESTARD;Zélie;12/03/2007;L1INFO;120;E;O;01/09/2026 10:00:00\r\n"
    "0781944P;2026;900002;21908;;;VERMEIL;Ève;01/01/2006;L1INFO;120;R;N;\r\n"
)

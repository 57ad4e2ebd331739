"""The fields of a registration as Apogée names them (bursaries facts §2.2, §2.4). Our own format, not an official one.

An event names them in lower case; an export in capitals, under these names or those of Apogée's own columns.
"""

from connectors.transport import values
from connectors.transport.fields import Field, columns_of

_CODE = values.identifier(r"[0-9A-Za-z][0-9A-Za-z_.+&-]{0,15}", "code de 16 caractères au plus, sans espace")
_NUMBER = values.identifier(r"[0-9A-Za-z]{1,20}", "identifiant de lettres et de chiffres, 20 caractères au plus")
_STUDENT = values.identifier(r"[0-9A-Za-z]{1,13}", "numéro de lettres et de chiffres, 13 caractères au plus")
_EVENT = values.identifier(r"[\x21-\x7e]{1,128}", "identifiant de 128 caractères au plus, sans espace ni accent")

EVENT_TYPES = ("IA_CREEE", "IA_MODIFIEE", "IA_ANNULEE", "IA_RESILIEE")

REGISTRATION: tuple[Field, ...] = (
    Field("uai", values.identifier(r"[0-9]{7}[A-Z]", "UAI de 7 chiffres et une lettre", upper=True), required=True),
    Field("cod_anu", values.identifier(r"(?:19|20)[0-9]{2}", "année universitaire de 4 chiffres"), required=True),
    Field("cod_ind", _NUMBER, required=True),
    Field("cod_etu", _NUMBER, required=True),
    Field("nne", _STUDENT, aliases=("COD_NNE_IND",)),
    Field("cle_nne", values.identifier(r"[0-9A-Za-z]{1,2}", "clé d'un ou deux caractères"), aliases=("COD_CLE_NNE_IND",)),
    Field("num_brs", _STUDENT, aliases=("NUM_BRS_ETU",)),
    Field("nom", values.text(), aliases=("LIB_NOM_PAT_IND",)),
    Field("prenom", values.text(), aliases=("LIB_PR1_IND",)),
    Field("date_nai", values.day(), aliases=("DATE_NAI_IND",)),
    Field("cod_etp", _CODE, required=True),
    Field("cod_vrs_vet", _CODE, required=True),
    Field("cod_dip", _CODE),
    Field("cod_cmp", _CODE),
    Field("cod_cge", _CODE),
    Field("cod_rgi", _CODE),
    Field("cod_brs", _CODE),
    Field("eta_iae", values.code(("E", "A", "R", "C"))),
    Field("eta_pmt_iae", _CODE),
    Field("tem_iae_prm", values.boolean()),
    Field("dat_mod_iae", values.instant(values.PARIS)),
)

EVENT: tuple[Field, ...] = (
    Field("event_id", _EVENT, required=True),
    Field("type", values.code(EVENT_TYPES), required=True),
    *REGISTRATION,
)

EXPORT_COLUMNS = columns_of(REGISTRATION)
EVENT_NAMES = tuple(each.name for each in EVENT)

"""What Apogée's web services say, once checked."""

import msgspec


class Identifiants(msgspec.Struct, frozen=True):
    """What `recupererIdentifiantsEtudiant` says of one student."""

    nne: str | None = None
    cle_nne: str | None = None
    num_brs: str | None = None


class Etape(msgspec.Struct, frozen=True):
    """One of the étapes of `recupererIAEtapes_v2`, under the names of the registration's fields."""

    cod_anu: str
    cod_etp: str
    cod_vrs_vet: str
    cod_dip: str | None = None
    cod_cmp: str | None = None
    cod_cge: str | None = None
    cod_brs: str | None = None
    num_brs: str | None = None
    eta_pmt_iae: str | None = None
    tem_iae_prm: bool | None = None

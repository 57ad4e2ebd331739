"""How a row of the view is named in a French sentence, so that it can be found in Apogée."""

import re

_YEAR = re.compile(r"\d{4}", re.ASCII)
_STEP = re.compile(r"(?=.*\d)(?=.*[A-Z])[A-Z0-9_-]{2,8}", re.ASCII)
_VERSION = re.compile(r"\d{1,3}", re.ASCII)


def row_of_view(year: str, step: str, version: str, modified: str) -> str:
    """What is not written as such a code is not shown: a view whose columns are crossed may hold a person's data there."""
    shown = (
        text if form.fullmatch(text) else f"({len(text)} caractères)" for form, text in ((_YEAR, year), (_STEP, step), (_VERSION, version))
    )
    return "Ligne de la vue, année {}, étape {} version {}, modifiée le {}".format(*shown, modified or "(date illisible)")

"""Any value of a struct bound to XML: each text absent, empty or any text that XML can hold."""

from typing import Any

import msgspec
from hypothesis import strategies as st

from connectors.transport.binding import binding

TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn"), exclude_characters="\ufffe\uffff", include_characters="\t\n"),
    max_size=12,
)
"""French and others; `\\r` is left out: XML readers turn it into `\\n`."""
MAYBE = st.none() | TEXTS


def structs_of(struct: type[msgspec.Struct], **given: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A strategy for a struct type; `given` says otherwise for some fields."""
    fields: dict[str, st.SearchStrategy[Any]] = {}
    for each in binding(struct).fields:
        if each.name in given:
            fields[each.name] = given[each.name]
        elif each.nested is None:
            # A text that is the element's own content cannot be absent.
            fields[each.name] = TEXTS if each.content else MAYBE
        elif each.items is None:
            fields[each.name] = st.none() | structs_of(each.nested)
        else:
            several = st.lists(structs_of(each.nested), max_size=2).map(tuple)
            fields[each.name] = several if each.container is None else st.none() | several
    return st.builds(struct, **fields)

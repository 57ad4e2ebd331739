"""Frozen structs bound to XML elements, both ways: the annotations of a struct say how its element is read and written.

A field is a child element named like it in capitals, `None` when absent and `""` when empty (SIECLE: absent is unknown,
empty is empty). The order of the fields is the order in which children are written. Markers in `Annotated` say otherwise:
`Attribute`, `Content`, `Tag`, `Alias`, `Within`, `Each`.
"""

import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
from lxml import etree

Parsed = etree._Element
S = TypeVar("S", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Attribute:
    """The field is an attribute of the element; `name` when it is not the field's own name in capitals."""

    name: str | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """The field is the text of the element itself."""


@dataclass(frozen=True, slots=True)
class Tag:
    """The child's name when it is not the field's own name in capitals."""

    name: str


@dataclass(frozen=True, slots=True)
class Alias:
    """Other names under which the child is read; it is written under its own."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Within:
    """A list: `container` holds the `items` elements. `None` when the container is absent, `()` when it is empty."""

    container: str
    items: str


@dataclass(frozen=True, slots=True)
class Each:
    """A list: the `items` elements stand directly in the element."""

    items: str


Text = str | None
Attr = Annotated[str | None, Attribute()]

Reader = Callable[[Parsed], Any]


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    attribute: str | None = None
    content: bool = False
    tag: str | None = None
    aliases: tuple[str, ...] = ()
    container: str | None = None
    items: str | None = None
    nested: type[msgspec.Struct] | None = None


@dataclass(frozen=True, slots=True)
class Binding:
    """How one struct type is read from and written to an element."""

    type: type[msgspec.Struct]
    fields: tuple[_Field, ...]
    children: Mapping[str, tuple[str, str, Reader | None]]
    """tag -> (field, `text` | `one` | `within` | `each`, reader of a nested element)."""
    attributes: Mapping[str, str]
    content: str | None

    def read(self, element: Parsed, unknown: set[str] | None = None) -> Any:
        """The struct of an element. Names of children that the format does not know go to `unknown`."""
        values: dict[str, Any] = {}
        children = self.children
        for child in element:
            tag = child.tag
            try:
                name, how, reader = children[tag]
            except KeyError:
                if unknown is not None:
                    unknown.add(tag)
                continue
            if how == "text":
                values[name] = child.text or ""
            elif reader is None:
                continue
            elif how == "one":
                values[name] = reader(child)
            elif how == "each":
                values[name] = (*values.get(name, ()), reader(child))
            else:
                values[name] = reader(child)
        attributes = self.attributes
        for key, value in element.items():
            if key in attributes:
                values[attributes[str(key)]] = value
        if self.content is not None:
            values[self.content] = element.text or ""
        return self.type(**values)

    def write(self, value: msgspec.Struct, tag: str) -> Parsed:
        """The element of a struct."""
        element = etree.Element(tag)
        for field in self.fields:
            found = getattr(value, field.name)
            if found is None:
                continue
            if field.attribute is not None:
                element.set(field.attribute, found)
            elif field.content:
                element.text = found
            elif field.items is not None:
                assert field.nested is not None
                holder = element if field.container is None else etree.SubElement(element, field.container)
                inner = binding(field.nested)
                holder.extend(inner.write(each, field.items) for each in found)
            elif field.nested is not None:
                assert field.tag is not None
                element.append(binding(field.nested).write(found, field.tag))
            else:
                assert field.tag is not None
                etree.SubElement(element, field.tag).text = found
        return element


@cache
def binding(struct: type[msgspec.Struct]) -> Binding:
    """The binding of a struct type, made once from its annotations."""
    hints = get_type_hints(struct, include_extras=True)
    fields = tuple(_field(name, hints[name]) for name in struct.__struct_fields__)
    children: dict[str, tuple[str, str, Reader | None]] = {}
    attributes: dict[str, str] = {}
    content = None
    for field in fields:
        if field.attribute is not None:
            attributes[field.attribute] = field.name
        elif field.content:
            content = field.name
        else:
            for tag, how, reader in _readers(field):
                children[tag] = (field.name, how, reader)
    return Binding(struct, fields, children, attributes, content)


def _readers(field: _Field) -> Iterable[tuple[str, str, Reader | None]]:
    if field.items is not None:
        assert field.nested is not None
        inner = binding(field.nested).read
        if field.container is None:
            yield field.items, "each", inner
        else:
            yield field.container, "within", _list_reader(field.items, inner)
    elif field.nested is not None:
        assert field.tag is not None
        yield field.tag, "one", binding(field.nested).read
    else:
        assert field.tag is not None
        for tag in (field.tag, *field.aliases):
            yield tag, "text", None


def _list_reader(items: str, inner: Reader) -> Reader:
    def read(container: Parsed) -> tuple[Any, ...]:
        return tuple([inner(item) for item in container.iterchildren(items)])

    return read


def _field(name: str, hint: Any) -> _Field:
    markers: tuple[Any, ...] = ()
    if get_origin(hint) is Annotated:
        hint, *rest = get_args(hint)
        markers = tuple(rest)
    found: dict[type, Any] = {type(marker): marker for marker in markers}
    if Attribute in found:
        return _Field(name, attribute=found[Attribute].name or name.upper())
    if Content in found:
        return _Field(name, content=True)
    nested = _nested(hint)
    if Within in found:
        return _Field(name, container=found[Within].container, items=found[Within].items, nested=nested)
    if Each in found:
        return _Field(name, items=found[Each].items, nested=nested)
    tag = found[Tag].name if Tag in found else name.upper()
    aliases = found[Alias].names if Alias in found else ()
    return _Field(name, tag=tag, aliases=aliases, nested=nested)


def _nested(hint: Any) -> type[msgspec.Struct] | None:
    """The struct inside `X | None` or `tuple[X, ...]`, if any."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return hint
    if get_origin(hint) in (Union, types.UnionType, tuple):
        return next((nested for each in get_args(hint) if (nested := _nested(each)) is not None), None)
    return None

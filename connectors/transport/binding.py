"""Frozen structs bound to XML elements, both ways: the annotations of a struct say how its element is read and written.

A field is a child element named like it in capitals, `None` when absent and `""` when empty (SIECLE: absent is unknown,
empty is empty). The order of the fields is the order in which children are written. Markers in `Annotated` say otherwise:
`Attribute`, `Content`, `Tag`, `Alias`, `Within`, `Each`.
"""

import codecs
import types
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, BinaryIO, Protocol, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
from lxml import etree

Parsed = etree._Element
REFERENCES = "xmlcharrefreplace"
"""What is done with a character that an encoding has not: it becomes a character reference."""
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


Values = dict[str, Any]
"""Field -> what an element gives to it. A field that the element has not is no key."""


class Reader(Protocol):
    """Reads an element; tags that the format does not know go to `unknown`."""

    def __call__(self, element: Parsed, unknown: set[str] | None = None, /) -> Any: ...


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
    values: Reader
    """`values(element, unknown)`: what an element gives; where the struct has structs, there are their own `Values`."""

    def read(self, element: Parsed, unknown: set[str] | None = None) -> Any:
        """The struct of an element; names of children that the format does not know go to `unknown`."""
        return self.made(self.values(element, unknown))

    def made(self, values: Values) -> Any:
        """The struct of what an element gave."""
        for field in self.fields:
            if field.nested is not None and field.name in values:
                inner, found = binding(field.nested).made, values[field.name]
                values[field.name] = inner(found) if field.items is None else tuple([inner(each) for each in found])
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


def declaration(encoding: str) -> bytes:
    """The first line of a document, as the Ministry's own files write it."""
    return f'<?xml version="1.0" encoding="{encoding}"?>\n'.encode()


def document_bytes(root: Parsed, encoding: str) -> bytes:
    """A whole document; characters outside `encoding` are written as character references, so nothing is lost."""
    text = etree.tostring(root, encoding="unicode")
    return declaration(encoding) + text.encode(encoding, REFERENCES) + b"\n"


class Encoded:
    """A binary stream that takes UTF-8 and gives `encoding`: libxml2's own encoder loses some characters (language tags)."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream = stream
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def write(self, data: bytes) -> int:
        self._stream.write(self._decoder.decode(data).encode(self._encoding, REFERENCES))
        return len(data)


@cache
def binding(struct: type[msgspec.Struct]) -> Binding:
    """The binding of a struct type, made once from its annotations."""
    hints = get_type_hints(struct, include_extras=True)
    fields = tuple(_field(name, hints[name]) for name in struct.__struct_fields__)
    texts: dict[str, str] = {}
    nested: dict[str, tuple[str, bool, Reader]] = {}
    for field in fields:
        if field.nested is not None:
            tag, reader = _nested_reader(field, field.nested)
            nested[tag] = (field.name, field.items is not None and field.container is None, reader)
        elif field.tag is not None:
            texts |= dict.fromkeys((field.tag, *field.aliases), field.name)
    attributes = tuple((field.attribute.encode(), field.name) for field in fields if field.attribute is not None)
    content = next((field.name for field in fields if field.content), None)
    return Binding(struct, fields, _reader(texts, nested, attributes, content))


def _reader(
    texts: Mapping[str, str],
    nested: Mapping[str, tuple[str, bool, Reader]],
    attributes: tuple[tuple[bytes, str], ...],
    content: str | None,
) -> Reader:
    """The reader of a struct's values, from tag -> field of the children that are texts, tag -> (field, whether its values are
    collected, reader) of the others, attribute (in UTF-8, as lxml compares it) and field, and the field that is the element's own text.

    It runs once per element of files of millions: what it needs is in local names.
    """

    known: Mapping[str, Any] = {**nested, **texts}

    def children(element: Parsed, unknown: set[str] | None = None) -> Values:
        values: Values = {}
        for child in element:
            try:
                field = known[child.tag]
            except KeyError:
                if unknown is not None:
                    unknown.add(child.tag)
                continue
            if field.__class__ is str:
                values[field] = child.text or ""
                continue
            name, collected, reader = field
            found = reader(child, unknown)
            if not collected:
                values[name] = found
            elif name in values:
                values[name].append(found)
            else:
                values[name] = [found]
        return values

    if not attributes and content is None:
        return children

    def read(element: Parsed, unknown: set[str] | None = None) -> Values:
        values = children(element, unknown)
        for key, name in attributes:
            if (value := element.get(key)) is not None:
                values[name] = value
        if content is not None:
            values[content] = element.text or ""
        return values

    return read


def _nested_reader(field: _Field, struct: type[msgspec.Struct]) -> tuple[str, Reader]:
    inner = binding(struct).values
    if field.items is None:
        assert field.tag is not None
        return field.tag, inner
    if field.container is None:
        return field.items, inner
    return field.container, _list_reader(field.items, inner)


def _list_reader(items: str, inner: Reader) -> Reader:
    def read(container: Parsed, unknown: set[str] | None = None) -> list[Values]:
        return [inner(item, unknown) for item in container if item.tag == items]

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

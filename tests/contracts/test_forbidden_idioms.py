"""The idioms of Faust that lose, double or stall records are not used anywhere (docs: why Faust is used in batches)."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("bus", "connectors", "processors", "schemas", "sinks", "topics")
STREAMS = {
    "take": "acknowledges before the batch is done, and loses it",
    "take_events": "same buffer as take",
}
"""Methods of a stream: forbidden where something is iterated asynchronously, and anywhere in a module that imports Faust."""
METHODS = {"send_soon": "returns before the broker has the record"}
NAMES = {
    "exactly_once": "stalls after a rebalance in faust-streaming 0.15.3",
    "stream_publish_on_commit": "publishes what a crash forgets",
}


def faults_in(source: str) -> Iterator[str]:
    """One sentence a forbidden idiom, with its line."""
    tree = ast.parse(source)
    forbidden = METHODS | (STREAMS if _imports_faust(tree) else {})
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _call(node, forbidden)
        if isinstance(node, ast.AsyncFor | ast.comprehension):
            yield from (fault for call in ast.walk(node.iter) if isinstance(call, ast.Call) for fault in _call(call, STREAMS))
        if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef):
            yield from _agent(node)
        yield from (f"{getattr(node, 'lineno', 0)}: {name}: {why}" for name, why in NAMES.items() if _names(node, name))


def _imports_faust(tree: ast.Module) -> bool:
    imported = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    imported += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return any(name.split(".")[0] == "faust" for name in imported)


def _call(node: ast.Call, forbidden: Mapping[str, str]) -> Iterator[str]:
    called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if called in forbidden:
        yield f"{node.lineno}: .{called}(): {forbidden[called]}"
    for keyword in node.keywords:
        if keyword.arg == "concurrency" and not (isinstance(keyword.value, ast.Constant) and keyword.value.value == 1):
            yield f"{node.lineno}: concurrency: an agent with several consumers acknowledges out of order"


def _agent(function: ast.AsyncFunctionDef | ast.FunctionDef) -> Iterator[str]:
    decorators = [decorator.func if isinstance(decorator, ast.Call) else decorator for decorator in function.decorator_list]
    if not any(isinstance(decorator, ast.Attribute) and decorator.attr == "agent" for decorator in decorators):
        return
    called = {node.func.attr for node in ast.walk(function) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)}
    if "noack" not in called:
        yield f"{function.lineno}: agent {function.name} without noack(): an exception or a stop acknowledges what was not done"


def _names(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.keyword):
        return node.arg == name
    if isinstance(node, ast.Attribute):
        return node.attr == name
    if isinstance(node, ast.Name):
        return node.id == name
    return isinstance(node, ast.Constant) and node.value == name


def _sources() -> list[Path]:
    return [file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))]


def test_no_source_uses_an_idiom_that_loses_data() -> None:
    found = [f"{file.relative_to(ROOT)}:{fault}" for file in _sources() for fault in faults_in(file.read_text())]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "async def f(stream):\n    async for values in stream.take(10, within=1): pass",
        "async def f(stream):\n    async for values in stream.noack().take_events(10): pass",
        "import faust\nbuffered = stream.take(10)",
        "topic.send_soon(value=1)",
        "app = App(processing_guarantee='exactly_once')",
        "app = App(processing_guarantee=ProcessingGuarantee.EXACTLY_ONCE.exactly_once)",
        "app.conf.stream_publish_on_commit = True",
        "App(stream_publish_on_commit=True)",
        "@app.agent(topic, concurrency=2)\nasync def a(stream):\n    async for event in stream.noack().events(): event.ack()",
        "@app.agent(topic, concurrency=N)\nasync def a(stream):\n    async for event in stream.noack().events(): event.ack()",
        "@app.agent(topic)\nasync def a(stream):\n    async for value in stream: pass",
        "@app.agent\nasync def a(stream):\n    async for value in stream: pass",
    ],
)
def test_each_forbidden_idiom_is_found(source: str) -> None:
    assert list(faults_in(source))


def test_the_reference_idiom_is_allowed() -> None:
    source = "@app.agent(topic, concurrency=1)\nasync def a(stream):\n    async for event in stream.noack().events():\n        event.ack()"
    assert list(faults_in(source)) == []

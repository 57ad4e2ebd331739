"""Where the embedded stack keeps its things."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    """`var` holds the data of one stack; `cache` holds what was downloaded and may be shared by several stacks."""

    var: Path
    cache: Path

    @classmethod
    def of(cls, var: Path, cache: Path | None = None) -> "Places":
        """Absolute folders; the cache is `var/cache` unless told otherwise."""
        var = var.absolute()
        return cls(var, (cache or var / "cache").absolute())

    def data(self, service: str) -> Path:
        """The folder of one service's data, created for its owner alone."""
        folder = self.var / service
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    def log(self, service: str) -> Path:
        """The file that takes the output of one process."""
        folder = self.var / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{service}.log"

    def pid(self, service: str) -> Path:
        """The file that says which process is ours."""
        folder = self.var / "run"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{service}.json"

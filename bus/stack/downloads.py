"""Fetches the jars and the registry through jgo, checks each against its pinned SHA-256, and puts it in place atomically.

jgo writes straight to its cache and only warns when a checksum differs: each artefact is therefore fetched into a
folder of its own and moved once it is known to be the right one.
"""

import fcntl
import hashlib
import os
import shutil
import tarfile
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from bus.stack.failure import StackFailure

if TYPE_CHECKING:
    from jgo.maven import MavenContext

MAVEN_CENTRAL = ""
"""jgo's own default: no address of ours to keep up to date."""
ATTEMPTS = 3
MAX_TREE_BYTES = 600_000_000
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Artifact:
    """One file of a Maven repository and the SHA-256 it must have."""

    group: str
    name: str
    version: str
    classifier: str
    packaging: str
    sha256: str

    @classmethod
    def parse(cls, line: str) -> "Artifact":
        """`group:name:version[:classifier:packaging] sha256`."""
        coordinates, sha256 = line.split()
        group, name, version, *rest = coordinates.split(":")
        classifier, packaging = rest or ("", "jar")
        return cls(group, name, version, classifier, packaging, sha256)

    @property
    def file_name(self) -> str:
        classifier = f"-{self.classifier}" if self.classifier else ""
        return f"{self.name}-{self.version}{classifier}.{self.packaging}"


def _pinned() -> dict[str, str | list[str]]:
    return tomllib.loads(Path(__file__).with_name("artifacts.toml").read_text())


def kafka_artifacts() -> tuple[Artifact, ...]:
    return tuple(Artifact.parse(line) for line in _pinned()["kafka"])


def registry_artifact() -> Artifact:
    return Artifact.parse(str(_pinned()["registry"]))


def kafka_jars(cache: Path, repository: str = MAVEN_CENTRAL, progress: Progress = lambda _: None) -> tuple[Path, ...]:
    """The broker's class path, downloaded where it is missing. Several processes may ask at once."""
    artifacts = kafka_artifacts()
    folder = cache / "kafka-jars"
    with _only_one(cache, "kafka"):
        missing = [artifact for artifact in artifacts if not (folder / artifact.file_name).exists()]
        if missing:
            progress(f"Kafka : {len(missing)} fichiers à télécharger…")
            with ThreadPoolExecutor(6) as pool:
                for _ in pool.map(lambda artifact: _fetch(artifact, folder / artifact.file_name, repository), missing):
                    pass
    return tuple(folder / artifact.file_name for artifact in artifacts)


def registry_tree(cache: Path, repository: str = MAVEN_CENTRAL, progress: Progress = lambda _: None) -> Path:
    """The folder that holds the registry's `quarkus-run.jar`, downloaded and extracted where it is missing."""
    artifact = registry_artifact()
    tree = cache / f"registry-{artifact.version}-{artifact.sha256[:12]}"
    with _only_one(cache, "registry"):
        if not tree.exists():
            progress("registre de schémas : 142 Mo à télécharger…")
            with tempfile.TemporaryDirectory(dir=cache, prefix="tmp-") as folder:
                archive = Path(folder) / artifact.file_name
                _fetch(artifact, archive, repository)
                _extract(archive, Path(folder) / "tree")
                os.replace(Path(folder) / "tree", tree)
    return tree


@contextmanager
def _only_one(cache: Path, name: str) -> Iterator[None]:
    """Holds a lock file, so that the demo and the tests never download the same thing side by side."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch(artifact: Artifact, target: Path, repository: str) -> None:
    reasons: list[str] = []
    for _ in range(ATTEMPTS):
        try:
            _fetch_once(artifact, target, repository)
            return
        except (OSError, RuntimeError) as error:
            reasons.append(f"{type(error).__name__}: {error}")
    raise StackFailure(
        f"{artifact.file_name} n'a pas pu être téléchargé depuis {repository or 'Maven Central'} ({reasons[-1]}). "
        "Vérifiez l'accès au réseau, ou indiquez un miroir par PASSERELLE_MAVEN_URL."
    )


def _fetch_once(artifact: Artifact, target: Path, repository: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="tmp-") as staging:
        component = _context(Path(staging), repository).project(artifact.group, artifact.name).at_version(artifact.version)
        got = component.artifact(classifier=artifact.classifier, packaging=artifact.packaging).resolve()
        found = _sha256(got)
        if found != artifact.sha256:
            raise StackFailure(
                f"{artifact.file_name} ne vient pas de ses auteurs ou a été abîmé : SHA-256 {found}, attendu {artifact.sha256}. "
                f"Rien n'a été installé. Vérifiez le dépôt Maven {repository or 'central'}, puis relancez."
            )
        os.replace(got, target)


def _context(staging: Path, repository: str) -> "MavenContext":
    import truststore
    from jgo.maven import MavenContext  # jgo takes 0.3 s to import

    truststore.inject_into_ssl()  # the machine's own authorities: schools are often behind a proxy that has one
    remote = {"depot": repository} if repository else None
    return MavenContext(repo_cache=staging, local_repos=[], remote_repos=remote, timeout=60)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _extract(archive: Path, folder: Path) -> None:
    """Regular files and folders only, inside `folder`, bounded in size. By hand: Python 3.11 before 3.11.4 has no extraction filter."""
    with tarfile.open(archive) as tar:
        members = tar.getmembers()
        strange = [member.name for member in members if not (member.isfile() or member.isdir())]
        total = sum(member.size for member in members)
        if strange or total > MAX_TREE_BYTES:
            raise StackFailure(f"{archive.name} n'a pas le contenu attendu ({total} octets, {len(strange)} entrées étranges).")
        paths = [(member.name, PurePosixPath(member.name)) for member in members]
        outside = [name for name, path in paths if path.is_absolute() or ".." in path.parts]
        if outside:
            raise StackFailure(f"{archive.name} contient un chemin dangereux : {outside[0]}")
        for member in members:
            _extract_one(tar, member, folder / member.name)


def _extract_one(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    """Where nothing stands yet: no entry is a link, so none can lead another elsewhere."""
    content = tar.extractfile(member)
    if content is None:
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with content, target.open("xb") as stream:
        shutil.copyfileobj(content, stream)
    target.chmod(member.mode & 0o755 | 0o600)

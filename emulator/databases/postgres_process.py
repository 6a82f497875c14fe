"""A PostgreSQL server as a process with a folder of its own, both gone when the process that started it is."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pg8000.native

from emulator.databases.postgres_binaries import as_unprivileged

if TYPE_CHECKING:
    from collections.abc import Mapping

ADMINISTRATOR: Final = "rdsadmin"
_PATIENCE_SECONDS: Final = 60
_PAUSE_SECONDS: Final = 0.02
_ATTEMPTS: Final = 5
_OWNER_ONLY: Final = 0o600
_STARTING: Final = (
    "FATAL:  the database system is starting up",
    "FATAL:  the database system is not accepting connections",  # it recovers
)

# Ends the server and removes its folder when the pipe is closed, which also happens when its other end is killed.
_KEEPER: Final = 'folder=$1; shift; "$@" & server=$!; read -r _; kill -QUIT $server; wait $server; rm -rf "$folder"'


class ServerFailedError(Exception):
    """The server does not start."""


class PostgresProcess:
    """One server. `start` it after its data is there."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self._folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        self.own(self._folder)
        self._keeper: subprocess.Popen[bytes] | None = None
        self.port = 0

    @property
    def data(self) -> Path:
        """The folder of its data."""
        return self._folder / "data"

    @property
    def log(self) -> str:
        """What it has logged."""
        return (self._folder / "log").read_text(encoding="utf-8")

    @staticmethod
    def own(path: Path) -> None:
        """Give a file or folder to the user as whom the server runs."""
        user = as_unprivileged()
        if not user:
            return
        for each in (path, *path.rglob("*")):
            os.chown(each, user["user"], user["group"])

    def write(self, name: str, text: str) -> None:
        """Write a file of its data that only the server may read."""
        path = self.data / name
        path.write_text(text, encoding="utf-8")
        path.chmod(_OWNER_ONLY)
        self.own(path)

    def initialize(self) -> None:
        """Create its data, with `ADMINISTRATOR` as the superuser."""
        options = ["--username", ADMINISTRATOR, "--auth", "trust", "--no-sync", "--encoding", "UTF8", "--locale", "C"]
        self._run([str(self._binaries / "initdb"), "--pgdata", str(self.data), *options])

    def start(self, settings: Mapping[str, str]) -> None:
        """Start it on a free port and wait until it answers."""
        for attempt in range(_ATTEMPTS):
            self.port = _free_port()
            self._launch({**settings, "port": str(self.port)})
            try:
                return self._wait()
            except ServerFailedError:
                # Another process may have taken the port in between.
                if attempt == _ATTEMPTS - 1 or "Address already in use" not in self.log:
                    self.close()
                    raise
        return None

    def stop(self) -> None:
        """Let it write everything and end; its folder stays until `close()`."""
        os.kill(self._pid, signal.SIGINT)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while (self.data / "postmaster.pid").exists() and time.monotonic() < deadline:
            time.sleep(_PAUSE_SECONDS)

    def close(self) -> None:
        """End it at once and remove its folder."""
        if self._keeper and self._keeper.stdin:
            self._keeper.stdin.close()
            self._keeper.wait(_PATIENCE_SECONDS)
        shutil.rmtree(self._folder, ignore_errors=True)

    def connect(self, database: str) -> Any:
        """A connection as the superuser, through the socket in its folder."""
        return pg8000.native.Connection(ADMINISTRATOR, database=database, unix_sock=str(self.socket))

    @property
    def socket(self) -> Path:
        """The socket in its folder, which nobody else enters."""
        return self._folder / f".s.PGSQL.{self.port}"

    @property
    def _pid(self) -> int:
        return int((self.data / "postmaster.pid").read_text(encoding="utf-8").split()[0])

    def _launch(self, settings: Mapping[str, str]) -> None:
        places = {"unix_socket_directories": str(self._folder), "listen_addresses": "127.0.0.1"}
        server = [str(self._binaries / "postgres"), "-D", str(self.data)]
        for name, value in {**settings, **places}.items():
            server += ["-c", f"{name}={value}"]
        with (self._folder / "log").open("ab") as log:
            self._keeper = subprocess.Popen(
                ["/bin/sh", "-c", _KEEPER, "sh", str(self._folder), *server],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **as_unprivileged(),
            )

    def _wait(self) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if self.socket.exists():
                with suppress(pg8000.Error, OSError):
                    self.connect("postgres").close()
                    return
            log = self.log
            for message in _STARTING:
                log = log.replace(message, "")
            if "FATAL" in log:
                break
            time.sleep(_PAUSE_SECONDS)
        message = f"PostgreSQL ({self._binaries}) did not start: {self.log}"
        raise ServerFailedError(message)

    @staticmethod
    def _run(command: list[str]) -> None:
        done = subprocess.run(
            command,
            capture_output=True,
            check=False,
            text=True,
            encoding="utf-8",
            errors="replace",
            cwd="/",
            **as_unprivileged(),
        )
        if done.returncode:
            message = f"{command[0]} failed: {done.stderr}"
            raise ServerFailedError(message)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])

"""Runs an example as its task would: the user, the folders that it may write to, the variables, the signals.

As root on Linux, what the task definition says is done: a root file system of its own, read-only, with the mounts of
`linuxParameters.tmpfs`; the user of the settings, no capabilities, no new privileges. Elsewhere there is no way to do
that, so the program runs as this user below a folder, and may write nowhere else either.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self, cast

from modules.service.task_definition import Container, LogDestination
from tests.examples.image import NODE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from config.services import ServiceSettings
    from tests.examples.image import Image

_START_SECONDS: Final = 60
_LINUX_ROOT: Final = sys.platform == "linux" and os.geteuid() == 0
_TOOLS: Final = ("bin", "sbin", "lib", "lib64", "usr/bin", "usr/lib", "usr/lib64")


def can_isolate() -> bool:
    """Whether this process may make a root file system of its own for a program."""
    probe = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return _LINUX_ROOT and subprocess.run(probe, capture_output=True, check=False).returncode == 0


def container_definition(settings: ServiceSettings, environment: Mapping[str, str]) -> dict[str, Any]:
    """What ECS gets for the application of a service."""
    return Container(
        name="example",
        image="example",
        user=settings.user,
        logs=LogDestination(group="example", region="us-east-1"),
        port=settings.port,
        stop_seconds=settings.drain_seconds,
        environment=environment,
        secrets={},
        scratch_paths=settings.writable_paths,
        scratch_mib=settings.writable_mib,
        volumes={},
    ).to_json()


class Sandbox:
    """A container that runs: `with Sandbox(image, settings, environment={...}) as container`."""

    def __init__(
        self,
        image: Image,
        settings: ServiceSettings,
        *,
        environment: Mapping[str, str],
        isolated: bool,
    ) -> None:
        """Prepare it.

        Args:
            image: What it starts from; it can be started once.
            settings: The service's.
            environment: Variables besides PORT.
            isolated: Whether to make a root file system of its own.
        """
        self.port = free_port()
        self.lines: list[str] = []
        self._image = image
        self._isolated = isolated
        self._definition = container_definition(settings, {**environment, "PORT": str(self.port)})
        self._health_path = settings.health_path

    def __enter__(self) -> Self:
        """Start it, and return once it is healthy."""
        self.start()
        end = time.monotonic() + _START_SECONDS
        while True:
            try:
                status, _, _ = self.get(self._health_path)
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    self.kill()
                    message = f"it does not get healthy:\n{self.log}"
                    raise AssertionError(message) from None
                time.sleep(0.05)
            else:
                assert status == http.client.OK, self.log
                return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        self.kill()

    def start(self) -> None:
        """Start it, and do not wait."""
        reading, writing = os.pipe()
        uid, gid = self.owner
        if self._isolated:
            os.fchown(writing, uid, gid)  # as runc does: nginx opens /dev/stderr itself
        command, environment = self._isolated_command() if self._isolated else self._plain_command()
        self.process = subprocess.Popen(
            command,
            cwd=self._image.root / self._image.work_folder.lstrip("/"),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=writing,
        )
        os.close(writing)
        self._reader = threading.Thread(target=self._read, args=(reading,), daemon=True)
        self._reader.start()

    def kill(self) -> None:
        """End it at once, if it runs."""
        if self.process.poll() is None:
            # nginx ends its own processes only when it is asked to.
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(1)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()
        self._reader.join(5)

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        """Stop it as ECS does, and return its exit code."""
        self.process.send_signal(with_signal)
        code = self.process.wait(self.stop_seconds)
        self._reader.join(5)
        return code

    @property
    def owner(self) -> tuple[int, int]:
        """The user and the group that it runs as."""
        uid, _, gid = cast("str", self._definition["user"]).partition(":")
        return int(uid), int(gid or uid)

    @property
    def stop_seconds(self) -> int:
        """After this time ECS ends it."""
        return cast("int", self._definition["stopTimeout"])

    @property
    def log(self) -> str:
        """What it has written so far."""
        return "".join(self.lines)

    def wait_for(self, text: str) -> str:
        """The first line that has `text`, as soon as it is there."""
        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end:
            for line in tuple(self.lines):
                if text in line:
                    return line
            time.sleep(0.02)
        message = f"it does not write {text!r}:\n{self.log}"
        raise AssertionError(message)

    def connect(self, *, timeout: float = 30) -> http.client.HTTPSConnection:
        """A connection of the load balancer, which does not check the certificate."""
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=timeout, context=context)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
        """The status, the headers and the body of an answer."""
        connection = self.connect()
        try:
            connection.request("GET", path, headers=dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def ask(self, path: str, token: str) -> tuple[int, dict[str, str], Any]:
        """The status, the headers and the JSON of an answer to who has a token."""
        status, headers, body = self.get(path, {"authorization": f"Bearer {token}"})
        return status, headers, json.loads(body)

    @property
    def uids(self) -> set[int]:
        """The users that the program is and can become."""
        return set(map(int, self._status["Uid"].split()))

    @property
    def capabilities(self) -> int:
        """The capabilities of any kind that the program has or can get."""
        return sum(int(self._status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"))

    @property
    def may_gain_privileges(self) -> bool:
        """Whether a program that it starts can be another user."""
        return self._status["NoNewPrivs"].strip() != "1"

    @property
    def mount_options(self) -> dict[str, set[str]]:
        """The options of each file system that it sees, by its path."""
        lines = Path(f"/proc/{self.process.pid}/mounts").read_text(encoding="utf-8").splitlines()
        return {line.split()[1]: set(line.split()[3].split(",")) for line in lines}

    @property
    def _status(self) -> dict[str, str]:
        lines = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8").splitlines()
        return dict(line.split(":", 1) for line in lines)

    def _read(self, file: int) -> None:
        with os.fdopen(file, encoding="utf-8", errors="replace") as stream:
            self.lines.extend(iter(stream.readline, ""))

    def _variables(self, path: str) -> dict[str, str]:
        given = {entry["name"]: entry["value"] for entry in self._definition["environment"]}
        return {"PATH": path, "HOME": "/", **given}

    @property
    def _mounts(self) -> list[dict[str, Any]]:
        return cast("list[dict[str, Any]]", self._definition["linuxParameters"]["tmpfs"])

    def _isolated_command(self) -> tuple[list[str], dict[str, str]]:
        root = self._image.root
        script = ["set -e", f"mount --bind {root} {root}"]
        for tool in _TOOLS:
            own, place = Path("/", tool), root / tool
            if own.is_symlink():
                place.symlink_to(own.readlink())
            elif own.is_dir():
                place.mkdir(parents=True, exist_ok=True)
                script.append(f"mount --bind -o ro {own} {place}" if not any(place.iterdir()) else ":")
        for device in ("null", "zero", "random", "urandom"):
            (root / "dev").mkdir(exist_ok=True)
            (root / "dev" / device).touch()
            script.append(f"mount --bind /dev/{device} {root}/dev/{device}")
        for name, target in (
            ("fd", "self/fd"),
            ("stdin", "self/fd/0"),
            ("stdout", "self/fd/1"),
            ("stderr", "self/fd/2"),
        ):
            (root / "dev" / name).symlink_to(f"/proc/{target}")
        (root / "proc").mkdir()
        script.append(f"mount --bind /proc {root}/proc")
        (root / "usr/local/bin/node").touch()
        script.append(f"mount --bind -o ro {NODE} {root}/usr/local/bin/node")
        if (settings := Path("/etc/ssl/openssl.cnf")).exists():
            shutil.copyfile(settings, root / "etc/ssl/openssl.cnf")
        for mount in self._mounts:
            folder = root / mount["containerPath"].lstrip("/")
            folder.mkdir(parents=True, exist_ok=True)
            options = ",".join((*mount["mountOptions"], f"size={mount['size']}m"))
            script.append(f"mount -t tmpfs -o {options} tmpfs {folder}")
        assert self._definition["readonlyRootFilesystem"]
        uid, gid = self.owner
        variables = self._variables("/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        words = [
            *("exec", "chroot", str(root), "setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups"),
            *("--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", "--"),
            *("env", "-i", "-C", self._image.work_folder, *(f"{name}={value}" for name, value in variables.items())),
            *self._image.command,
        ]
        script += [f"mount -o remount,bind,ro {root}", shlex.join(words)]
        return ["unshare", "--mount", "sh", "-c", "\n".join(script)], dict(os.environ)

    def _plain_command(self) -> tuple[list[str], dict[str, str]]:
        """The same program with every path of the image below its folder."""
        root = self._image.root
        (root / "usr/local/bin/node").symlink_to(str(NODE))
        paths = {mount["containerPath"] for mount in self._mounts} | {
            *self._image.copied,
            "/etc/nginx",
            "/usr/lib-nginx",
        }
        longest_first = "|".join(re.escape(path) for path in sorted(paths, key=len, reverse=True))
        place = re.compile(rf"(?<![\w./-])(?:{longest_first})(?![\w-])")

        def below(text: str) -> str:
            return place.sub(lambda found: f"{root}{found[0]}", text)

        for copied in (*self._image.copied, "/usr/sbin/nginx"):
            file = root / copied.lstrip("/")
            if file.is_file() and file.suffix not in {".mjs", ".pem"}:
                mode = file.stat().st_mode
                file.chmod(0o644)
                file.write_text(below(file.read_text(encoding="utf-8")), encoding="utf-8")
                file.chmod(mode)
        if os.geteuid() == 0:  # nginx would give its workers to another user, who may not read this folder
            nginx = root / "usr/sbin/nginx"
            nginx.write_text(
                nginx.read_text(encoding="utf-8").replace(" -p ", " -g 'user root;' -p "), encoding="utf-8"
            )
        path = os.pathsep.join((f"{root}/usr/local/bin", f"{root}/usr/sbin", os.environ["PATH"]))
        words = [below(word) for word in self._image.command]
        return words, self._variables(path)


def free_port() -> int:
    """A port on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

"""Docker as the integration test of the examples uses it: its images are the examples', its containers run here.

`docker` is a program that hands its arguments to the process of the tests, which has the containers.
"""

from __future__ import annotations

import json
import socketserver
import sys
import threading
from typing import TYPE_CHECKING, Any, Final, Self, cast

from tests.examples.sandbox import Sandbox, can_isolate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

    from config.services import ServiceSettings
    from tests.examples.image import Image

_PROGRAM: Final = """#!{python} -IS
import json, socket, sys
with socket.socket(socket.AF_UNIX) as engine:
    engine.connect({path!r})
    engine.sendall(json.dumps(sys.argv[1:]).encode() + b"\\n")
    code, text = json.loads(engine.makefile().readline())
print(text)
sys.exit(code)
"""
_LIMITS: Final = {"--read-only": [""], "--cap-drop": ["ALL"], "--security-opt": ["no-new-privileges"]}
"""What every task has."""


class DockerEngine:
    """`with DockerEngine(folder, images={name: (image, settings)}) as engine`: `engine.programs` is for the PATH."""

    def __init__(self, folder: Path, *, images: Mapping[str, tuple[Image, ServiceSettings]]) -> None:
        """Prepare it; each image can be started once."""
        self.programs = folder / "bin"
        self.programs.mkdir(parents=True)
        self._socket = str(folder / "engine")
        program = self.programs / "docker"
        program.write_text(_PROGRAM.format(python=sys.executable, path=self._socket), encoding="utf-8")
        program.chmod(0o755)
        self._images = images
        self.containers: dict[str, Sandbox] = {}
        self.removed: set[str] = set()

    def __enter__(self) -> Self:
        """Listen."""
        self._server = _Server(self._socket, _Handler)
        self._server.engine = self
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the containers too."""
        self._server.shutdown()
        self._server.server_close()
        for container in self.containers.values():
            container.kill()

    def run(self, command: str, *words: str) -> str:
        """What docker prints.

        Raises:
            ValueError: It does not know the command, or what is in it.
        """
        if command == "run":
            return self._start(words)
        container = self.containers[words[0] if command in {"port", "logs", "wait"} else words[-1]]
        if command == "port":
            return f"127.0.0.1:{container.port}"
        if command == "logs":
            return container.log
        if command == "wait":
            return str(container.process.wait(60))
        if command == "stop":
            return str(container.stop())
        if command == "rm":
            container.kill()
            self.removed.add(words[-1])
            return words[-1]
        message = f"docker {command} is not known here"
        raise ValueError(message)

    def _start(self, words: Sequence[str]) -> str:
        options, name = _options(words)
        image, settings = self._images[name]
        for option, values in {**_LIMITS, "--tmpfs": list(settings.writable_paths)}.items():
            if options.get(option) != values:
                message = f"{option} must be {values}, as for a task, and is {options.get(option)}"
                raise ValueError(message)
        environment = dict(text.split("=", 1) for text in options["--env"])
        assert environment.pop("PORT") == "8443"
        assert options["--publish"] == ["127.0.0.1::8443"]
        container = Sandbox(image, settings, environment=environment, isolated=can_isolate())
        self.containers[name] = container
        container.start()
        return name


def _options(words: Sequence[str]) -> tuple[dict[str, list[str]], str]:
    """The values of the options, and the image."""
    options: dict[str, list[str]] = {}
    rest = list(words)
    while len(rest) > 1:
        name = rest.pop(0)
        options.setdefault(name, []).append("" if name in {"--detach", "--read-only"} else rest.pop(0))
    return options, rest[0]


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    engine: DockerEngine


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        words: list[str] = json.loads(self.rfile.readline())
        answer: Any
        try:
            answer = (0, cast("_Server", self.server).engine.run(*words))
        except Exception as error:  # noqa: BLE001 - the test reads it in what the program printed
            answer = (1, f"{type(error).__name__}: {error}")
        self.wfile.write(json.dumps(answer).encode() + b"\n")

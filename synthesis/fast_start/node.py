"""Node, started before Python imports jsii, and loading the assemblies meanwhile.

Stock, jsii starts Node when the first binding is imported, and waits for each of three assemblies. Here the same
program is started first of all, from where it is installed, with the three requests already in its pipe; jsii then
takes over the process. If anything of it fails, jsii starts its own, which says why.
"""

from __future__ import annotations

import atexit
import importlib.util
import json
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from synthesis import variables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PROVIDER_PACKAGE: Final = "cdktf_cdktf_provider_aws"
# Python package -> npm package, each needs the ones before it.
NPM_NAMES: Final = {"constructs": "constructs", "cdktf": "cdktf", PROVIDER_PACKAGE: "@cdktf/provider-aws"}
# What answers to the requests of the start begin with; the first line comes unasked.
HELLO: Final = b'{"hello":"@jsii/runtime@'
LOADED: Final = b'{"ok":{"assembly":'

_SUFFIX: Final = ".jsii.tgz"
_PROGRAM: Final = Path("_embedded", "jsii", "lib__program.js")
_LONGEST_EXIT_SECONDS: Final = 5


class EarlyNode:
    """A process of Node to which the requests to load the assemblies were sent."""

    def __init__(self, process: subprocess.Popen[bytes], requests: list[bytes]) -> None:
        self.process = process
        self.requests = requests
        atexit.register(self.stop)

    @classmethod
    def start(cls, environ: Mapping[str, str]) -> EarlyNode | None:
        """Start it; None if it cannot be."""
        spec = importlib.util.find_spec("jsii")
        program = Path(spec.origin).parent / _PROGRAM if spec and spec.origin else None
        if program is None or not program.is_file():
            return None
        # The same command as jsii's.
        command = [environ.get(variables.NODE, "node"), "--max-old-space-size=4069", str(program)]
        agent = {"JSII_AGENT": "Python/" + ".".join(map(str, sys.version_info[:3]))}
        pipe = subprocess.PIPE
        try:
            process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=dict(environ) | agent)
        except OSError:
            return None
        node = cls(process, list(_load_requests()))
        assert process.stdin is not None  # noqa: S101 (a pipe)
        with suppress(OSError):  # it ended: that is seen when its answers are read
            process.stdin.write(b"".join(node.requests))
            process.stdin.flush()
        return node

    def stop(self) -> None:
        """Let it end, and wait for that."""
        self.release()
        try:
            self.process.wait(timeout=_LONGEST_EXIT_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def release(self) -> None:
        """Let it end: nothing more is asked."""
        stdin = self.process.stdin
        if stdin is not None and not stdin.closed:
            with suppress(OSError):
                stdin.write(b'{"exit":0}\n')
                stdin.close()

    def has_loaded(self) -> bool:
        """Wait for its answers; whether they are as expected."""
        assert self.process.stdout is not None  # noqa: S101 (a pipe)
        expected = [HELLO, *[LOADED for _ in self.requests]]
        return all(self.process.stdout.readline().startswith(start) for start in expected)


def hand_over(node: EarlyNode, *, is_waited_for: bool) -> None:
    """Let jsii use this process instead of one that it starts, and load nothing that it has loaded.

    Args:
        node: The process.
        is_waited_for: Whether to read the answers of the start when jsii first needs the process, and to let jsii start
            its own if one is not as expected; otherwise they are still to be read then.
    """
    import jsii  # noqa: PLC0415 (after Node was started)
    from jsii._kernel.providers import process as stock  # noqa: PLC0415
    from jsii._kernel.types import LoadRequest, LoadResponse  # noqa: PLC0415

    stock_load = jsii.JSIIAssembly.load

    class Adopted(stock._NodeProcess):  # noqa: SLF001
        def start(self) -> None:
            if is_waited_for and not node.has_loaded():
                node.process.kill()
                super().start()  # type: ignore[no-untyped-call]
                for name, version, path in _assemblies():
                    self.send(LoadRequest(name=name, version=version, tarball=str(path)), LoadResponse)
                return
            self._process = node.process
            self.sink_thread = threading.Thread(target=stock.stderr_sink, args=(node.process.stderr,), daemon=True)
            self.sink_thread.start()
            atexit.register(self.stop)

    def load(name: str, *rest: Any, **options: Any) -> jsii.JSIIAssembly:  # noqa: ANN401 (as jsii has it)
        if name in NPM_NAMES.values():
            options["_kernel"] = _NothingToLoad()
        return stock_load(name, *rest, **options)

    stock._NodeProcess = Adopted  # type: ignore[misc] # noqa: SLF001
    jsii.JSIIAssembly.load = load  # type: ignore[method-assign, assignment]


class _NothingToLoad:
    """Passed to jsii instead of the kernel for an assembly that was loaded at the start."""

    def load(self, *_: object) -> None:
        """Do nothing."""


def _load_requests() -> Iterator[bytes]:
    for name, version, path in _assemblies():
        yield json.dumps({"name": name, "version": version, "tarball": str(path), "api": "load"}).encode() + b"\n"


def _assemblies() -> Iterator[tuple[str, str, Path]]:
    for package, npm_name in NPM_NAMES.items():
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            message = f"{package} is not installed: run 'make setup'"
            raise RuntimeError(message)
        for path in Path(spec.origin).parent.joinpath("_jsii").glob(f"*{_SUFFIX}"):
            yield npm_name, path.name.removesuffix(_SUFFIX).rpartition("@")[2], path

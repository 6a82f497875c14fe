"""Runs one call of a function in a process of its own; `run.py` starts it, and it imports nothing of the emulator.

What Lambda's own runtime does, it does too: the form of log lines and of errors. Of the packages on this machine the
code finds only those that the runtime has.
https://docs.aws.amazon.com/lambda/latest/dg/python-package.html#python-package-dependencies
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import importlib.machinery
import json
import logging
import os
import socket
import sys
import threading
import time
import traceback
import urllib.request
from datetime import UTC, datetime
from typing import Any, Final

_RUNTIME_PACKAGES: Final = frozenset({"boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3"})
# Addresses for documentation (RFC 5737): they lead nowhere, so that each stands for one name here.
_UNREACHABLE: Final = "192.0.2."
_LOOPBACK: Final = ("127.", "localhost", "::1")
_OWN_FRAMES: Final = frozenset(
    {__file__, importlib.__file__, "<frozen importlib._bootstrap>", "<frozen importlib._bootstrap_external>"}
)


class RuntimePackages:
    """Finds the packages that the runtime has, and no others of the folder."""

    def __init__(self, folder: str) -> None:
        """Prepare for the folder of installed packages."""
        self._folder = folder

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        """Find a module for an import."""
        if path is not None or name.partition(".")[0] not in _RUNTIME_PACKAGES:
            return None
        return importlib.machinery.PathFinder.find_spec(name, [self._folder], target)


class JsonLines(logging.Formatter):
    """The lines of a function whose log format is JSON."""

    def __init__(self, request: str) -> None:
        """Write the id of the call into each line."""
        super().__init__()
        self._request = request

    def format(self, record: logging.LogRecord) -> str:
        """Format one line."""
        line = {
            "timestamp": datetime.fromtimestamp(record.created, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            "requestId": self._request,
        }
        if record.exc_info and record.exc_info[1]:
            line["stackTrace"] = traceback.format_exception(record.exc_info[1])  # type: ignore[assignment]
        return json.dumps(line, default=str)


class Context:
    """The second argument of a handler."""

    def __init__(self, call: dict[str, Any]) -> None:
        """Take what the emulator knows of the call."""
        self.aws_request_id: str = call["request"]
        self.function_name: str = call["name"]
        self.function_version: str = call["version"]
        self.invoked_function_arn: str = call["arn"]
        self.memory_limit_in_mb: str = call["memory"]
        self.log_group_name: str = call["log_group"]
        self.log_stream_name: str = call["log_stream"]
        self.identity = None
        self.client_context = None
        self._end = time.monotonic() + call["timeout"]

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the call may still take."""
        return max(0, int((self._end - time.monotonic()) * 1000))


class Network:
    """Leads connections to databases to where the emulator says, and all others nowhere.

    Each name gets an address of its own. The emulator decides at the time of the connection.
    """

    def __init__(self, question: str) -> None:
        """Ask at this URL."""
        self._question = question
        self._names: list[str] = []
        self._resolve = socket.getaddrinfo
        self._connect = socket.socket.connect
        socket.getaddrinfo = self.resolve
        network = self

        def connect(connection: socket.socket, address: Any) -> None:
            network.connect(connection, address)

        socket.socket.connect = connect  # type: ignore[method-assign,assignment]

    def resolve(self, host: Any, port: Any, *args: Any, **kwargs: Any) -> list[Any]:
        """Answer for `socket.getaddrinfo`."""
        name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
        if name.startswith((*_LOOPBACK, _UNREACHABLE)):
            return self._resolve(host, port, *args, **kwargs)
        if name not in self._names:
            self._names.append(name)
        address = f"{_UNREACHABLE}{self._names.index(name) + 1}"
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, int(port or 0)))]

    def connect(self, connection: socket.socket, address: Any) -> None:
        """Connect as `socket.socket.connect` does."""
        if isinstance(address, tuple) and str(address[0]).startswith(_UNREACHABLE):
            address = ("127.0.0.1", self._ask(str(address[0]), int(address[1])))
        self._connect(connection, address)

    def _ask(self, address: str, port: int) -> int:
        number = int(address.removeprefix(_UNREACHABLE)) - 1
        name = self._names[number] if 0 <= number < len(self._names) else address
        body = json.dumps({"host": name, "port": port}).encode()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(urllib.request.Request(self._question, body, method="POST")) as answer:  # noqa: S310
            told = json.load(answer)
        if "port" in told:
            return int(told["port"])
        # The reason is for whoever reads the log here; the code gets what a packet that is dropped causes.
        print(f"emulator: {name}:{port} is unreachable: {told['reason']}", file=sys.stderr, flush=True)
        raise TimeoutError(errno.ETIMEDOUT, "Connection timed out")


def describe_error(error: BaseException, request: str) -> dict[str, Any]:
    """Return an error as the runtime answers it."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename not in _OWN_FRAMES]
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "requestId": request,
        "stackTrace": traceback.format_list(frames),
    }


def refusal(kind: str, message: str, request: str) -> dict[str, Any]:
    """Return an error of the runtime itself."""
    return {"errorMessage": message, "errorType": kind, "requestId": request, "stackTrace": []}


def find_handler(name: str, request: str) -> tuple[Any, dict[str, Any] | None]:
    """Import the handler; return it, or the error."""
    module_name, _, function = name.rpartition(".")
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        message = f"Unable to import module '{module_name}': {error}"
        return None, refusal("Runtime.ImportModuleError", message, request)
    except Exception as error:  # noqa: BLE001  whatever the code raises is its answer
        return None, describe_error(error, request)
    handler = getattr(module, function, None)
    if handler is None:
        message = f"Handler '{function}' missing on module '{module_name}'"
        return None, refusal("Runtime.HandlerNotFound", message, request)
    return handler, None


def call_handler(handler: Any, event: Any, context: Context) -> dict[str, Any]:
    """Call it; return its answer, or the error."""
    request = context.aws_request_id
    try:
        answer = handler(event, context)
    except Exception as error:  # noqa: BLE001  whatever the code raises is its answer
        return {"error": describe_error(error, request)}
    try:
        return {"payload": json.dumps(answer)}
    except (TypeError, ValueError) as error:
        return {"error": refusal("Runtime.MarshalError", f"Unable to marshal response: {error}", request)}


def set_up_logging(call: dict[str, Any]) -> None:
    """Give the root logger what the runtime gives it."""
    handler = logging.StreamHandler(sys.stdout)
    if call["json"]:
        handler.setFormatter(JsonLines(call["request"]))
        logging.getLogger().setLevel(call["level"])
    else:
        form = f"[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t{call['request']}\t%(message)s"
        handler.setFormatter(logging.Formatter(form, "%Y-%m-%dT%H:%M:%S"))
        logging.Formatter.converter = time.gmtime
    logging.getLogger().addHandler(handler)


def log_error(error: dict[str, Any], call: dict[str, Any]) -> None:
    """Log an error as the runtime does."""
    if call["json"]:
        line = {"timestamp": datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "level": "ERROR", **error}
        print(json.dumps(line), flush=True)
        return
    print(f"[ERROR] {error['errorType']}: {error['errorMessage']}", flush=True)
    if error["stackTrace"]:
        print("Traceback (most recent call last):", *error["stackTrace"], sep="\n", flush=True)


def end_with_emulator() -> None:
    """End this process when the emulator closes the other end of its standard input, or is killed."""
    with contextlib.suppress(OSError, ValueError):
        os.read(0, 1)
    os._exit(1)


def main() -> None:
    """Read the call from standard input, say when the code is loaded, and write the answer to the pipe."""
    line = bytearray()
    while not line.endswith(b"\n"):
        line += os.read(0, 1 << 16)
    call = json.loads(line)
    threading.Thread(target=end_with_emulator, daemon=True).start()
    sys.path.insert(0, call["code"])
    sys.meta_path.append(RuntimePackages(call["packages"]))
    set_up_logging(call)
    Network(call["question"])
    with os.fdopen(call["pipe"], "w", encoding="utf-8") as pipe:
        handler, error = find_handler(call["handler"], call["request"])
        pipe.write("loaded\n")
        pipe.flush()
        answer = {"error": error} if error else call_handler(handler, call["event"], Context(call))
        if answer.get("error"):
            log_error(answer["error"], call)
        pipe.write(json.dumps(answer))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()

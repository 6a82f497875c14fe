"""Runs the dispatcher on a loopback port, in this process."""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import os
import socket
import threading
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.request import ProxyHandler, Request, build_opener

from moto.moto_api._internal.models import moto_api_backend
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import create_server
from waitress.wasyncore import close_all

from emulator import address, dns, services
from emulator.databases import reach
from emulator.databases.servers import authority
from emulator.dispatcher import Dispatcher
from emulator.registry import REGISTRY

if TYPE_CHECKING:
    from types import TracebackType

HOST = "127.0.0.1"

# Terraform sends up to ten calls at the same time, and several runs can share one emulator.
_THREADS = 24
# SDKs keep their connections open; above the limit waitress would leave new ones without an answer until old ones end.
_CONNECTIONS = 5000
_IDLE_SECONDS = 120


# A request that waits for a thread is no news for anybody: on a busy machine each would be a line on stderr.
logging.getLogger("waitress.queue").setLevel(logging.ERROR)


class _Parser(HTTPRequestParser):  # type: ignore[misc]  # waitress ships no types
    """Does not wait for an empty body: waitress would ask for it until the client times out."""

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.body_rcv is None:
            self.expect_continue = False


class _Channel(HTTPChannel):  # type: ignore[misc]
    parser_class = _Parser

    def service(self) -> None:
        """Answer; while the server stops, the pipe to its loop may be closed before the answer is reported there."""
        try:
            super().service()
        except OSError:
            if not self.server.stops:
                raise


_CALL_SECONDS: Final = 600


class PortInUseError(Exception):
    """Another process listens on the port."""


class Emulator:
    """A running emulator: `with Emulator() as emulator: emulator.url`.

    The state belongs to the process, as moto's does: emulators that run at the same time share it, and one that starts
    alone starts empty.
    """

    _running = 0

    def __init__(self, port: int = 0) -> None:
        """Prepare an emulator; port 0 uses any free port."""
        self._wanted_port = port
        self._thread: threading.Thread | None = None

    def start(self) -> Self:
        """Listen, and return once requests are answered."""
        # aws_iam_policy and attachments of AWS managed policies need these policies in moto.
        os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
        services.load()
        self.dispatcher = Dispatcher(REGISTRY)
        self._server = create_server(
            self.dispatcher,
            sockets=[_listen(self._wanted_port)],
            threads=_THREADS,
            ident=None,
            channel_timeout=_IDLE_SECONDS,
            connection_limit=_CONNECTIONS,
            asyncore_use_poll=True,  # select() cannot wait for more than 1024 files
            clear_untrusted_proxy_headers=True,
        )
        self._server.channel_class = _Channel
        self._server.stops = False
        with REGISTRY.lock:
            if not Emulator._running:  # delete what earlier ones of this process have left
                self.dispatcher.reset()
                moto_api_backend.reset()
            Emulator._running += 1
        os.environ["MOTO_PORT"] = str(self.port)  # moto writes it into the URLs that it returns
        address.RUNNING.append(self.url)
        self._thread = threading.Thread(target=self._server.run, name="emulator", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close every connection and end the threads."""
        if self._thread is None:
            return
        server = self._server
        address.RUNNING.remove(self.url)
        with REGISTRY.lock:
            Emulator._running -= 1
            if not Emulator._running:
                for end in REGISTRY.resets:
                    end()
        # The loop ends when its map is empty, and only the loop's own thread may empty it. It may already be awake
        # and do that before this thread wakes it; then the pipe to it is closed already.
        server.stops = True
        channels = server._map  # noqa: SLF001  waitress publishes no way to stop
        with contextlib.suppress(OSError):
            server.trigger.pull_trigger(lambda: close_all(channels, ignore_all=True))
        self._thread.join()
        server.task_dispatcher.shutdown()
        self._thread = None

    @property
    def port(self) -> int:
        """The port on which it listens."""
        return int(self._server.effective_port)

    @property
    def url(self) -> str:
        """The endpoint for SDKs and Terraform; with an IP address, S3 uses path-style requests."""
        return f"http://{HOST}:{self.port}"

    def resolve(self, name: str, type_: str) -> frozenset[str]:
        """The values of the records of a name that resolvers find in the zones of its accounts."""
        before = dns.CALLED.set(self.dispatcher.called)
        try:
            return dns.resolve(name, type_)
        finally:
            dns.CALLED.reset(before)

    def call(self, operation: str, body: object) -> Any:
        """Call one of its own operations, like "backups"; a proxy of the shell is not asked.

        Raises:
            OSError: It refuses, or does not answer.
        """
        request = Request(f"{self.url}/emulator/{operation}", json.dumps(body).encode(), method="POST")  # noqa: S310
        with build_opener(ProxyHandler({})).open(request, timeout=_CALL_SECONDS) as answer:
            return json.load(answer)

    def database(self, host: str, *, account: str = "123456789012") -> tuple[int, str]:
        """The port of this machine at which an endpoint of RDS or DocumentDB answers, and the authority to trust.

        A server is started by the first question; over HTTP it is `GET /emulator/databases?account=..&endpoint=..`.
        """
        return reach.connect(account, host), authority().pem

    def environment(self, *, account: str = "123456789012", region: str = "us-east-1") -> dict[str, str]:
        """Return the environment variables with which an unchanged Terraform configuration uses the emulator."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": "test",
            # Version 1 of the AWS CLI, and boto3, read the second name only:
            # https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "CHECKPOINT_DISABLE": "1",
            # S3 Control puts the account id before the host name, which is not possible with an IP address.
            "AWS_ENDPOINT_URL_S3_CONTROL": "http://s3-control.us-east-1.amazonaws.com",
            # In both spellings: a proxy of the shell in the other one would win, in Go the one and in Python the other.
            "HTTP_PROXY": self.url,
            "http_proxy": self.url,
            "NO_PROXY": f"{HOST},localhost",
            "no_proxy": f"{HOST},localhost",
        }

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()


def _listen(port: int) -> socket.socket:
    """Bind the port; waitress would leave the socket open if the port is in use."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            message = f"port {port} on {HOST} is already in use; stop the other process, or use another port"
            raise PortInUseError(message) from error
        raise
    return listening

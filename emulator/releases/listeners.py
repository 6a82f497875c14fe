"""The listeners of load balancers as functions in a VPC reach them: each a TLS server, from its first connection on."""

from __future__ import annotations

import socketserver
import ssl
import tempfile
import threading
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from moto.acm.models import acm_backends
from moto.elbv2.models import elbv2_backends

from emulator.databases.servers import authority
from emulator.outages.state import lost_since
from emulator.reachability import Place
from emulator.registry import REGISTRY
from emulator.releases import traffic
from emulator.releases.answers import Answer, answer

_MOST_BYTES: Final = 8_192
_PATIENCE_SECONDS: Final = 10.0


@dataclass(frozen=True)
class Endpoint:
    """A listener by the name of its load balancer."""

    arn: str
    port: int
    place: Place


def find(account: str, host: str, port: int) -> Endpoint | None:
    """Return the HTTPS listener at a name and port of an account; None if there is none. The caller has the lock."""
    for region, backend in list(dict.items(elbv2_backends[account])):
        for balancer in backend.load_balancers.values():
            if balancer.dns_name != host:
                continue
            for listener in balancer.listeners.values():
                if int(listener.port) == port and listener.protocol == "HTTPS":
                    subnets = tuple(subnet.id for subnet in balancer.subnets)
                    place = Place(account, region, subnets, tuple(balancer.security_groups or ()))
                    return Endpoint(listener.arn, port, place)
    return None


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, arn: str, context: ssl.SSLContext, *, at_edge: bool) -> None:
        """Listen on a free port, as a load balancer or as CloudFront before it."""
        self.arn = arn
        self.at_edge = at_edge
        self._context = context
        super().__init__(("127.0.0.1", 0), _Handler)

    def get_request(self) -> tuple[Any, Any]:
        """Accept a connection; the handshake is the handler's, so that none waits for another's."""
        connection, address = super().get_request()
        connection.settimeout(_PATIENCE_SECONDS)
        return self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that does not trust the certificate, or does not wait, is not an error here."""


class _Handler(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        """Answer one request, and close; nothing but CloudFront answers if the listener's region is lost."""
        if not self.server.at_edge and lost_since(_region(self.server.arn)):
            return
        self.request.do_handshake()
        text = b""
        while b"\r\n\r\n" not in text and len(text) < _MOST_BYTES:
            part = self.request.recv(_MOST_BYTES)
            if not part:
                return
            text += part
        said = self._answer(text.split(b" ", 2)[1].decode("ascii", errors="replace"), _host(text))
        phrase = HTTPStatus(said.status).phrase
        body = said.text.encode()
        head = f"HTTP/1.1 {said.status} {phrase}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        self.request.sendall(head.encode() + body)

    def _answer(self, path: str, host: str) -> Answer:
        if lost_since(_region(self.server.arn)):
            # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-504-gateway-timeout.html
            return Answer(HTTPStatus.GATEWAY_TIMEOUT, "the origin does not answer")
        with REGISTRY.lock:
            listener = traffic.find_listener(self.server.arn)
            return answer(listener, path, host) if listener else Answer(HTTPStatus.SERVICE_UNAVAILABLE, "no listener")


def _region(arn: str) -> str:
    return arn.split(":")[3]


def _host(request: bytes) -> str:
    """The name that a client asks for, without a port."""
    for line in request.decode("latin-1").split("\r\n")[1:]:
        name, _, value = line.partition(":")
        if name.lower() == "host":
            return value.strip().rpartition(":")[0] or value.strip()
    return ""


class Listeners:
    """The servers that run, by the ARN of their listener and a further name on their certificate."""

    def __init__(self) -> None:
        """Run none."""
        self._lock = threading.Lock()
        self._running: dict[tuple[str, str], _Server] = {}

    def port(self, arn: str, name: str = "") -> int:
        """Return the port of 127.0.0.1 at which a listener answers; the caller must not have the emulator's lock.

        Args:
            arn: ARN of the listener.
            name: The domain whose certificate CloudFront shows before it.
        """
        with REGISTRY.lock:
            names = [name] if name else _certificate_names(arn)
        with self._lock:
            if (arn, name) not in self._running:
                server = _Server(arn, _context(names), at_edge=bool(name))
                threading.Thread(target=server.serve_forever, args=(0.05,), name="listener", daemon=True).start()
                self._running[arn, name] = server
            return int(self._running[arn, name].server_address[1])

    def close(self) -> None:
        """End all of them."""
        with self._lock:
            for server in self._running.values():
                threading.Thread(target=_end, args=(server,), name="listener ends", daemon=True).start()
            self._running.clear()


def _end(server: _Server) -> None:
    """Not in the thread that resets: it has the emulator's lock, which an answer may wait for."""
    server.shutdown()
    server.server_close()


LISTENERS: Final = Listeners()
REGISTRY.resets.append(LISTENERS.close)


def _certificate_names(arn: str) -> list[str]:
    """The names on all certificates of a listener."""
    listener = traffic.find_listener(arn)
    names: list[str] = []
    for certificate in listener.certificates if listener else ():
        _, _, _, region, account, *_ = certificate.split(":")
        found = acm_backends[account][region].describe_certificate(certificate)
        names += [found.common_name, *found.sans]
    return list(dict.fromkeys(names))


def _context(names: list[str]) -> ssl.SSLContext:
    certificate, key = authority().issue(names or ["no-certificate.invalid"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory(prefix="emulator-listener-") as folder:
        file = Path(folder, "listener.pem")
        file.write_text(certificate + key, encoding="utf-8")
        context.load_cert_chain(file)
    return context

"""Ask the test listener for a path: one connection with TLS to the load balancer itself, and the status it answers."""

from __future__ import annotations

import re
import socket
import ssl
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_STATUS_LINE: Final = re.compile(rb"HTTP/1\.[01] (?P<status>[0-9]{3})[ \r]")
_LONGEST_STATUS_LINE: Final = 1_024
_OK: Final = range(200, 300)
# A rule of AWS WAF refuses requests without one:
# https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html (NoUserAgent_HEADER)
_USER_AGENT: Final = "smoke-test"


class AnswerError(Exception):
    """There is no answer, or not the one that is expected."""


@dataclass(frozen=True, kw_only=True)
class Listener:
    """The test listener, under the name that users type."""

    host_name: str
    """On the certificate, and in the request."""
    port: int
    answer_seconds: float
    """The time in which an answer must begin, with the connection."""
    context: ssl.SSLContext

    def ask(self, path: str, *, address: str) -> str:
        """Ask one address of the load balancer; return a line on the answer.

        Raises:
            AnswerError: No answer in time, no TLS with a valid certificate, or another status than 2xx.
        """
        start = time.monotonic()
        what = f"GET {path} at {address}:{self.port}"
        try:
            status = self._status(path, address, deadline=start + self.answer_seconds)
        except TimeoutError as error:
            message = f"{what}: no answer within {self.answer_seconds:g} s"
            raise AnswerError(message) from error
        except ssl.SSLCertVerificationError as error:
            message = f"{what}: the certificate is not valid for {self.host_name}: {error.verify_message}"
            raise AnswerError(message) from error
        except OSError as error:
            message = f"{what}: no connection: {error}"
            raise AnswerError(message) from error
        told = f"{what}: {status} after {time.monotonic() - start:.2f} s"
        if status not in _OK:
            message = f"{told}; it must be 2xx"
            raise AnswerError(message)
        return told

    def _status(self, path: str, address: str, *, deadline: float) -> int:
        """The status of the answer; only its first line is read, each part of it before the deadline."""
        with (
            socket.create_connection((address, self.port), timeout=_remaining(deadline)) as plain,
            self.context.wrap_socket(plain, server_hostname=self.host_name, do_handshake_on_connect=False) as secure,
        ):
            secure.settimeout(_remaining(deadline))
            secure.do_handshake()
            secure.sendall(
                f"GET {path} HTTP/1.1\r\nHost: {self.host_name}\r\nUser-Agent: {_USER_AGENT}\r\nAccept: */*\r\n"
                "Connection: close\r\n\r\n".encode("ascii")
            )
            text = b""
            while b"\n" not in text:
                secure.settimeout(_remaining(deadline))
                part = secure.recv(_LONGEST_STATUS_LINE)
                text += part
                if not part or len(text) > _LONGEST_STATUS_LINE * 2:
                    break
        found = _STATUS_LINE.match(text)
        if found is None:
            message = "the answer is not HTTP" if text else "the connection was closed without an answer"
            raise ConnectionError(message)
        return int(found["status"])


def addresses_of(name: str) -> list[str]:
    """The addresses of a load balancer by its name in DNS; those of an internal one are private."""
    found = socket.getaddrinfo(name, None, family=socket.AF_INET, type=socket.SOCK_STREAM)
    return sorted({str(one[4][0]) for one in found})


def private_addresses_of(description: str, *, ec2: Any) -> list[str]:  # noqa: ANN401 (boto3)
    """The private addresses of a public load balancer, which DNS does not know: those of its network interfaces."""
    interfaces: Sequence[dict[str, Any]] = ec2.describe_network_interfaces(
        Filters=[{"Name": "description", "Values": [description]}, {"Name": "status", "Values": ["in-use"]}]
    )["NetworkInterfaces"]
    return sorted(interface["PrivateIpAddress"] for interface in interfaces)


def _remaining(deadline: float) -> float:
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds

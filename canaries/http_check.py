"""Ask for one page as a browser does, and fail with the reason if the answer is not the expected one.

Environment variables: CANARY_URL, EXPECTED_STATUS, EXPECTED_TEXT (empty: any), TIMEOUT_SECONDS for the whole answer.
The message of the exception is the reason that the console of Synthetics shows for a failed run.

It follows no redirect: a site that suddenly sends its users elsewhere does not work as expected.
"""

from __future__ import annotations

import http.client
import os
import socket
import ssl
import time
from typing import Any, Final
from urllib.parse import urlsplit

from aws_synthetics.common import synthetics_logger

HTTPS_PORT: Final = 443
_READ_BYTES: Final = 65_536
_LONGEST_BODY: Final = 8 * 1024 * 1024
"""Of a longer answer only this much is read; the text must be in it."""
_SHOWN_CHARACTERS: Final = 200


class CheckError(Exception):
    """The answer is not the expected one, or there is none."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url}: {reason}")


def handler(event: object, context: object) -> str:
    """Run the check, as Synthetics calls it."""
    del event, context
    reason = check(
        os.environ["CANARY_URL"],
        expected_status=int(os.environ["EXPECTED_STATUS"]),
        expected_text=os.environ.get("EXPECTED_TEXT", ""),
        timeout_seconds=float(os.environ["TIMEOUT_SECONDS"]),
    )
    synthetics_logger.info(reason)
    return reason


def check(url: str, *, expected_status: int, expected_text: str, timeout_seconds: float) -> str:
    """Ask for `url`, and return what was found.

    Raises:
        CheckError: The answer is not the expected one, or there is none.
    """
    start = time.monotonic()
    try:
        response, body = _ask(url, deadline=start + timeout_seconds)
    except (OSError, http.client.HTTPException) as error:
        raise CheckError(url, _reason(error, timeout_seconds)) from error
    seconds = time.monotonic() - start
    if response.status != expected_status:
        where = f", which leads to {location}" if (location := response.getheader("location")) else ""
        raise CheckError(url, f"answered {response.status}{where}; expected is {expected_status}")
    if expected_text and expected_text not in body:
        shown = body[:_SHOWN_CHARACTERS]
        raise CheckError(url, f"the answer does not have the text {expected_text!r}; it starts with {shown!r}")
    return f"{url}: answered {response.status} in {seconds:.3f} seconds"


def _reason(error: OSError | http.client.HTTPException, timeout_seconds: float) -> str:
    """The reason that a request got no answer."""
    if isinstance(error, socket.gaierror):
        return f"its name was not found in DNS: {error.strerror}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"TLS failed: {error.reason}"
    if isinstance(error, TimeoutError):
        return f"there is no complete answer after {timeout_seconds:g} seconds"
    return f"the connection failed: {str(error) or type(error).__name__}"


def _ask(url: str, *, deadline: float) -> tuple[http.client.HTTPResponse, str]:
    parts = urlsplit(url)
    connection: Any = http.client.HTTPSConnection(
        parts.hostname or "",
        parts.port or HTTPS_PORT,
        timeout=_remaining(deadline),
        context=ssl.create_default_context(),
    )
    try:
        connection.connect()
        stream = connection.sock  # the response takes it from the connection if that is to be closed
        stream.settimeout(_remaining(deadline))
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        connection.request("GET", target, headers={"Accept": "*/*", "User-Agent": "CloudWatchSynthetics"})
        response: http.client.HTTPResponse = connection.getresponse()
        with response:
            return response, _body(response, stream, deadline=deadline)
    finally:
        connection.close()


def _body(response: http.client.HTTPResponse, stream: socket.socket, *, deadline: float) -> str:
    """The start of the answer; each read may wait as long as the socket's timeout, so that becomes shorter."""
    body = b""
    while len(body) < _LONGEST_BODY and not response.isclosed():
        stream.settimeout(_remaining(deadline))
        part = response.read1(_READ_BYTES)
        if not part:
            if response.length:
                raise http.client.IncompleteRead(body, response.length)
            break
        body += part
    return body.decode("utf-8", errors="replace")


def _remaining(deadline: float) -> float:
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds

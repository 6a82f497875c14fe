"""A request as the dispatcher needs it, and a response as WSGI needs it."""

from __future__ import annotations

import http
import io
import re
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.iam.models import iam_backends

if TYPE_CHECKING:
    from collections.abc import Iterable

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
_ACCOUNT = re.compile(r"\d{12}")
_WITHOUT_BODY = {http.HTTPStatus.NO_CONTENT, http.HTTPStatus.NOT_MODIFIED}
_ACTION = re.compile(rb"(?:^|&)Action=([^&]+)")
# Classic load balancers have the same signing name as the others, and another API version.
_CLASSIC_BALANCERS = re.compile(rb"(?:^|&)Version=2012-06-01(?:&|$)")

# The signing name of a request, if it differs from botocore's name of the service.
SIGNING_NAMES = {
    "access-analyzer": "accessanalyzer",
    "elasticloadbalancing": "elbv2",
    "monitoring": "cloudwatch",
    "servicequotas": "service-quotas",
    "states": "stepfunctions",
}


def _account_of(key: str) -> str:
    """As moto's own `get_account_id_from`, which reads the managed policies of every partition for every account."""
    for account, by_partition in list(iam_backends.items()):
        if any(key in backend.access_keys for backend in list(by_partition.values())):
            return str(account)
    return DEFAULT_ACCOUNT_ID


@dataclass(frozen=True)
class HttpResponse:
    """A complete HTTP response."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def succeeded(self) -> bool:
        """Whether the call succeeded."""
        return self.status < http.HTTPStatus.BAD_REQUEST

    def send(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Send the response through WSGI."""
        skipped = {"content-length", "status", "connection"}
        headers = [(name, value) for name, value in self.headers if name.lower() not in skipped]
        if not any(name.lower() == "x-amzn-requestid" for name, _ in headers):
            headers.append(("x-amzn-requestid", str(uuid.uuid4())))
        if self.status in _WITHOUT_BODY:
            body = b""
        elif environ["REQUEST_METHOD"] == "HEAD":
            # The length that the body of a GET would have; S3 clients read it.
            headers += [(name, value) for name, value in self.headers if name.lower() == "content-length"]
            body = b""
        else:
            headers.append(("Content-Length", str(len(self.body))))
            body = self.body
        try:
            phrase = http.HTTPStatus(self.status).phrase
        except ValueError:
            phrase = "Unknown"
        start_response(f"{self.status} {phrase}", headers)
        return [body]


@dataclass(frozen=True)
class HttpRequest:
    """One request, with its caller taken from the signature."""

    environ: dict[str, Any] = field(repr=False)
    body: bytes = field(repr=False)
    account: str
    region: str
    service: str
    signed_for: str
    key: str
    """The id of the access key that has signed; empty if none has."""

    @classmethod
    def read(cls, environ: dict[str, Any]) -> HttpRequest:
        """Read the body once, and set the account that moto uses.

        An access key id of exactly 12 digits is the account id itself. moto knows any other key, if it created it for
        a user or an assumed role.
        """
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length) if length else b""
        signature = environ.get("HTTP_AUTHORIZATION") or unquote(environ.get("QUERY_STRING", ""))
        found = _CREDENTIAL.search(signature)
        key, region, signed_for = found.groups() if found else ("", "us-east-1", "")
        account = key if _ACCOUNT.fullmatch(key) else environ.get("HTTP_X_MOTO_ACCOUNT_ID") or _account_of(key)
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = account
        # moto's router needs the path as it was sent (with %2F); waitress has it under another name.
        environ.setdefault("RAW_URI", environ.get("REQUEST_URI", ""))
        service = SIGNING_NAMES.get(signed_for, signed_for)
        if service == "s3" and environ.get("PATH_INFO", "").startswith("/v20180820/"):
            service = "s3control"
        elif service == "elbv2" and any(
            map(_CLASSIC_BALANCERS.search, (body, environ.get("QUERY_STRING", "").encode()))
        ):
            service = "elb"
        return cls(
            environ=environ,
            body=body,
            account=account,
            region=region,
            service=service,
            signed_for=signed_for,
            key=key,
        )

    @property
    def method(self) -> str:
        """The HTTP method."""
        return str(self.environ["REQUEST_METHOD"])

    @property
    def path(self) -> str:
        """The decoded path."""
        return str(self.environ.get("PATH_INFO", "/"))

    @property
    def invocation(self) -> str | None:
        """The id that an SDK repeats when it retries a call."""
        value = self.environ.get("HTTP_AMZ_SDK_INVOCATION_ID")
        return f"{value} {self.method} {self.environ.get('RAW_URI')}" if value else None

    @property
    def action(self) -> str | None:
        """The operation's name, if the protocol sends it in a header, the form or the query."""
        target = self.environ.get("HTTP_X_AMZ_TARGET")
        if target:
            return str(target).rsplit(".", maxsplit=1)[-1]
        found = _ACTION.search(self.body) or _ACTION.search(self.environ.get("QUERY_STRING", "").encode())
        return found.group(1).decode() if found else None

    def fresh_environ(self) -> dict[str, Any]:
        """Return a WSGI environment whose body can be read again."""
        return {**self.environ, "wsgi.input": io.BytesIO(self.body), "CONTENT_LENGTH": str(len(self.body))}

"""What a task of ECS finds around it: its credentials and Parameter Store, which can be slow or fail."""

from __future__ import annotations

import http.server
import json
import threading
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Self

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

if TYPE_CHECKING:
    from types import TracebackType

from lambdas.jwt_rotation.handler import Rotation

ACCOUNT: Final = "353535353535"
"""Its own: other tests of the same process look into the account of prod."""
REGION: Final = "us-east-1"
SECRET_KEY: Final = "the/task's+own/key"
TOKEN: Final = "the task's own token"

CURRENT: Final = "/user-management/prod/jwt/current"
PREVIOUS: Final = "/user-management/prod/jwt/previous"
FIRST: Final = "first-" + "a" * 58
BEFORE: Final = "before-" + "b" * 57
"""What they are at first."""


class Secrets:
    """The two parameters."""

    def __init__(self, *, ssm: Any, key_id: str) -> None:
        """Use a client of Parameter Store and a key of it."""
        self.ssm = ssm
        self._key_id = key_id
        self._rotations = 0

    @property
    def current(self) -> str:
        """What signs now."""
        return self._read(CURRENT)

    @property
    def previous(self) -> str:
        """What signed before."""
        return self._read(PREVIOUS)

    def reset(self) -> None:
        """Write what they are at first."""
        self.write(CURRENT, FIRST)
        self.write(PREVIOUS, BEFORE)

    def write(self, name: str, value: str) -> None:
        """Write one of them."""
        self.ssm.put_parameter(Name=name, Value=value, Type="SecureString", KeyId=self._key_id, Overwrite=True)

    def rotate(self) -> None:
        """Run the rotation's own code, a period later."""
        self._rotations += 1
        rotation = Rotation(
            store=self.ssm, current=CURRENT, previous=PREVIOUS, key_id=self._key_id, min_age=timedelta(days=15)
        )
        told = rotation.rotate(now=datetime.now(tz=UTC) + timedelta(days=30 * self._rotations))
        assert told["outcome"] == "rotated"

    def _read(self, name: str) -> str:
        value: str = self.ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
        return value


class Surroundings:
    """The two endpoints, on a loopback port: `with Surroundings(emulator.url) as around`."""

    def __init__(self, parameter_store: str) -> None:
        """Prepare them; requests for parameters go on to `parameter_store`."""
        self.parameter_store = parameter_store
        self.reads = 0
        self.credentials_read = 0
        self.failing = False
        self.answers = threading.Event()
        """While it is not set, Parameter Store does not answer."""
        self.answers.set()
        self.asked = threading.Event()
        """Whether Parameter Store was asked since this was cleared."""
        self.wrong_signatures: list[str] = []

    def __enter__(self) -> Self:
        """Listen."""
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the port."""
        self.answers.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def variables(self) -> dict[str, str]:
        """What a task gets of ECS, and where Parameter Store is here."""
        url = f"http://127.0.0.1:{self._server.server_port}"
        return {
            "AWS_REGION": REGION,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{url}/credentials",
            "AWS_ENDPOINT_URL_SSM": f"{url}/",
        }

    def check_signature(self, headers: dict[str, str], body: bytes) -> None:
        """Compare the signature of a request with that of AWS's own library."""
        given = headers["authorization"]
        names = given.partition("SignedHeaders=")[2].partition(",")[0].split(";")
        signed = {name: headers[name] for name in names}
        request = AWSRequest("POST", f"http://{headers['host']}/", headers=signed, data=body)
        request.context["timestamp"] = headers["x-amz-date"]
        signer = SigV4Auth(Credentials(ACCOUNT, SECRET_KEY, TOKEN), "ssm", REGION)
        text = signer.string_to_sign(request, signer.canonical_request(request))
        if (
            not given.endswith(f"Signature={signer.signature(text, request)}")
            or headers["x-amz-security-token"] != TOKEN
        ):
            self.wrong_signatures.append(given)


def _handler(around: Surroundings) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            around.credentials_read += 1
            expiration = (datetime.now(tz=UTC) + timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M:%SZ")
            keys = {"AccessKeyId": ACCOUNT, "SecretAccessKey": SECRET_KEY, "Token": TOKEN, "Expiration": expiration}
            self._answer(200, json.dumps(keys).encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            around.check_signature(headers, body)
            around.reads += 1
            around.asked.set()
            around.answers.wait(60)
            if around.failing:
                self._answer(400, b'{"__type": "com.amazon#ThrottlingException", "message": "Rate exceeded"}')
                return
            sent = {name: value for name, value in headers.items() if name not in {"host", "connection"}}
            request = urllib.request.Request(around.parameter_store, data=body, headers=sent)  # noqa: S310 (loopback)
            try:
                with urllib.request.urlopen(request) as answer:  # noqa: S310
                    self._answer(answer.status, answer.read())
            except urllib.error.HTTPError as error:
                self._answer(error.code, error.read())

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/x-amz-json-1.1")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            pass

    return Handler

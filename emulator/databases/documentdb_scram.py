"""The server's side of SCRAM (RFC 5802), with MongoDB's digest of a password for SCRAM-SHA-1."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Final

from emulator.databases.documentdb_errors import Code, CommandError

SHA_1: Final = "SCRAM-SHA-1"
SHA_256: Final = "SCRAM-SHA-256"

_HASHES: Final = {SHA_1: "sha1", SHA_256: "sha256"}
# MongoDB's defaults are 10000 and 15000; drivers refuse fewer than 4096.
_ITERATIONS: Final = 4096


def authentication_failed() -> CommandError:
    """Return the one refusal for an unknown user, a wrong password and a message that is not valid."""
    return CommandError(Code.AUTHENTICATION_FAILED, "Authentication failed.")


@dataclass(frozen=True, kw_only=True)
class Verifier:
    """What a server keeps of a password for one mechanism."""

    mechanism: str
    salt: bytes
    stored_key: bytes
    server_key: bytes

    @staticmethod
    def make(mechanism: str, user: str, password: str) -> Verifier:
        """Compute it with a salt of its own."""
        salt = secrets.token_bytes(16)
        prepared = password.encode()
        if mechanism == SHA_1:
            # https://github.com/mongodb/specifications/blob/master/source/auth/auth.md#scram-sha-1
            prepared = hashlib.md5(f"{user}:mongo:{password}".encode()).hexdigest().encode()  # noqa: S324
        name = _HASHES[mechanism]
        salted = hashlib.pbkdf2_hmac(name, prepared, salt, _ITERATIONS)
        client_key = hmac.digest(salted, b"Client Key", name)
        return Verifier(
            mechanism=mechanism,
            salt=salt,
            stored_key=hashlib.new(name, client_key).digest(),
            server_key=hmac.digest(salted, b"Server Key", name),
        )


class Conversation:
    """One client that signs in: first `challenge`, then `verify`."""

    def __init__(self, payload: bytes) -> None:
        _, _, self._bare = payload.decode().split(",", 2)
        fields = _fields(self._bare)
        self.user = fields["n"].replace("=2C", ",").replace("=3D", "=")
        self._nonce = fields["r"] + base64.b64encode(secrets.token_bytes(18)).decode()
        self._first = ""
        self._verifier: Verifier | None = None

    def challenge(self, verifier: Verifier) -> bytes:
        """Return the salt and the nonce."""
        self._verifier = verifier
        self._first = f"r={self._nonce},s={base64.b64encode(verifier.salt).decode()},i={_ITERATIONS}"
        return self._first.encode()

    def verify(self, payload: bytes) -> bytes:
        """Return the server's own proof, or refuse the client's."""
        verifier = self._verifier
        fields = _fields(payload.decode())
        if verifier is None or fields["r"] != self._nonce:
            raise authentication_failed()
        name = _HASHES[verifier.mechanism]
        message = f"{self._bare},{self._first},c={fields['c']},r={fields['r']}".encode()
        signature = hmac.digest(verifier.stored_key, message, name)
        proof = base64.b64decode(fields["p"])
        client_key = bytes(a ^ b for a, b in zip(proof, signature, strict=True))
        if not hmac.compare_digest(hashlib.new(name, client_key).digest(), verifier.stored_key):
            raise authentication_failed()
        return b"v=" + base64.b64encode(hmac.digest(verifier.server_key, message, name))


def _fields(text: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in text.split(","))

"""Tokens as an independent library makes them, and as none does."""

from __future__ import annotations

import base64
import hmac
import json
import time
from typing import Any, Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from tests.fixtures import fixture_environment

_SETTINGS: Final = fixture_environment("prod").services["backend"].environment
ISSUER: Final = _SETTINGS["JWT_ISSUER"]
AUDIENCE: Final = _SETTINGS["JWT_AUDIENCE"]
HEADER: Final = {"alg": "HS256", "typ": "JWT"}


def claims(**others: Any) -> dict[str, Any]:
    """The payload of a token that is valid for ten minutes."""
    now = int(time.time())
    return {"iss": ISSUER, "aud": AUDIENCE, "sub": "user-42", "iat": now, "exp": now + 600} | others


def signed(secret: str, payload: dict[str, Any] | None = None, **header: Any) -> str:
    """A token of the library."""
    key = OctKey.import_key(secret)
    return jwt.encode(HEADER | header, claims() if payload is None else payload, key)


def by_hand(header: object, payload: object, secret: bytes | str, digest: str = "sha256") -> str:
    """What no library makes: whatever header and payload, with their signature by HMAC."""
    text = f"{encoded(header)}.{encoded(payload)}"
    key = secret.encode() if isinstance(secret, str) else secret
    return f"{text}.{encoded(hmac.digest(key, text.encode(), digest))}"


def encoded(value: object) -> str:
    """A part of a token: bytes as they are, everything else as JSON."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def refused(*, current: str, previous: str) -> dict[str, tuple[str, str]]:
    """Tokens that must be refused although an attacker or a mistake made them well; and what is said of each."""
    return _forged(current) | _of_another_algorithm(current) | _with_wrong_claims(current, previous) | _damaged(current)


def _forged(current: str) -> dict[str, tuple[str, str]]:
    head, payload, signature = signed(current).split(".")
    own_key = {"kty": "oct", "k": encoded(b"own")}
    tokens = {
        "another secret": signed("x" * 64),
        "another payload": f"{head}.{encoded(claims(sub='admin'))}.{signature}",
        "the signature is cut": f"{head}.{payload}.{encoded(_decoded(signature)[:-1])}",
        "no signature": f"{head}.{payload}.",
        "an empty secret": by_hand(HEADER, claims(), b""),
        "the key is in the header": by_hand(HEADER | {"jwk": own_key}, claims(), b"own"),
        "the key is an empty file": by_hand(HEADER | {"kid": "../../dev/null"}, claims(), b""),
        "the key comes from SQL": by_hand(HEADER | {"kid": "' UNION SELECT 'own'"}, claims(), b"own"),
        "the key is elsewhere": by_hand(HEADER | {"jku": "https://evil.example/keys"}, claims(), b"own"),
        "the certificate is elsewhere": by_hand(HEADER | {"x5u": "https://evil.example/x"}, claims(), b"own"),
        # As an API would accept it that takes the algorithm from the header and one key for all.
        "the secret is a public key": by_hand(HEADER, claims(), _public_key()),
    }
    return {name: (token, "the signature is not valid") for name, token in tokens.items()}


def _of_another_algorithm(current: str) -> dict[str, tuple[str, str]]:
    _, payload, signature = signed(current).split(".")
    tokens = {
        "none": f"{encoded({'alg': 'none'})}.{encoded(claims())}.",
        "nOnE": f"{encoded({'alg': 'nOnE'})}.{payload}.{signature}",
        "none, and a signature": by_hand({"alg": "none"}, claims(), current),
        "no algorithm": by_hand({"typ": "JWT"}, claims(), current),
        "a list of algorithms": by_hand({"alg": ["HS256"]}, claims(), current),
        "HS512": by_hand({"alg": "HS512"}, claims(), current, "sha512"),
        "RS256": jwt.encode({"alg": "RS256"}, claims(), RSAKey.import_key(_private_key())),
    }
    refusals = {name: (token, "the token must be signed with HS256") for name, token in tokens.items()}
    extension = by_hand(HEADER | {"crit": ["b64"], "b64": False}, claims(), current)
    return {**refusals, "extension": (extension, "the token has critical extensions, and none is supported")}


def _with_wrong_claims(current: str, previous: str) -> dict[str, tuple[str, str]]:
    now = int(time.time())
    endless = json.dumps(claims(exp=0)).replace('"exp": 0', '"exp": 1e999').encode()
    messages = {
        "the token has expired": {
            "expired": signed(current, claims(exp=now - 60)),
            "expired, by the previous secret": signed(previous, claims(exp=now - 60)),
        },
        "the token must have an expiry": {
            "no expiry": signed(current, _without("exp")),
            "expiry as text": by_hand(HEADER, claims(exp="2999"), current),
            "expiry without an end": by_hand(HEADER, endless, current),
        },
        "the token is not valid yet": {
            "not yet": signed(current, claims(nbf=now + 600)),
            "issued tomorrow": signed(current, claims(iat=now + 86_400)),
            "start as text": by_hand(HEADER, claims(nbf="0"), current),
        },
        "the token has another issuer": {
            "another issuer": signed(current, claims(iss="https://evil.example")),
            "a list of issuers": by_hand(HEADER, claims(iss=[ISSUER]), current),
            "no issuer": signed(current, _without("iss")),
        },
        "the token is for another audience": {
            "another audience": signed(current, claims(aud="billing")),
            "other audiences": signed(current, claims(aud=["billing", "reports"])),
            "a longer audience": signed(current, claims(aud=f"{AUDIENCE}-2")),
            "no audience": signed(current, _without("aud")),
        },
        "the token has no subject": {
            "no subject": signed(current, _without("sub")),
            "subject as number": by_hand(HEADER, claims(sub=42), current),
        },
    }
    return {name: (token, message) for message, tokens in messages.items() for name, token in tokens.items()}


def _damaged(current: str) -> dict[str, tuple[str, str]]:
    good = signed(current)
    head, payload, signature = good.split(".")
    return {
        "two parts": (f"{head}.{payload}", "the token must have three parts"),
        "five parts, as if encrypted": (f"{good}.a.b", "the token must have three parts"),
        "padding": (f"{good}=", "the token's signature is not valid base64url"),
        "not base64url": (f"{head}.{payload}.{signature}!", "the token's signature is not valid base64url"),
        "header is not JSON": (by_hand(b"{", claims(), current), "the token's header is not valid JSON"),
        "header is null": (by_hand(None, claims(), current), "the token's header must be a JSON object"),
        "payload is a list": (by_hand(HEADER, [], current), "the token's payload must be a JSON object"),
        "long": (signed(current, claims(pad="x" * 9000)), "the token is longer than 8192 characters"),
    }


def _without(name: str) -> dict[str, Any]:
    return {key: value for key, value in claims().items() if key != name}


_RSA: Final = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _public_key() -> bytes:
    return _RSA.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def _private_key() -> bytes:
    return _RSA.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )

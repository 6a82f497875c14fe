"""Which tokens the API accepts, and which not, also while the secrets are rotated."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from tests.examples.tasks import BEFORE, FIRST
from tests.examples.tokens import AUDIENCE, claims, refused, signed

if TYPE_CHECKING:
    from tests.examples.sandbox import Sandbox
    from tests.examples.tasks import Secrets, Surroundings


def test_valid_tokens_are_accepted(api: Sandbox) -> None:
    now = int(time.time())
    for payload in (claims(), claims(aud=["billing", AUDIENCE]), claims(nbf=now - 5), claims(exp=now + 0.5 + 5)):
        assert api.ask("/api/me", signed(FIRST, payload))[::2] == (200, {"subject": "user-42"})
    assert api.ask("/api/me", signed(BEFORE))[::2] == (200, {"subject": "user-42"})
    # A header that names a key changes nothing, neither way.
    assert api.ask("/api/me", signed(FIRST, kid="../../dev/null", jku="https://evil.example"))[0] == 200


def test_all_others_are_refused(api: Sandbox, around: Surroundings) -> None:
    tokens = refused(current=FIRST, previous=BEFORE)
    answers = {name: api.ask("/api/me", token) for name, (token, _) in tokens.items()}
    assert {name: (status, body) for name, (status, _, body) in answers.items()} == {
        name: (401, {"error": message}) for name, (_, message) in tokens.items()
    }
    asked_for = {headers["www-authenticate"] for _, headers, _ in answers.values()}
    assert asked_for == {'Bearer error="invalid_token"'}
    assert {headers["cache-control"] for _, headers, _ in answers.values()} == {"no-store"}
    # Forged tokens caused no read each.
    assert around.reads <= 3
    assert around.credentials_read == 1
    assert api.ask("/api/me", signed(FIRST))[0] == 200
    assert '"level":"error"' not in api.log


def test_without_a_bearer_token_there_is_no_answer(api: Sandbox) -> None:
    for authorization in (None, "", "Basic dXNlcjpwYXNzd29yZA==", "Bearer", "Bearer ", "bearer a b"):
        headers = {} if authorization is None else {"authorization": authorization}
        status, received, body = api.get("/api/me", headers)
        assert (authorization, status, json.loads(body)) == (authorization, 401, {"error": "a bearer token is missing"})
        assert received["www-authenticate"] == "Bearer"


@pytest.mark.seconds(14)
def test_tokens_stay_valid_through_a_rotation(api: Sandbox, secrets: Secrets, around: Surroundings) -> None:
    old = signed(FIRST)
    assert api.ask("/api/me", old)[0] == 200
    secrets.rotate()
    assert (secrets.previous, secrets.current != FIRST) == (FIRST, True)
    # The task still has the secrets of before: a token of the new one makes it read them again.
    time.sleep(5.2)
    new = signed(secrets.current)
    assert api.ask("/api/me", new)[0] == 200
    assert api.ask("/api/me", old)[0] == 200
    # What was the previous one until now is forgotten.
    assert api.ask("/api/me", signed(BEFORE))[::2] == (401, {"error": "the signature is not valid"})

    secrets.rotate()
    time.sleep(5.2)
    assert api.ask("/api/me", signed(secrets.current))[0] == 200
    assert api.ask("/api/me", new)[0] == 200
    assert api.ask("/api/me", old)[::2] == (401, {"error": "the signature is not valid"})
    assert around.reads <= 4

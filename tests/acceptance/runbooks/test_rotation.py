"""The commands of the page on rotation reach the functions, and change what an account of the emulator stores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.acceptance.region_loss.world import HOME
from tests.acceptance.runbooks.commands import Runbook
from tests.emulator.functions import RIGHTS, make_function, sources, zip_code

if TYPE_CHECKING:
    from pathlib import Path

    from emulator import Emulator

DATABASES = ("postgres", "documentdb")
API_KEY = "/user-management/prod/api-keys/email"
JWT = tuple(f"/user-management/prod/jwt/{name}" for name in ("current", "previous"))
CODE = """
def handler(event, context):
    role = {"login": context.function_name, "due": "2026-12-26T13:00:00+00:00"}
    answer = {"got": event, "by": context.function_name, "outcome": "rotated"}
    return {**answer, "rotated": ["backend"], "roles": {"backend": role}}
"""


@pytest.fixture
def page(emulator: Emulator, account_id: str, output: Path, tmp_path: Path) -> Runbook:
    return Runbook.of(
        "rotate-secrets", output=output, emulator=emulator, account=account_id, region=HOME, folder=tmp_path
    )


def part(page: Runbook, start: str) -> str:
    """The item of the list of what to do that begins so."""
    return page.section("What to do").partition(start)[2].partition("\n- **")[0]


def function(page: Runbook, name: str, code: bytes, **settings: Any) -> None:
    """Create a function."""

    def client(service: str, **_: object) -> Any:
        return page.client(service)

    rights = (*RIGHTS, "ssm:*", "kms:*")
    make_function(client, f"user-management-prod-{name}", code, account=page.account.id, actions=rights, **settings)


def values(page: Runbook, *names: str) -> list[str]:
    """What entries of Parameter Store hold."""
    ssm = page.client("ssm")
    return [ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"] for name in names]


@pytest.mark.seconds(20)
def test_the_functions_of_the_databases_are_asked_for_their_status_and_to_rotate(page: Runbook) -> None:
    for name in DATABASES:
        function(page, f"{name}-roles", zip_code(CODE))
    said = page.run(page.section("How to tell"))
    for name in DATABASES:
        assert f'{{"got": {{"action": "status"}}, "by": "user-management-prod-{name}-roles"' in said
    said = page.run(part(page, "- **Passwords of the roles"))
    for name in DATABASES:
        assert f"{name} of prod: rotated: backend." in said
        assert f"user-management-prod-{name}-roles" in said


@pytest.mark.seconds(20)
def test_the_secret_of_tokens_is_replaced_and_exchanged_with_the_one_before(page: Runbook) -> None:
    key = page.client("kms").create_key()["KeyMetadata"]["Arn"]
    for name in JWT:
        page.client("ssm").put_parameter(Name=name, Value=name, Type="SecureString", KeyId=key)
    variables = {"CURRENT_PARAMETER": JWT[0], "PREVIOUS_PARAMETER": JWT[1], "KEY_ID": key, "MIN_AGE_HOURS": "0"}
    code = zip_code("from jwt_rotation.handler import handler\n", files=sources("jwt_rotation"))
    function(page, "jwt-rotation", code, Environment={"Variables": variables}, Timeout=60)
    said = page.run(part(page, "- **The secret that signs tokens"))
    assert "jwt/current of prod is replaced: version 2." in said
    new, before = values(page, *JWT)
    assert (before, len(new)) == (JWT[0], 64)
    undo = page.section("How to undo").replace('"bad_version": 7', '"bad_version": 2')
    page.run(undo)
    assert values(page, *JWT) == [before, new]


@pytest.mark.seconds(5)
def test_a_key_of_another_issuer_is_set(page: Runbook) -> None:
    kms = page.client("kms")
    kms.create_alias(
        AliasName="alias/user-management-prod-secrets", TargetKeyId=kms.create_key()["KeyMetadata"]["KeyId"]
    )
    page.client("ssm").put_parameter(Name=API_KEY, Value="old", Type="SecureString")
    page.checkout.variables["VALUE"] = "new of the issuer"
    page.run(part(page, f"- **`{API_KEY}`"))
    assert values(page, API_KEY) == ["new of the issuer"]

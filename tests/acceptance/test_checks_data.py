"""The checks of the layer data find what is wrong in an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from acceptance.checks.data import check_no_parameter_has_the_default_key

if TYPE_CHECKING:
    from acceptance.account import EmulatedSession
    from config.environment import Environment

PREFIX = "/user-management/dev/"


def test_a_parameter_without_the_environments_key_is_reported(
    session: EmulatedSession, account_id: str, environments: dict[str, Environment]
) -> None:
    dev = environments["dev"].model_copy(update={"account_id": account_id})
    assert list(check_no_parameter_has_the_default_key(dev, session)) == [f"there is no parameter in {PREFIX}"]
    ssm: Any = session.client("ssm")
    key = session.client("kms").create_key()["KeyMetadata"]["Arn"]
    for name, arguments in {
        "good": {"Type": "SecureString", "KeyId": key},
        "default": {"Type": "SecureString"},
        "plain": {"Type": "String"},
    }.items():
        ssm.put_parameter(Name=PREFIX + name, Value="x", **arguments)
    ssm.put_parameter(Name="/user-management/prod/other", Value="x", Type="String")
    assert sorted(check_no_parameter_has_the_default_key(dev, session)) == [
        f"{PREFIX}{name} is not encrypted with the environment's key: see `make secrets`"
        for name in ("default", "plain")
    ]

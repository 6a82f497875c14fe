"""Overwriting a parameter: what AWS keeps, resets and refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator.conftest import Client

SECRET = {"Name": "/secret", "Value": "x", "Type": "SecureString"}
TEXT = {"Name": "/text", "Value": "x", "Type": "String"}


@pytest.fixture(autouse=True)
def removed(client: Client) -> Iterator[None]:
    yield
    client("ssm").delete_parameters(Names=["/secret", "/text"])


def described(ssm: Any, name: str) -> dict[str, Any]:
    names = [{"Key": "Name", "Option": "Equals", "Values": [name]}]
    (found,) = ssm.describe_parameters(ParameterFilters=names)["Parameters"]
    return dict(found)


@pytest.mark.parametrize("typed", [{"Type": "SecureString"}, {}])
def test_a_secure_parameter_with_an_unknown_key_is_refused(client: Client, typed: dict[str, str]) -> None:
    client("ssm").put_parameter(**SECRET, KeyId="alias/aws/ssm")

    with pytest.raises(ClientError, match=r"InvalidKeyId.*Invalid keyId alias/none"):
        client("ssm").put_parameter(Name="/secret", Value="y", **typed, KeyId="alias/none", Overwrite=True)


def test_the_key_is_returned_as_it_was_sent_and_reset_where_none_is_sent(client: Client) -> None:
    ssm: Any = client("ssm")
    key = client("kms").create_key()["KeyMetadata"]
    client("kms").create_alias(AliasName="alias/written", TargetKeyId=key["KeyId"])
    ssm.put_parameter(**SECRET, KeyId=key["Arn"])
    assert described(ssm, "/secret")["KeyId"] == key["Arn"]
    ssm.put_parameter(**SECRET, KeyId="alias/written", Overwrite=True)
    assert described(ssm, "/secret")["KeyId"] == "alias/written"
    ssm.put_parameter(Name="/secret", Value="y", Overwrite=True)
    assert described(ssm, "/secret")["KeyId"] == "alias/aws/ssm"
    assert ssm.get_parameter(Name="/secret", WithDecryption=True)["Parameter"]["Value"] == "y"


def test_description_and_pattern_stay_where_none_is_sent(client: Client) -> None:
    ssm: Any = client("ssm")
    ssm.put_parameter(**TEXT, Description="Says x", AllowedPattern="^[a-z]$")
    ssm.put_parameter(**{**TEXT, "Value": "y"}, Overwrite=True)
    found = described(ssm, "/text")
    assert (found["Description"], found["AllowedPattern"], found["DataType"]) == ("Says x", "^[a-z]$", "text")
    with pytest.raises(ClientError, match=r"ParameterPatternMismatchException.*allowedPattern: \^\[a-z\]\$"):
        ssm.put_parameter(**{**TEXT, "Value": "1"}, Overwrite=True)


def test_the_type_may_change(client: Client) -> None:
    # https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ssm/parameter_test.go (updateType)
    client("ssm").put_parameter(**SECRET)
    client("ssm").put_parameter(**{**SECRET, "Type": "String"}, Overwrite=True)
    assert described(client("ssm"), "/secret")["Type"] == "String"


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ({"Value": ""}, "Value '' at 'value' failed to satisfy constraint: Member must have length greater than"),
        ({"KeyId": "alias/aws/ssm"}, "KeyId is required for SecureString type parameter only"),
        ({"Tags": [{"Key": "a", "Value": "b"}]}, "tags and overwrite can't be used together"),
        ({"Value": "x" * 4097}, "Standard tier parameters support a maximum parameter value of 4096 characters"),
        ({"Value": "x" * 8193, "Tier": "Advanced"}, "Advanced tier parameters support a maximum .* 8192 characters"),
        ({"AllowedPattern": "("}, "InvalidAllowedPatternException"),
        ({"Overwrite": False}, "ParameterAlreadyExists"),
    ],
)
def test_a_write_that_aws_refuses(client: Client, written: dict[str, Any], says: str) -> None:
    client("ssm").put_parameter(**TEXT)
    with pytest.raises(ClientError, match=says):
        client("ssm").put_parameter(**{**TEXT, "Overwrite": True, **written})
    assert described(client("ssm"), "/text")["Version"] == 1


def test_an_advanced_parameter_stays_one(client: Client) -> None:
    ssm: Any = client("ssm")
    ssm.put_parameter(**TEXT, Tier="Intelligent-Tiering")
    assert described(ssm, "/text")["Tier"] == "Standard"
    ssm.put_parameter(**{**TEXT, "Value": "x" * 5000}, Tier="Intelligent-Tiering", Overwrite=True)
    assert described(ssm, "/text")["Tier"] == "Advanced"
    with pytest.raises(ClientError, match="You can't downgrade a parameter from the advanced-parameter tier"):
        ssm.put_parameter(**TEXT, Tier="Standard", Overwrite=True)
    ssm.put_parameter(**TEXT, Overwrite=True)
    assert described(ssm, "/text")["Tier"] == "Advanced"

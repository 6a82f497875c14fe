from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest

from acceptance.account import Account
from emulator import Emulator
from runner.environment import build, require_aws
from tests.runner.test_environment import EMULATOR

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_shell_gets_the_variables_that_terraform_gets() -> None:
    with Emulator() as emulator:
        account = Account("900000000095", "eu-west-1", emulator)
        given = emulator.environment(account="900000000095", region="eu-west-1")
        assert given.items() <= account.exports().items()
        assert given.items() <= account.environ().items()
        regions = {"AWS_REGION", "AWS_DEFAULT_REGION"}  # versions 2 and 1 of the AWS CLI
        assert EMULATOR.keys() == account.exports().keys() - regions - {"CHECKPOINT_DISABLE"}
        assert {account.exports()[name] for name in regions} == {"eu-west-1"}


@pytest.mark.parametrize("spelled", [str.upper, str.lower])
def test_a_shell_behind_a_proxy_reaches_the_emulator_too(
    monkeypatch: pytest.MonkeyPatch, spelled: Callable[[str], str]
) -> None:
    """As the AWS CLI does it, with the SDK's own reading of the variables."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(spelled(name), "http://127.0.0.1:9")
    monkeypatch.setenv(spelled("no_proxy"), "internal.example.com")
    with Emulator() as emulator:
        for name, value in Account("900000000095", "eu-west-1", emulator).exports().items():
            monkeypatch.setenv(name, value)
        client = boto3.session.Session().client("sts", endpoint_url=emulator.url)
        assert client.get_caller_identity()["Account"] == "900000000095"
        assert client.meta.region_name == "eu-west-1"


def test_terraform_in_that_shell_calls_the_emulator_and_nothing_else() -> None:
    with Emulator() as emulator:
        exports = Account("900000000095", "eu-west-1", emulator).exports()
        require_aws(exports)
        assert build(exports)["AWS_ENDPOINT_URL"] == emulator.url


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy"])
@pytest.mark.parametrize(
    ("service", "call"),
    [("s3", "list_buckets"), ("sts", "get_caller_identity")],
)
def test_no_proxy_of_the_shell_stands_before_the_emulator(
    monkeypatch: pytest.MonkeyPatch, name: str, service: str, call: str
) -> None:
    monkeypatch.setenv(name, "http://127.0.0.1:9")
    for other in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(other, raising=False)
    with Emulator() as emulator:
        account = Account("900000000095", "eu-west-1", emulator)
        client = account.session().client(service)
        answer = getattr(client, call)()
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert {account.environ()[key] for key in account.environ() if key.upper() == "HTTP_PROXY"} == {emulator.url}
    assert account.environ()["NO_PROXY"] == "127.0.0.1,localhost"

"""The region that serves: a parameter decides, one call changes it, and any other text publishes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from lambdas.serving_region.handler import UnknownRegionError, handler
from tests.lambdas.aws_stub import Aws

if TYPE_CHECKING:
    from collections.abc import Mapping

HOME, SECOND = "us-east-1", "us-west-2"
NAME = "/app/prod/recovery/serving-region"


class Account(Aws):
    """The parameter, and the metric."""

    def __init__(self) -> None:
        super().__init__()
        self.value = "unset"
        self.answer("ssm.get_parameter", lambda **_: {"Parameter": {"Value": self.value}})
        self.answer("ssm.put_parameter", self._put)
        self.answer("cloudwatch.put_metric_data", lambda **_: {})

    def _put(self, *, Value: str, **_: Any) -> dict[str, Any]:  # noqa: N803 (AWS's names)
        self.value = Value
        return {}

    def run(self, event: Mapping[str, str]) -> dict[str, Any]:
        return handler(event, None, client=self.client)

    @property
    def published(self) -> list[float]:
        return [call["MetricData"][0]["Value"] for call in self.called("cloudwatch.put_metric_data")]


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    for name, value in {
        "PARAMETER": NAME,
        "KEY_ID": "key",
        "NAMESPACE": "app-prod/traffic",
        "METRIC": "ServingRegion",
        "HOME_REGION": HOME,
        "SECOND_REGION": SECOND,
    }.items():
        monkeypatch.setenv(name, value)
    return Account()


@pytest.mark.parametrize(("value", "published"), [("unset", 0), (HOME, 0), (SECOND, 1)])
def test_each_run_publishes_what_the_parameter_says(account: Account, value: str, published: int) -> None:
    account.value = value
    told = account.run({})
    assert account.published == [published]
    assert told["serves"] == (SECOND if published else HOME)
    (call,) = account.called("cloudwatch.put_metric_data")
    assert (call["Namespace"], call["MetricData"][0]["MetricName"]) == ("app-prod/traffic", "ServingRegion")


def test_a_call_switches_at_once_and_for_good(account: Account) -> None:
    assert account.run({"serve": SECOND}) == {"serves": SECOND, "before": HOME}
    account.run({})
    assert account.run({"serve": HOME}) == {"serves": HOME, "before": SECOND}
    assert account.published == [1, 1, 0]


def test_the_value_is_written_with_its_key_and_only_if_it_is_another_one(account: Account) -> None:
    account.run({"serve": SECOND})
    account.run({"serve": SECOND})
    (call,) = account.called("ssm.put_parameter")
    assert (call["Name"], call["KeyId"], call["Type"], call["Overwrite"]) == (NAME, "key", "SecureString", True)


@pytest.mark.parametrize("region", ["eu-west-1", "", "unset", "US-WEST-2"])
def test_a_region_that_the_environment_does_not_have_is_refused(account: Account, region: str) -> None:
    with pytest.raises(UnknownRegionError, match=f'^"{region}" in the event must be {HOME} or {SECOND}$'):
        account.run({"serve": region})
    assert (account.value, account.published) == ("unset", [])


def test_a_parameter_with_another_text_publishes_nothing(account: Account) -> None:
    account.value = "west"
    with pytest.raises(UnknownRegionError, match=f'^"west" in {NAME} must be '):
        account.run({})
    assert account.published == []

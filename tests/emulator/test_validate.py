"""Requests are validated against botocore's shapes, with AWS's messages."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.errors import AwsError
from emulator.protocol import service_model
from emulator.validate import check

TARGET = {"Id": "sns", "Arn": "arn:aws:sns:us-east-1:123456789012:alerts"}
ALARM: dict[str, Any] = {"AlarmName": "cpu", "EvaluationPeriods": 1, "ComparisonOperator": "LessThanThreshold"}


def refused(service: str, operation: str, params: dict[str, Any]) -> AwsError:
    with pytest.raises(AwsError) as error:
        check(service, params, service_model(service).operation_model(operation).input_shape)
    return error.value


@pytest.mark.parametrize(
    ("member", "value", "problem"),
    [
        ("AlarmDescription", "a" * 1025, "Member must have length less than or equal to 1024"),
        ("AlarmActions", ["arn"] * 6, "Member must have length less than or equal to 5"),
        ("EvaluationInterval", 7200, "Member must have value less than or equal to 3600"),
    ],
)
def test_a_value_over_its_maximum_is_refused(member: str, value: Any, problem: str) -> None:
    error = refused("cloudwatch", "PutMetricAlarm", {**ALARM, member: value})

    assert error.message.startswith("1 validation error detected: Value ")
    assert error.message.endswith(f"at '{member}' failed to satisfy constraint: {problem}")


@pytest.mark.parametrize(
    ("paths", "place", "most"),
    [
        ({f"key-{number}": "$.detail" for number in range(101)}, "InputPathsMap", 100),
        ({"key": "$" * 257}, "InputPathsMap.value", 256),
    ],
)
def test_nested_values_are_validated_too(paths: dict[str, str], place: str, most: int) -> None:
    target = {**TARGET, "InputTransformer": {"InputTemplate": "{}", "InputPathsMap": paths}}
    error = refused("events", "PutTargets", {"Rule": "rule", "Targets": [target]})

    assert f"'Targets.1.member.InputTransformer.{place}'" in error.message
    assert error.message.endswith(f"Member must have length less than or equal to {most}")


def test_each_service_has_its_own_code_for_an_invalid_request() -> None:
    assert refused("cloudwatch", "PutMetricAlarm", {**ALARM, "ComparisonOperator": "Above"}).code == "ValidationError"
    assert refused("events", "PutTargets", {"Rule": "rule"}).code == "ValidationException"


def test_values_within_the_limits_are_accepted() -> None:
    shape = service_model("cloudwatch").operation_model("PutMetricAlarm").input_shape

    check("cloudwatch", {**ALARM, "AlarmDescription": "a" * 1024, "AlarmActions": ["arn"] * 5}, shape)

"""What DescribeAlarms is asked for: moto takes one of its filters, and AWS all of them."""

from __future__ import annotations

from typing import Any, Final

from moto.cloudwatch.responses import CloudWatchResponse

from emulator.registry import patch

_KINDS: Final = ("MetricAlarms", "CompositeAlarms")


@patch(CloudWatchResponse, "describe_alarms")
def keep_those_in_state(original: Any, response: Any) -> Any:
    """Leave out alarms in other states, also where names are given.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
    """
    answer = original(response)
    wanted = response._get_param("StateValue")  # noqa: SLF001
    if wanted:
        for kind in _KINDS:
            answer.result[kind] = [alarm for alarm in answer.result[kind] if alarm.state_value == wanted]
    return answer

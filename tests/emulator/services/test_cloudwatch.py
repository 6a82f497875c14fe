from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


def test_a_composite_alarm_is_kept(client: Client) -> None:
    cloudwatch = client("cloudwatch")
    cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule="ALARM(a) AND ALARM(b)")

    found = cloudwatch.describe_alarms(AlarmNames=["both"], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert found[0]["AlarmRule"] == "ALARM(a) AND ALARM(b)"

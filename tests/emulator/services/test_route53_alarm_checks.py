"""Route 53's checks of alarms: their data decide, not their state, and two checks of one alarm are never both open."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from emulator.outages import state
from emulator.services.route53_health_status import is_healthy

if TYPE_CHECKING:
    from emulator import Emulator
    from tests.emulator.conftest import Client

ACCOUNT = "700000000307"
HOME, AWAY = "us-east-1", "us-west-2"


pytestmark = pytest.mark.usefixtures("_all_regions_answer")


class Switch:
    """A metric with an alarm on it in the second region, and health checks of that."""

    def __init__(self, client: Client, name: str) -> None:
        self.name = name
        self.route53 = client("route53", account=ACCOUNT)
        self.watch = client("cloudwatch", account=ACCOUNT, region=AWAY)
        self._number = 0

    def alarm(self, **changes: Any) -> None:
        self.watch.put_metric_alarm(
            **{
                "AlarmName": self.name,
                "Namespace": "App",
                "MetricName": self.name,
                "Statistic": "Maximum",
                "Period": 60,
                "EvaluationPeriods": 1,
                "Threshold": 1,
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                **changes,
            }
        )

    def publish(self, value: float, *, minutes_ago: int = 0, **changes: Any) -> None:
        time = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=minutes_ago)
        datum = {"MetricName": self.name, "Value": value, "Timestamp": time, **changes}
        self.watch.put_metric_data(Namespace="App", MetricData=[datum])

    def check(self, **config: Any) -> str:
        self._number += 1
        made = self.route53.create_health_check(
            CallerReference=f"{self.name}-{self._number}",
            HealthCheckConfig={
                "Type": "CLOUDWATCH_METRIC",
                "AlarmIdentifier": {"Region": AWAY, "Name": self.name},
                **config,
            },
        )
        return str(made["HealthCheck"]["Id"])

    def healthy(self, *checks: str) -> tuple[bool, ...]:
        """As records see them: the API is in us-east-1 only, and may be lost."""
        return tuple(is_healthy(check) for check in checks)


@pytest.fixture
def switch(client: Client, request: pytest.FixtureRequest) -> Switch:
    return Switch(client, hashlib.sha256(request.node.name.encode()).hexdigest()[:16])


def test_the_data_decide_and_not_the_state_that_a_person_sets(switch: Switch) -> None:
    switch.alarm()
    check = switch.check(InsufficientDataHealthStatus="Unhealthy")
    assert switch.healthy(check) == (False,)
    switch.publish(0)
    switch.watch.set_alarm_state(AlarmName=switch.name, StateValue="ALARM", StateReason="test")
    assert switch.healthy(check) == (True,)
    switch.publish(1)
    switch.watch.set_alarm_state(AlarmName=switch.name, StateValue="OK", StateReason="test")
    assert switch.healthy(check) == (False,)


def test_only_values_of_exactly_its_dimensions_count(switch: Switch) -> None:
    switch.alarm()
    check = switch.check()
    switch.publish(1, Dimensions=[{"Name": "Store", "Value": "other"}])
    assert switch.healthy(check) == (True,)
    switch.publish(1)
    assert switch.healthy(check) == (False,)


def test_an_aggregate_counts_by_its_statistic(switch: Switch) -> None:
    switch.alarm()
    check = switch.check()
    numbers = {"SampleCount": 2, "Sum": 1, "Minimum": 0, "Maximum": 1}
    datum = {"MetricName": switch.name, "StatisticValues": numbers}
    switch.watch.put_metric_data(Namespace="App", MetricData=[datum])
    assert switch.healthy(check) == (False,)


def test_as_many_values_must_breach_as_the_alarm_says(switch: Switch) -> None:
    switch.alarm(EvaluationPeriods=3, DatapointsToAlarm=2)
    check = switch.check()
    seen: list[bool] = []
    for value in (0, 1, 1):
        switch.publish(value)
        seen += switch.healthy(check)
    assert seen == [True, True, False]


@pytest.mark.parametrize(("value", "known"), [(0, True), (1, False)])
def test_old_data_are_not_enough_and_the_last_status_stays(switch: Switch, value: int, known: bool) -> None:  # noqa: FBT001
    switch.alarm()
    switch.publish(value, minutes_ago=10)
    last, healthy, unhealthy = (
        switch.check(InsufficientDataHealthStatus=status) for status in ("LastKnownStatus", "Healthy", "Unhealthy")
    )
    assert switch.healthy(last, healthy, unhealthy) == (known, True, False)


@pytest.mark.parametrize(
    ("treatment", "expected"), [("breaching", False), ("notBreaching", True), ("missing", False), ("ignore", False)]
)
def test_a_missing_value_counts_as_the_alarm_says(switch: Switch, treatment: str, expected: bool) -> None:  # noqa: FBT001
    switch.alarm(TreatMissingData=treatment)
    assert switch.healthy(switch.check(InsufficientDataHealthStatus="Unhealthy")) == (expected,)


def test_a_check_survives_the_region_of_its_alarm_with_what_it_knew(switch: Switch) -> None:
    switch.alarm()
    home, second = switch.check(), switch.check(Inverted=True)
    switch.publish(1)
    state.lose(AWAY)
    assert switch.healthy(home, second) == (False, True)
    assert switch.healthy(switch.check(InsufficientDataHealthStatus="Unhealthy")) == (False,)


@pytest.mark.parametrize("values", [(), (0,), (1,), (0, 1), (1, 0)])
@pytest.mark.parametrize("minutes_ago", [0, 600])
@pytest.mark.parametrize("lost", [None, HOME, AWAY])
def test_of_a_check_and_its_inversion_one_is_healthy_whatever_happens(
    switch: Switch, values: tuple[int, ...], minutes_ago: int, lost: str | None
) -> None:
    switch.alarm()
    home, second = switch.check(), switch.check(Inverted=True)
    for value in values:
        switch.publish(value, minutes_ago=minutes_ago)
    if lost:
        state.lose(lost)
    expected = not values or values[-1] == 0
    assert switch.healthy(home, second) == (expected, not expected)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"Period": 10}, "uses a high-resolution metric"),
        ({"Statistic": None, "ExtendedStatistic": "p95"}, "uses an extended statistic"),
        (
            {
                **dict.fromkeys(("Namespace", "MetricName", "Statistic", "Period")),
                "Metrics": [
                    {"Id": "sum", "Expression": "one + 1", "ReturnData": True},
                    {
                        "Id": "one",
                        "ReturnData": False,
                        "MetricStat": {
                            "Metric": {"Namespace": "App", "MetricName": "One"},
                            "Period": 60,
                            "Stat": "Sum",
                        },
                    },
                ],
            },
            "uses metric math",
        ),
    ],
)
def test_an_alarm_that_route_53_does_not_monitor_is_refused(
    switch: Switch, changes: dict[str, Any], message: str
) -> None:
    base = {
        "AlarmName": switch.name,
        "Namespace": "App",
        "MetricName": "One",
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        **changes,
    }
    switch.watch.put_metric_alarm(**{name: value for name, value in base.items() if value is not None})
    with pytest.raises(ClientError, match=rf"InvalidInput.*{message}"):
        switch.check()


def test_an_alarm_that_is_not_there_and_a_type_without_one_are_refused(switch: Switch) -> None:
    with pytest.raises(ClientError, match=r"InvalidInput.*in us-west-2 does not exist"):
        switch.check()
    switch.alarm()
    with pytest.raises(ClientError, match=r"Basic health checks must not have an metric region"):
        switch.check(Type="HTTPS", FullyQualifiedDomainName="www.example.com", Port=443)
    check = switch.check()
    with pytest.raises(ClientError, match=r"The alarm gone in us-west-2 does not exist"):
        switch.route53.update_health_check(HealthCheckId=check, AlarmIdentifier={"Region": AWAY, "Name": "gone"})


def test_one_region_answers_for_a_name_before_and_after_the_switch_and_a_loss(
    switch: Switch, emulator: Emulator
) -> None:
    switch.alarm()
    name = "www.switched.example"
    zone = switch.route53.create_hosted_zone(Name="switched.example", CallerReference=name)["HostedZone"]["Id"]
    checks = {HOME: switch.check(), AWAY: switch.check(Inverted=True)}
    changes = [
        {
            "Action": "CREATE",
            "ResourceRecordSet": {
                "Name": name,
                "Type": "A",
                "TTL": 60,
                "ResourceRecords": [{"Value": value}],
                "SetIdentifier": region,
                "Region": region,
                "HealthCheckId": checks[region],
            },
        }
        for region, value in ((HOME, "192.0.2.1"), (AWAY, "192.0.2.2"))
    ]
    switch.route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    assert emulator.resolve(name, "A") == {"192.0.2.1"}
    state.lose(HOME)  # by itself it switches nothing
    assert emulator.resolve(name, "A") == {"192.0.2.1"}
    switch.publish(1)
    assert emulator.resolve(name, "A") == {"192.0.2.2"}
    state.give_back(HOME)
    state.lose(AWAY)
    assert emulator.resolve(name, "A") == {"192.0.2.2"}
    state.give_back(AWAY)
    switch.publish(0)
    assert emulator.resolve(name, "A") == {"192.0.2.1"}

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

SITE = {"Type": "HTTPS", "FullyQualifiedDomainName": "www.example.com"}
ALARM = {"Type": "CLOUDWATCH_METRIC", "AlarmIdentifier": {"Region": "us-east-1", "Name": "down"}}


@pytest.fixture(autouse=True, scope="module")
def _alarm(client: Client) -> None:
    client("cloudwatch").put_metric_alarm(
        AlarmName="down",
        Namespace="App",
        MetricName="Errors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )


def create(client: Client, config: Any) -> Any:
    made = client("route53", checked=False).create_health_check(CallerReference="check", HealthCheckConfig=config)[
        "HealthCheck"
    ]
    client("route53").delete_health_check(HealthCheckId=made["Id"])
    return made["HealthCheckConfig"]


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({**SITE, "RequestInterval": 20}, r"RequestInterval must be 10 or 30 seconds"),
        ({**SITE, "FailureThreshold": 11}, r"Value '11' at .*FailureThreshold.*less than or equal to 10"),
        ({**SITE, "Type": "HTTP3"}, r"Value 'HTTP3' at .*enum value set"),
        ({**SITE, "Regions": ["us-east-1"]}, r"Regions.*length greater than or equal to 3"),
        ({"Type": "HTTPS"}, r"HTTPS must have an IPAddress or a FullyQualifiedDomainName"),
        ({**SITE, "Type": "TCP"}, r"TCP health check must have a Port"),
        ({**SITE, "Type": "TCP", "Port": 443, "IPAddress": "8.8.8.8"}, r"must not have a fully qualified domain name"),
        ({**SITE, "SearchString": "ok"}, r"HTTPS must not have a SearchString"),
        ({**SITE, "Type": "HTTPS_STR_MATCH"}, r"HTTPS_STR_MATCH must have a SearchString"),
        ({**SITE, "IPAddress": "10.0.0.1"}, r"10.0.0.1 must be a public one"),
        ({**SITE, "IPAddress": "web"}, r"web must be a public one"),
        ({**ALARM, "Port": 443}, r"CLOUDWATCH_METRIC must not have a Port"),
        ({"Type": "CLOUDWATCH_METRIC"}, r"must have an AlarmIdentifier"),
    ],
)
def test_a_health_check_against_its_type_is_refused(client: Client, config: Any, message: str) -> None:
    with pytest.raises(ClientError, match=f"InvalidInput.*{message}"):
        create(client, config)


@pytest.mark.parametrize(
    "config",
    [
        {**SITE, "RequestInterval": 10, "FailureThreshold": 10, "Regions": ["us-east-1", "us-west-1", "us-west-2"]},
        {**SITE, "Type": "HTTPS_STR_MATCH", "SearchString": "ok"},
        {"Type": "TCP", "Port": 443, "IPAddress": "8.8.8.8"},
        ALARM,
        {"Type": "CALCULATED", "HealthThreshold": 0, "ChildHealthChecks": []},
    ],
)
def test_a_health_check_that_fits_its_type_is_accepted(client: Client, config: Any) -> None:
    assert create(client, config)["Type"] == config["Type"]

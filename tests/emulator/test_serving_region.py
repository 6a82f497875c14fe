"""The switch with its own function: one call leads CloudFront to the load balancer of the other region."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from emulator.outages import state
from emulator.releases import domains
from emulator.releases.listeners import LISTENERS
from tests.emulator.edge import make_distribution
from tests.emulator.functions import make_role, zip_code
from tests.emulator.https import ask
from tests.emulator.network import make_subnets

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

ACCOUNT = "700000000332"
HOME, AWAY = "us-east-1", "us-west-2"
CODE = Path(__file__).parents[2] / "lambdas" / "serving_region"
SITE, ORIGIN = "www.served.example", "origin.served.example"
ALARM, PARAMETER = "serving", "/app/prod/recovery/serving-region"


@pytest.fixture(scope="module")
def _platform(client: Client) -> None:
    """The switch in the second region, and CloudFront before a load balancer in each."""
    client("ssm", account=ACCOUNT, region=AWAY).put_parameter(Name=PARAMETER, Value="unset", Type="SecureString")
    variables = {
        "PARAMETER": PARAMETER,
        "KEY_ID": "alias/aws/ssm",
        "NAMESPACE": "app-prod/traffic",
        "METRIC": "ServingRegion",
        "HOME_REGION": HOME,
        "SECOND_REGION": AWAY,
    }
    files = {f"serving_region/{one.name}": one.read_text() for one in CODE.glob("*.py")}
    client("lambda", account=ACCOUNT, region=AWAY).create_function(
        FunctionName="serving",
        Runtime="python3.13",
        Handler="serving_region.handler.handler",
        Role=make_role(client, "serving", account=ACCOUNT),
        Code={"ZipFile": zip_code("", files=files)},
        Timeout=60,
        Environment={"Variables": variables},
    )
    client("cloudwatch", account=ACCOUNT, region=AWAY).put_metric_alarm(
        AlarmName=ALARM,
        Namespace="app-prod/traffic",
        MetricName="ServingRegion",
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="missing",
    )
    route53 = client("route53", account=ACCOUNT)
    zone = route53.create_hosted_zone(Name="served.example", CallerReference="served")["HostedZone"]["Id"]
    distribution, _ = make_distribution(client, "served", account=ACCOUNT, origin={"DomainName": ORIGIN})
    domain_name = client("cloudfront", account=ACCOUNT).get_distribution(Id=distribution)["Distribution"]["DomainName"]
    site = {
        "Name": SITE,
        "Type": "A",
        "AliasTarget": {
            "DNSName": domain_name,
            "HostedZoneId": "Z2FDTNDATAQYW2",
            "EvaluateTargetHealth": False,
        },
    }
    records = [site, *(origin_record(client, region) for region in (HOME, AWAY))]
    changes = [{"Action": "CREATE", "ResourceRecordSet": record} for record in records]
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})


def origin_record(client: Client, region: str) -> dict[str, Any]:
    """The record of a region, with its load balancer, which says where it is, and its check."""
    check = client("route53", account=ACCOUNT).create_health_check(
        CallerReference=f"serving-{region}",
        HealthCheckConfig={
            "Type": "CLOUDWATCH_METRIC",
            "AlarmIdentifier": {"Region": AWAY, "Name": ALARM},
            "InsufficientDataHealthStatus": "LastKnownStatus",
            "Inverted": region == AWAY,
        },
    )
    subnets = make_subnets(client, f"{region}a", f"{region}b", account=ACCOUNT, region=region)
    elb = client("elbv2", account=ACCOUNT, region=region)
    balancer = elb.create_load_balancer(Name="web", Subnets=subnets)["LoadBalancers"][0]
    certificate = client("acm", account=ACCOUNT, region=region).request_certificate(DomainName=SITE)
    fixed = {"StatusCode": "200", "ContentType": "text/plain", "MessageBody": region}
    elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": certificate["CertificateArn"]}],
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": fixed}],
    )
    return {
        "Name": ORIGIN,
        "Type": "A",
        "SetIdentifier": region,
        "Region": region,
        "HealthCheckId": check["HealthCheck"]["Id"],
        "AliasTarget": {
            "DNSName": balancer["DNSName"],
            "HostedZoneId": balancer["CanonicalHostedZoneId"],
            "EvaluateTargetHealth": False,
        },
    }


def serve(client: Client, event: dict[str, str]) -> Any:
    """Call the function, as the schedule and the runbook do."""
    called = client("lambda", account=ACCOUNT, region=AWAY).invoke(FunctionName="serving", Payload=json.dumps(event))
    return json.load(called["Payload"])


def answer() -> tuple[int, str]:
    """What a user gets at the site."""
    domain = domains.find(ACCOUNT, SITE, 443)
    assert domain
    return ask(LISTENERS.port(domain.listener, name=SITE), "/", host_name=SITE)


@pytest.mark.usefixtures("_platform", "_all_regions_answer")
def test_users_are_answered_by_the_region_that_one_call_names_through_an_outage(client: Client) -> None:
    assert serve(client, {}) == {"serves": HOME, "before": HOME}
    assert answer() == (200, HOME)
    state.lose(HOME)
    assert answer()[0] == 504  # nobody has decided yet
    assert serve(client, {"serve": AWAY}) == {"serves": AWAY, "before": HOME}
    assert answer() == (200, AWAY)
    assert serve(client, {}) == {"serves": AWAY, "before": AWAY}  # the schedule goes on with it

    state.give_back(HOME)
    assert answer() == (200, AWAY)  # by itself nothing goes back
    assert serve(client, {"serve": HOME}) == {"serves": HOME, "before": AWAY}
    assert answer() == (200, HOME)
    state.lose(AWAY)
    assert answer() == (200, HOME)


@pytest.mark.usefixtures("_platform")
def test_another_region_is_refused_and_switches_nothing(client: Client) -> None:
    before = answer()
    assert "must be us-east-1 or us-west-2" in serve(client, {"serve": "eu-west-1"})["errorMessage"]
    assert answer() == before

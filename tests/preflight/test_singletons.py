from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from preflight import singletons
from preflight.line import Line, Status
from tests.preflight.samples import OWN_TAGS, own_tags, platform

if TYPE_CHECKING:
    from collections.abc import Callable

    from preflight.platform import Platform
    from tests.preflight.conftest import Place

CONFIG_ROLE = {"aws_iam_service_linked_role.config": {"aws_service_name": "config.amazonaws.com"}}
RECORDER = {"aws_config_configuration_recorder.r": {"name": "own"}}
CHANNEL = {"aws_config_delivery_channel.c": {"name": "own"}}
DETECTOR: dict[str, dict[str, Any]] = {"aws_guardduty_detector.d": {}}
ANALYZER = {"aws_accessanalyzer_analyzer.a": {"analyzer_name": "own", "type": "ACCOUNT"}}
MONITOR = {"aws_ce_anomaly_monitor.m": {"name": "own"}}
PROVIDER = {"aws_iam_openid_connect_provider.p": {"url": "https://token.actions.githubusercontent.com"}}
THUMBPRINT = "0" * 40


def lines(place: Place, *resources: dict[str, dict[str, Any]], subject: str) -> list[Line]:
    found = place.run(singletons.checks(platform(merged(*resources), account=place.id), place.account))
    return [line for line in found if line.subject.startswith(subject)]


def merged(*resources: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {address: arguments for one in resources for address, arguments in one.items()}


def trusting(place: Place) -> dict[str, dict[str, Any]]:
    arn = f"arn:aws:iam::{place.id}:oidc-provider/token.actions.githubusercontent.com"
    return {"aws_iam_role.r": {"assume_role_policy": json.dumps({"Principal": {"Federated": arn}})}}


def record(place: Place, name: str) -> None:
    config = place.client("config")
    config.put_configuration_recorder(ConfigurationRecorder={"name": name, "roleARN": "arn:aws:iam::1:role/r"})
    place.client("s3").create_bucket(Bucket=f"config-{place.id}")
    config.put_delivery_channel(DeliveryChannel={"name": name, "s3BucketName": f"config-{place.id}"})


@pytest.mark.parametrize(
    ("resources", "subject"),
    [
        (RECORDER, "AWS Config recorder"),
        (CHANNEL, "AWS Config delivery channel"),
        (DETECTOR, "GuardDuty detector"),
        (ANALYZER, "account analyzer"),
        (MONITOR, "anomaly monitor"),
        (RECORDER | CONFIG_ROLE, "AWSServiceRoleForConfig"),
        (PROVIDER, "GitHub's identity provider"),
    ],
)
def test_in_a_new_account_there_is_none(place: Place, resources: dict[str, Any], subject: str) -> None:
    (line,) = lines(place, resources, subject=subject)

    assert (line.status, line.found) == (Status.OK, "there is none")


@pytest.mark.parametrize(
    ("resources", "subject"), [(RECORDER, "AWS Config recorder"), (CHANNEL, "AWS Config delivery channel")]
)
def test_a_recorder_of_others_is_a_problem(place: Place, resources: dict[str, Any], subject: str) -> None:
    record(place, "default")

    (line,) = lines(place, resources, subject=subject)

    assert (line.status, line.found) == (Status.PROBLEM, "default exists, and AWS allows one")
    assert "leave [security.config_recorder] out of environments/test.toml" in line.fix


def test_a_recorder_that_a_service_made_for_itself_does_not_count(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Config:
        @staticmethod
        def describe_configuration_recorders() -> dict[str, list[dict[str, str]]]:
            return {"ConfigurationRecorders": [{"name": "of-a-service", "servicePrincipal": "x.amazonaws.com"}]}

    monkeypatch.setattr(place.account, "client", lambda *_: Config())

    (line,) = lines(place, RECORDER, subject="AWS Config recorder")

    assert (line.status, line.found) == (Status.OK, "there is none")


@pytest.mark.parametrize(
    ("resources", "subject"), [(RECORDER, "AWS Config recorder"), (CHANNEL, "AWS Config delivery channel")]
)
def test_the_environments_own_recorder_is_ok(place: Place, resources: dict[str, Any], subject: str) -> None:
    record(place, "own")

    (line,) = lines(place, resources, subject=subject)

    assert (line.status, line.found) == (Status.OK, "this environment's")


def test_a_recorder_that_nothing_creates_is_not_looked_for(place: Place, deny: Callable[..., None]) -> None:
    deny("config:*", "guardduty:*", "accessanalyzer:*", "iam:*")

    assert place.run(singletons.checks(platform({}), place.account)) == []


@pytest.mark.parametrize(
    ("tags", "status"), [({}, Status.PROBLEM), ({"Project": "acme"}, Status.PROBLEM), (OWN_TAGS, Status.OK)]
)
def test_a_detector_of_others_is_a_problem(place: Place, tags: dict[str, str], status: Status) -> None:
    place.client("guardduty").create_detector(Enable=True, Tags=tags)

    (line,) = lines(place, DETECTOR, subject="GuardDuty")

    assert line.status is status
    assert ("leave [security.threat_detection] out" in line.fix) == (status is Status.PROBLEM)


@pytest.mark.parametrize(("name", "status"), [("other", Status.PROBLEM), ("own", Status.OK)])
def test_an_analyzer_of_others_is_a_problem(place: Place, name: str, status: Status) -> None:
    place.client("accessanalyzer").create_analyzer(analyzerName=name, type="ACCOUNT")

    (line,) = lines(place, ANALYZER, subject="account analyzer")

    assert line.status is status
    assert ("access_analyzer = false" in line.fix) == (status is Status.PROBLEM)


@pytest.mark.parametrize(("name", "status"), [("Default-Services-Monitor", Status.PROBLEM), ("own", Status.OK)])
def test_a_monitor_of_others_is_a_problem(place: Place, name: str, status: Status) -> None:
    monitor = {"MonitorName": name, "MonitorType": "DIMENSIONAL", "MonitorDimension": "SERVICE"}
    arn = place.client("ce").create_anomaly_monitor(AnomalyMonitor=monitor)["MonitorArn"]

    (line,) = lines(place, MONITOR, subject="anomaly monitor")

    assert line.status is status
    assert (f'monitor_arn = "{arn}"' in line.fix) == (status is Status.PROBLEM)


def test_a_monitor_of_accounts_does_not_count(place: Place) -> None:
    monitor = {"MonitorName": "accounts", "MonitorType": "DIMENSIONAL", "MonitorDimension": "LINKED_ACCOUNT"}
    place.client("ce").create_anomaly_monitor(AnomalyMonitor=monitor)

    (line,) = lines(place, MONITOR, subject="anomaly monitor")

    assert (line.status, line.found) == (Status.OK, "there is none")


def test_a_service_role_that_exists_is_a_problem(place: Place) -> None:
    place.client("iam").create_service_linked_role(AWSServiceName="config.amazonaws.com")

    (line,) = lines(place, RECORDER, CONFIG_ROLE, subject="AWSServiceRoleForConfig")

    assert line.status is Status.PROBLEM
    assert line.fix == "Set create_service_role = false in environments/test.toml, [security.config_recorder]."


def test_the_environments_own_service_role_is_ok(place: Place) -> None:
    iam = place.client("iam")
    name = iam.create_service_linked_role(AWSServiceName="config.amazonaws.com")["Role"]["RoleName"]
    iam.tag_role(RoleName=name, Tags=own_tags())

    (line,) = lines(place, RECORDER, CONFIG_ROLE, subject="AWSServiceRoleForConfig")

    assert (line.status, line.found) == (Status.OK, "this environment's")


def test_a_service_role_that_is_expected_and_missing_is_a_problem(place: Place) -> None:
    (line,) = lines(place, RECORDER, subject="AWSServiceRoleForConfig")

    assert line.status is Status.PROBLEM
    assert "create_service_role = true" in line.fix


def test_a_service_role_that_is_expected_and_there_is_ok(place: Place) -> None:
    place.client("iam").create_service_linked_role(AWSServiceName="config.amazonaws.com")

    (line,) = lines(place, RECORDER, subject="AWSServiceRoleForConfig")

    assert (line.status, line.found) == (Status.OK, "exists, as expected")


@pytest.mark.parametrize(("tags", "status"), [([], Status.PROBLEM), (own_tags(), Status.OK)])
def test_an_identity_provider_of_others_is_a_problem(place: Place, tags: list[Any], status: Status) -> None:
    url = "https://token.actions.githubusercontent.com"
    place.client("iam").create_open_id_connect_provider(Url=url, ThumbprintList=[THUMBPRINT], Tags=tags)

    (line,) = lines(place, PROVIDER, trusting(place), subject="GitHub")

    assert line.status is status
    assert ("create_provider = false" in line.fix) == (status is Status.PROBLEM)


def test_an_identity_provider_that_is_expected_and_missing_is_a_problem(place: Place) -> None:
    (line,) = lines(place, trusting(place), subject="GitHub")

    assert (line.status, line.found) == (Status.PROBLEM, "does not exist, and nothing creates it")
    assert "create_provider = true" in line.fix


@pytest.mark.parametrize(
    ("resources", "operation", "permission"),
    [
        (RECORDER, "config:DescribeConfigurationRecorders", "config:DescribeConfigurationRecorders"),
        (CHANNEL, "config:DescribeDeliveryChannels", "config:DescribeDeliveryChannels"),
        (DETECTOR, "guardduty:ListDetectors", "guardduty:ListDetectors"),
        (ANALYZER, "accessanalyzer:ListAnalyzers", "access-analyzer:ListAnalyzers"),
        (MONITOR, "ce:GetAnomalyMonitors", "ce:GetAnomalyMonitors"),
        (RECORDER | CONFIG_ROLE, "iam:GetRole", "iam:GetRole"),
        (PROVIDER, "iam:GetOpenIDConnectProvider", "iam:GetOpenIDConnectProvider"),
    ],
)
def test_a_denied_call_is_no_pass(
    place: Place, deny: Callable[..., None], resources: dict[str, Any], operation: str, permission: str
) -> None:
    deny(operation)
    found: Platform = platform(resources)

    denied = [line for line in place.run(singletons.checks(found, place.account)) if line.status is Status.UNREADABLE]

    assert [line.found for line in denied] == [f"{permission} is denied"]

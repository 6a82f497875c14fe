"""Who answers a name of an environment with two regions, whatever is lost: for what writes data always one region."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from emulator import record_choice
from emulator.record_choice import Health, choose
from tests.standby import RESTORED, standby_fixture, synthesized

if TYPE_CHECKING:
    from synthesis.manifest import Stack
    from synthesis.template import Resource

HOME, SECOND = "us-east-1", "us-west-2"
ORIGIN, NEAREST, SITE = "origin.users.example.com", "nearest.users.example.com", "users.example.com"
STACKS = {HOME: "warm-service", SECOND: f"warm-service-{SECOND}"}
VARIANTS: dict[str, dict[str, Any]] = {
    "warm": {"mode": "warm"},
    "active": {"mode": "active"},
    "failed over": {"mode": "warm", "fail_over": RESTORED},
    "prepared": {"mode": "backup", "replica": False},
    "prepared, failed over": {"mode": "backup", "replica": False, "fail_over": RESTORED},
    "without CloudFront": {"mode": "warm", "has_edge": False},
}


@pytest.fixture(scope="module")
def variants(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Stack]]:
    return {name: synthesized(standby_fixture(**how), tmp_path_factory.mktemp("two")) for name, how in VARIANTS.items()}


@dataclass
class Record:
    """A record as the emulator has it."""

    name: str
    region: str
    health_check_id: str | None
    alias_target: dict[str, Any]
    failover: None = None
    weight: None = None
    multi_value_answer: None = None
    check: dict[str, Any] = field(default_factory=dict)


def records(stacks: dict[str, Stack], name: str) -> list[Record]:
    """Those of both regions."""
    found = []
    for region, id_ in STACKS.items():
        stack = stacks.get(id_)
        for one in stack.all("aws_route53_record") if stack else ():
            if one.get("alias") and one.get("name") == name:
                assert one.get("set_identifier") == region
                found.append(_record(one, stack, region))  # type: ignore[arg-type]
    return found


def _record(record: Resource, stack: Stack, region: str) -> Record:
    check = next(
        (one for one in stack.all("aws_route53_health_check") if one.is_referred_to_by(record.get("health_check_id"))),
        None,
    )
    return Record(
        name=record.get("name"),
        region=record.block("latency_routing_policy")["region"],
        health_check_id=f"{region}/{check.address}" if check else None,
        alias_target={"EvaluateTargetHealth": record.block("alias")["evaluate_target_health"], "Region": region},
        check=dict(check.arguments) if check else {},
    )


def answering(found: list[Record], *, second_serves: bool, healthy: set[str], monkeypatch: pytest.MonkeyPatch) -> str:
    """The region that answers, by the way in which Route 53 chooses."""
    checks = {one.health_check_id: one for one in found}

    def is_healthy(identifier: str) -> bool:
        one = checks[identifier]
        if one.check["type"] == "CLOUDWATCH_METRIC":
            return bool(second_serves == one.check["invert_healthcheck"])
        return one.region in healthy

    health = Health(check=is_healthy, target=lambda record: record.alias_target["Region"] in healthy)
    monkeypatch.setattr(record_choice, "HEALTH", health)
    chosen = choose(found)
    assert len(chosen) == 1
    return str(chosen[0].region)


@pytest.mark.parametrize(
    ("variant", "name"),
    [
        ("warm", ORIGIN),
        ("active", ORIGIN),
        ("failed over", ORIGIN),
        ("prepared, failed over", ORIGIN),
        ("without CloudFront", SITE),
    ],
)
@pytest.mark.parametrize("second_serves", [False, True])
@pytest.mark.parametrize("healthy", [{HOME, SECOND}, {HOME}, {SECOND}, set()])
def test_what_writes_data_is_answered_by_the_region_that_serves_and_no_other(
    *,
    variants: dict[str, dict[str, Stack]],
    variant: str,
    name: str,
    second_serves: bool,
    healthy: set[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = records(variants[variant], name)
    assert [one.region for one in found] == [HOME, SECOND]
    for nearer in (found, found[::-1]):  # whichever comes first for a resolver
        answers = answering(nearer, second_serves=second_serves, healthy=healthy, monkeypatch=monkeypatch)
        assert answers == (SECOND if second_serves else HOME)


@pytest.mark.parametrize(
    ("healthy", "answers"), [({HOME, SECOND}, HOME), ({HOME}, HOME), ({SECOND}, SECOND), (set(), HOME)]
)
def test_what_needs_no_data_is_answered_by_the_nearer_region_that_can(
    variants: dict[str, dict[str, Stack]], healthy: set[str], answers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = records(variants["active"], NEAREST)
    assert [one.region for one in found] == [HOME, SECOND]
    for second_serves in (False, True):
        seen = answering(found, second_serves=second_serves, healthy=healthy, monkeypatch=monkeypatch)
        assert seen == answers


def test_before_the_second_region_is_made_the_first_one_follows_the_switch_already(
    variants: dict[str, dict[str, Stack]], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = records(variants["prepared"], ORIGIN)
    assert [one.region for one in found] == [HOME]
    assert found[0].check["type"] == "CLOUDWATCH_METRIC"
    for second_serves, healthy in product((False, True), ({HOME}, set())):
        assert answering(found, second_serves=second_serves, healthy=healthy, monkeypatch=monkeypatch) == HOME


@pytest.mark.parametrize(("mode", "prepared"), [("warm", "failed over"), ("prepared", "prepared, failed over")])
def test_a_fail_over_changes_nothing_in_the_first_region(
    variants: dict[str, dict[str, Stack]], mode: str, prepared: str
) -> None:
    before, after = variants[mode], variants[prepared]
    at_home = [id_ for id_, stack in before.items() if stack.region == HOME]
    assert "warm-service" in at_home
    assert "warm-edge" in at_home
    for id_ in at_home:
        assert json.dumps(before[id_].document) == json.dumps(after[id_].document), id_


def test_the_checks_are_about_the_alarm_of_the_stack_of_the_copies(variants: dict[str, dict[str, Stack]]) -> None:
    stacks = variants["warm"]
    alarms = [one.get("alarm_name") for one in stacks[f"warm-recovery-{SECOND}"].all("aws_cloudwatch_metric_alarm")]
    for one in records(stacks, ORIGIN):
        assert one.check["cloudwatch_alarm_name"] in alarms
        assert one.check["cloudwatch_alarm_region"] == SECOND


def test_the_alarm_is_made_first_then_the_check_of_the_first_region_then_a_second_record(
    variants: dict[str, dict[str, Stack]],
) -> None:
    stacks = variants["warm"]
    assert f"warm-recovery-{SECOND}" in stacks["warm-service"].dependencies
    assert "warm-service" in stacks[f"warm-service-{SECOND}"].dependencies


def test_a_fail_over_is_what_the_switch_expects(variants: dict[str, dict[str, Stack]]) -> None:
    def unprepared(variant: str) -> list[str]:
        alarms = variants[variant][f"warm-recovery-{SECOND}"].all("aws_cloudwatch_metric_alarm")
        return [one.get("alarm_name") for one in alarms if "unprepared" in one.get("alarm_name")]

    assert unprepared("warm")
    assert not unprepared("failed over")


def test_cloudfront_reads_the_copy_of_the_static_files_and_no_other_copy(
    variants: dict[str, dict[str, Stack]],
) -> None:
    stack = variants["warm"][f"warm-recovery-{SECOND}"]
    allowed = {
        one.address: json.dumps(one.get("policy"))
        for one in stack.all("aws_s3_bucket_policy")
        if "cloudfront.amazonaws.com" in json.dumps(one.get("policy"))
    }
    assert [address.partition("_policy_")[0] for address in allowed] == ["aws_s3_bucket_policy.assets-copy"]
    (key,) = (one for one in stack.all("aws_kms_key") if "AllowCloudFrontDecryptStaticFiles" in str(one.get("policy")))
    (statement,) = (
        one for one in json.loads(key.get("policy"))["Statement"] if one["Sid"] == "AllowCloudFrontDecryptStaticFiles"
    )
    bucket = "arn:aws:s3:::user-management-warm-assets-copy-us-west-2-333333333333"
    assert statement["Action"] == "kms:Decrypt"
    assert statement["Condition"] == {
        "ArnLike": {"aws:SourceArn": "arn:aws:cloudfront::333333333333:distribution/*"},
        "StringLike": {"kms:EncryptionContext:aws:s3:arn": [bucket, f"{bucket}/*"]},
    }


def test_the_copy_is_an_origin_by_its_name(variants: dict[str, dict[str, Stack]]) -> None:
    (distribution,) = variants["warm"]["warm-edge"].all("aws_cloudfront_distribution")
    names = [one["domain_name"] for one in distribution.get("origin")]
    assert "user-management-warm-assets-copy-us-west-2-333333333333.s3.us-west-2.amazonaws.com" in names


@pytest.mark.parametrize("id_", STACKS.values())
def test_the_nearer_load_balancer_is_open_to_cloudfront_and_the_health_checks_of_its_region(
    variants: dict[str, dict[str, Stack]], id_: str
) -> None:
    stack = variants["active"][id_]
    region = SECOND if SECOND in id_ else HOME
    lists = {one["name"] for one in stack.document["data"]["aws_ec2_managed_prefix_list"].values()}
    assert lists == {"com.amazonaws.global.cloudfront.origin-facing", f"com.amazonaws.{region}.route53-healthchecks"}
    (balancer,) = stack.all("aws_lb")
    assert len(balancer.get("security_groups")) == 2
    names = {one.get("domain_name") for one in stack.all("aws_acm_certificate")}
    assert {ORIGIN, NEAREST} <= names


def test_only_the_paths_of_services_without_data_are_answered_nearby(variants: dict[str, dict[str, Stack]]) -> None:
    (distribution,) = variants["active"]["warm-edge"].all("aws_cloudfront_distribution")
    targets = {one["path_pattern"]: one["target_origin_id"] for one in distribution.get("ordered_cache_behavior")}
    assert targets["/api/*"] == "load-balancer"
    assert distribution.block("default_cache_behavior")["target_origin_id"] == "nearest"


def test_the_dashboard_shows_which_region_serves_and_what_route_53_makes_of_it(
    variants: dict[str, dict[str, Stack]],
) -> None:
    bodies = [
        one.get("dashboard_body") for one in variants["warm"]["warm-observability"].all("aws_cloudwatch_dashboard")
    ]
    widgets = [one["properties"] for body in bodies for one in json.loads(body)["widgets"]]
    shown = {
        (metric[0], metric[1], one["region"])
        for one in widgets
        if str(one.get("title")).endswith(": 1 if so")
        for metric in one["metrics"]
    }
    assert shown == {
        ("user-management-warm/traffic", "ServingRegion", SECOND),
        ("AWS/Route53", "HealthCheckStatus", HOME),
    }

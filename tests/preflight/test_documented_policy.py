"""docs/preflight.md has exactly the permissions that the checks use, if they find everything that they look for."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from emulator.registry import REGISTRY
from emulator.services.servicequotas import APPLIED
from main import ROOT
from preflight.__main__ import preflight
from preflight.named import KINDS
from preflight.platform import Platform
from tests.preflight.makers import MAKERS, name_of
from tests.preflight.samples import OWN_TAGS, no_dns, own_tags, platform
from tests.preflight.test_releases import Registries
from tests.preflight.test_releases import platform as with_release
from tests.preflight.test_usage import run_task

if TYPE_CHECKING:
    from pathlib import Path

    from tests.preflight.conftest import Place

PAGE = ROOT / "docs" / "preflight.md"
ZONE = "users.example.com"
ISSUER = "https://token.actions.githubusercontent.com"


def documented() -> set[str]:
    """The actions of the page's policy."""
    (block,) = re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    (statement,) = json.loads(block)["Statement"]
    assert (statement["Effect"], statement["Resource"]) == ("Allow", "*")
    assert statement["Action"] == sorted(statement["Action"])
    return set(statement["Action"])


def everything(place: Place) -> Platform:
    """An environment with each type of resource that a check looks at."""
    named = {f"{kind.type}.x": {kind.argument: name_of(place, kind.type)} for kind in KINDS}
    others: dict[str, dict[str, Any]] = {
        "aws_accessanalyzer_analyzer.x": {"analyzer_name": "x"},
        "aws_acm_certificate.x": {"domain_name": ZONE},
        "aws_cloudwatch_log_resource_policy.x": {"policy_name": "x"},
        "aws_ce_anomaly_monitor.x": {"name": "x"},
        "aws_config_configuration_recorder.x": {"name": "x"},
        "aws_config_delivery_channel.x": {"name": "x"},
        "aws_db_instance_automated_backups_replication.x": {},
        "aws_ecr_replication_configuration.x": {},
        "aws_db_instance.new": {"engine": "postgres", "engine_version": "17", "instance_class": "db.t3.medium"},
        "aws_ecs_service.x": {"desired_count": 1, "task_definition": "${aws_ecs_task_definition.x.arn}"},
        "aws_ecs_task_definition.x": {"cpu": "256"},
        "aws_eip.x": {},
        "aws_guardduty_detector.x": {},
        "aws_iam_openid_connect_provider.x": {"url": ISSUER},
        "aws_internet_gateway.x": {},
        "aws_lambda_function.y": {"function_name": "y", "reserved_concurrent_executions": 1},
        "aws_nat_gateway.x": {"subnet_id": "${aws_subnet.x.id}"},
        "aws_route53_zone.x": {"name": ZONE},
        "aws_subnet.x": {"availability_zone": "us-east-1a"},
        "aws_vpc.x": {},
        "aws_vpc_endpoint.x": {},
    }
    return Platform({**platform(named | others, account=place.id).stacks, **with_release().stacks})


def make_everything(place: Place) -> None:
    """All of it, with the environment's tags, and some of others."""
    for kind in KINDS:
        if not kind.type.startswith("aws_docdb_") or kind.type == "aws_docdb_cluster_parameter_group":
            MAKERS[kind.type](place, OWN_TAGS)
    place.client("s3").create_bucket(Bucket=f"acme-test-state-{place.id}")
    place.client("guardduty").create_detector(Enable=True, Tags=OWN_TAGS)
    zone = place.client("route53").create_hosted_zone(Name=ZONE, CallerReference=place.id)["HostedZone"]["Id"]
    place.client("route53").change_tags_for_resource(
        ResourceType="hostedzone", ResourceId=zone.rpartition("/")[2], AddTags=own_tags()
    )
    REGISTRY.store.table(APPLIED, place.id, "us-east-1")["vpc/L-F678F1CE"] = None
    run_task(place, "other")
    registries = Registries(place)
    registries.push("release-2")
    registries.run(":release-2")


def test_the_page_has_exactly_the_permissions_that_are_used(place: Place, tmp_path: Path) -> None:
    make_everything(place)

    preflight(everything(place), place.account, look_up=no_dns, local_state=tmp_path / "none")

    used = place.account.called - {"sts:GetCallerIdentity"}  # it needs no permission
    assert used - documented() == set(), "used and not on the page"
    assert documented() - used == set(), "on the page and not used"

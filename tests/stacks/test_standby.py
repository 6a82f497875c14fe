"""The layers in the second region, by the mode of [recovery], and what of them nothing else changes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from compliance.references import referred
from config.names import NameLimit
from synthesis.manifest import read_stacks
from synthesis.regions import regions_of, select_region
from synthesis.stack_order import dependencies_within, topological
from tests.properties import problems_in
from tests.standby import RESTORED, standby_fixture

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

HOME, SECOND = "us-east-1", "us-west-2"
VARIANTS: Mapping[str, dict[str, Any]] = {
    "warm": {},
    "backup": {"mode": "backup", "replica": False},
    "pilot_light": {"mode": "pilot_light", "replica": False},
    "active": {"mode": "active", "has_pipeline": True},
    "warm-without-edge": {"has_edge": False},
    "workers": {"has_load_balancer": False},
    "workers-promoted": {"has_load_balancer": False, "fail_over": RESTORED},
    "restored": {"mode": "backup", "replica": False, "fail_over": RESTORED},
    "promoted": {"fail_over": RESTORED},
    "restored-from-pilot-light": {"mode": "pilot_light", "replica": False, "fail_over": RESTORED},
    "promoted-active": {"mode": "active", "fail_over": RESTORED},
}
SERVING = ("restored", "promoted", "restored-from-pilot-light", "promoted-active")
STANDING_BY = ("warm", "pilot_light", "active", "warm-without-edge")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[list[str], dict[str, Stack]]]:
    """What is wrong with each variant, and its stacks."""
    folder = tmp_path_factory.mktemp("standby")
    results = {}
    for name, options in VARIANTS.items():
        output = folder / name / "cdktf.out"
        problems = problems_in([standby_fixture(**options)], output)
        results[name] = (problems, dict(read_stacks(output)))
    return results


@pytest.fixture
def variants(found: dict[str, tuple[list[str], dict[str, Stack]]]) -> dict[str, dict[str, Stack]]:
    return {name: stacks for name, (_, stacks) in found.items()}


def there(stacks: Mapping[str, Stack]) -> dict[str, Stack]:
    return {id_: stack for id_, stack in stacks.items() if id_.endswith(SECOND)}


def services(stacks: Mapping[str, Stack]) -> dict[str, Resource]:
    stack = stacks[f"warm-service-{SECOND}"]
    return {str(one.get("name")).rpartition("-")[2]: one for one in stack.all("aws_ecs_service")}


def bounds(stacks: Mapping[str, Stack]) -> dict[str, tuple[int, int]]:
    """The bounds of auto-scaling, by the service."""
    stack = stacks[f"warm-service-{SECOND}"]
    targets = {target.get("resource_id"): target for target in stack.all("aws_appautoscaling_target")}
    return {
        name: next(
            (target.get("min_capacity"), target.get("max_capacity"))
            for place, target in targets.items()
            if service.is_referred_to_by(place)
        )
        for name, service in services(stacks).items()
    }


@pytest.mark.parametrize("name", VARIANTS)
def test_the_rules_accept_it(found: dict[str, tuple[list[str], dict[str, Stack]]], name: str) -> None:
    assert found[name][0] == []


def test_copies_alone_add_no_layer(variants: dict[str, dict[str, Stack]]) -> None:
    names = ("notifications", "recovery-drills", "recovery")
    assert sorted(there(variants["backup"])) == [f"warm-{name}-{SECOND}" for name in names]


@pytest.mark.parametrize("name", [*STANDING_BY, *SERVING])
def test_the_layers_are_there_and_no_other_ones(variants: dict[str, dict[str, Stack]], name: str) -> None:
    layers = {stack.layer for stack in there(variants[name]).values()}
    has_database = name != "pilot_light"
    assert layers == {"notifications", "recovery", "network", "domain", "service"} | (
        {"data"} if has_database else set()
    )


@pytest.mark.parametrize("name", VARIANTS)
def test_nothing_there_needs_the_lost_region(variants: dict[str, dict[str, Stack]], name: str) -> None:
    stacks = variants[name]
    assert {id_: regions_of(stack) for id_, stack in there(stacks).items()} == dict.fromkeys(
        there(stacks), frozenset({SECOND})
    )
    assert set(select_region(stacks, SECOND)) == set(there(stacks))


@pytest.mark.parametrize("name", VARIANTS)
def test_nothing_at_home_needs_the_second_region(variants: dict[str, dict[str, Stack]], name: str) -> None:
    needing = {id_ for id_, stack in variants[name].items() if SECOND in regions_of(stack)} - set(there(variants[name]))
    assert needing == {"warm-state"}


@pytest.mark.parametrize("name", [*STANDING_BY, *SERVING])
def test_they_are_applied_after_what_they_follow(variants: dict[str, dict[str, Stack]], name: str) -> None:
    order = topological(dependencies_within(variants[name]))
    service, copies = f"warm-service-{SECOND}", f"warm-recovery-{SECOND}"
    for before, after in (
        ("warm-service", service),
        ("warm-domain", f"warm-domain-{SECOND}"),
        (copies, service),
        (f"warm-network-{SECOND}", service),
    ):
        assert order.index(before) < order.index(after)


def switches(stacks: Mapping[str, Stack]) -> list[str]:
    """The functions that switch the names, and what the alarms are about."""
    kinds = ("aws_lambda_function", "aws_cloudwatch_metric_alarm")
    found = [one for stack in stacks.values() for one in stack.all(*kinds)]
    return [one.address for one in found if "serving-region" in json.dumps(one.arguments)]


@pytest.mark.parametrize("name", ["workers", "workers-promoted"])
def test_without_a_name_there_is_nothing_to_switch(variants: dict[str, dict[str, Stack]], name: str) -> None:
    """What nobody calls by a name serves where its tasks run."""
    stacks = variants[name]
    assert {f"warm-service-{SECOND}", f"warm-data-{SECOND}"} <= set(there(stacks))
    assert switches(variants["warm"])
    assert not switches(stacks)
    assert not [id_ for id_, stack in stacks.items() if list(stack.all("aws_route53_health_check"))]
    assert f"warm-recovery-{SECOND}" not in stacks["warm-service"].dependencies
    running = {"frontend", "backend"} if name == "workers-promoted" else {"frontend"}
    assert {one for one, service in services(stacks).items() if service.get("desired_count")} == running


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("pilot_light", {"frontend": (0, 0), "backend": (0, 0)}),
        ("warm", {"frontend": (2, 6), "backend": (0, 0)}),
        ("active", {"frontend": (2, 6), "backend": (0, 0)}),
        ("restored", {"frontend": (2, 6), "backend": (2, 10)}),
        ("promoted", {"frontend": (2, 6), "backend": (2, 10)}),
    ],
)
def test_a_mode_says_how_many_tasks_run(
    variants: dict[str, dict[str, Stack]], name: str, counts: dict[str, tuple[int, int]]
) -> None:
    assert bounds(variants[name]) == counts
    for service, resource in services(variants[name]).items():
        assert resource.get("desired_count") == counts[service][0]


def test_terraform_starts_the_release_and_not_the_number_of_tasks(variants: dict[str, dict[str, Stack]]) -> None:
    stacks = variants["warm"]
    stack = stacks[f"warm-service-{SECOND}"]
    for service in services(stacks).values():
        assert service.block("lifecycle").get("ignore_changes") == ["desired_count"]
        assert service.block("deployment_controller").get("type") == "ECS"
    assert stack.tunnel is not None
    released = [task for task in stack.all("aws_ecs_task_definition") if task.get("family") != stack.tunnel.family]
    assert len(released) == len(services(stacks))
    for task in released:
        image = json.loads(task.get("container_definitions"))[0]["image"]
        assert image.endswith(":release-2026-11-01")
        (place,) = {(owner.id, one.kind) for owner, one in referred(image, stack, stacks)}
        assert place == (f"warm-recovery-{SECOND}", "aws_ecr_repository")


def test_no_pipeline_reads_files_there(variants: dict[str, dict[str, Stack]]) -> None:
    stack = variants["warm"][f"warm-service-{SECOND}"]
    assert not list(stack.all("aws_s3_object"))
    assert "release_files_bucket" not in stack.document["output"]


@pytest.mark.parametrize(("before", "after"), [("warm", "promoted"), ("backup", "restored")])
def test_a_fail_over_changes_nothing_at_home(variants: dict[str, dict[str, Stack]], before: str, after: str) -> None:
    """All of it may be lost, and what is not must stay as it is for the fail-back."""
    home, failed_over = (
        {id_: stack.document for id_, stack in variants[name].items() if id_ not in there(variants[name])}
        for name in (before, after)
    )
    assert home == failed_over


ALARM = "aws_cloudwatch_metric_alarm"


@pytest.mark.parametrize(
    ("before", "after"),
    [("warm", "promoted"), ("pilot_light", "restored-from-pilot-light"), ("active", "promoted-active")],
)
def test_a_fail_over_applies_databases_and_services_alone(
    variants: dict[str, dict[str, Stack]], before: str, after: str
) -> None:
    """What else stands by has been applied already; only an alarm says no longer that nothing is prepared."""
    standing_by, serving = (
        {id_: stack.document for id_, stack in there(variants[name]).items() if stack.layer not in {"data", "service"}}
        for name in (before, after)
    )
    copies = f"warm-recovery-{SECOND}"
    alarms, fewer = (documents[copies]["resource"].pop(ALARM) for documents in (standing_by, serving))
    assert [name for name in alarms if "unprepared" in name] == sorted(alarms.keys() - fewer.keys())
    assert {name: alarm for name, alarm in alarms.items() if "unprepared" not in name} == fewer
    assert standing_by == serving


def test_a_stack_that_waits_for_a_certificate_names_its_zone(variants: dict[str, dict[str, Stack]]) -> None:
    """The runner looks for the delegation of that zone first, and names it if the certificate is not issued."""
    waiting = [stack for stack in variants["active"].values() if list(stack.all("aws_acm_certificate_validation"))]
    assert f"warm-domain-{SECOND}" in {stack.id for stack in waiting}
    assert {stack.id: stack.zone_name for stack in waiting} == {stack.id: "users.example.com" for stack in waiting}


IAM_ROLES = ("aws_iam_role", "aws_iam_role_policy", "aws_iam_role_policy_attachment")


@pytest.mark.parametrize(
    ("before", "after"),
    [("warm", "promoted"), ("pilot_light", "restored-from-pilot-light"), ("active", "promoted-active")],
)
def test_a_fail_over_changes_no_role_of_a_service(
    variants: dict[str, dict[str, Stack]], before: str, after: str
) -> None:
    """IAM is changed in us-east-1 alone, which can be the region that is lost."""
    standing_by, serving = (
        {kind: variants[name][f"warm-service-{SECOND}"].document["resource"].get(kind) for kind in IAM_ROLES}
        for name in (before, after)
    )
    assert standing_by["aws_iam_role_policy"]
    assert standing_by == serving


def test_names_that_are_global_end_in_the_region(variants: dict[str, dict[str, Stack]]) -> None:
    stacks = variants["promoted"]
    for kind, argument in (("aws_iam_role", "name"), ("aws_s3_bucket", "bucket"), ("aws_iam_policy", "name")):
        names = [str(one.get(argument)) for stack in stacks.values() for one in stack.all(kind)]
        assert sorted(names) == sorted(set(names))


def test_a_firewall_of_the_second_region_may_write_its_log(variants: dict[str, dict[str, Stack]]) -> None:
    """CloudFront has one web ACL for both regions; load balancers have one each."""
    for name, holders in (
        ("warm", ["warm-notifications"]),
        ("warm-without-edge", ["warm-notifications", f"warm-notifications-{SECOND}"]),
    ):
        stacks = variants[name]
        policy = "aws_cloudwatch_log_resource_policy"
        writers = [
            id_
            for id_, stack in sorted(stacks.items())
            if any("aws-waf-logs" in str(one.get("policy_document")) for one in stack.all(policy))
        ]
        assert writers == holders
        assert [id_ for id_, stack in sorted(stacks.items()) if list(stack.all("aws_wafv2_web_acl"))] == (
            ["warm-edge"] if name == "warm" else ["warm-service", f"warm-service-{SECOND}"]
        )
        for id_, stack in stacks.items():
            if list(stack.all("aws_wafv2_web_acl")) and id_ != "warm-edge":
                assert id_.replace("service", "notifications") in stack.dependencies


@pytest.mark.parametrize("name", [*STANDING_BY, *SERVING])
def test_databases_of_a_region_have_names_of_their_own(variants: dict[str, dict[str, Stack]], name: str) -> None:
    """RDS and DocumentDB share their names within a region; a replica or a restore has the name of its source."""
    found = [
        (stack.region_of(one), kind, str(one.get(argument)))
        for stack in variants[name].values()
        for kind, argument in (
            ("aws_db_instance", "identifier"),
            ("aws_docdb_cluster", "cluster_identifier"),
            ("aws_docdb_cluster_instance", "identifier"),
        )
        for one in stack.all(kind)
    ]
    places = [(region, identifier) for region, _, identifier in found]
    assert sorted(places) == sorted(set(places))
    home, second = ({(kind, one) for region, kind, one in found if region == here} for here in (HOME, SECOND))
    assert all(len(identifier) <= NameLimit.DATABASE for _, identifier in places)
    assert second <= home
    if name in SERVING:
        assert {kind for kind, _ in second} == {kind for kind, _ in home}

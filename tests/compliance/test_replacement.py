"""No setting, and no change since the version in use, replaces a resource by another one of the same name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from compliance.replacement import created_first, name_clashes
from config.edge import EdgeSettings
from main import synthesize
from synthesis.manifest import read_stacks
from tests.compliance.samples import changed, stack
from tests.config.examples import present
from tests.fixtures import fixture_environment

if TYPE_CHECKING:
    from config.environment import Environment
    from synthesis.manifest import Stack

BASELINE: Final = Path(__file__).parents[1] / "upgrade" / "baseline"


def clashes(before: dict[str, Stack], after: dict[str, Stack]) -> list[str]:
    return [
        f"{id_}: {finding.address}: {finding.message}"
        for id_ in sorted(before.keys() & after.keys())
        for finding in name_clashes(before[id_], after[id_])
    ]


def with_services(environment: Environment, **settings: Any) -> Environment:
    services = {name: service.model_copy(update=settings) for name, service in environment.services.items()}
    return environment.model_copy(update={"services": services})


@pytest.fixture(scope="module")
def before(output: Path) -> dict[str, Stack]:
    return read_stacks(output)


def changes(dev: Environment) -> dict[str, Environment]:
    postgres = present(dev.postgres)
    other = {"major_version": postgres.major_version - 1, "engine_version": None}
    return {
        "protocol": with_services(dev, protocol="HTTP"),
        "port": with_services(dev, port=9443),
        "version": dev.model_copy(update={"postgres": postgres.model_copy(update=other)}),
    }


@pytest.mark.parametrize("change", ["protocol", "port", "version"])
def test_a_setting_that_replaces_a_resource_also_renames_it(
    before: dict[str, Stack], tmp_path: Path, change: str
) -> None:
    synthesize([changes(fixture_environment("dev"))[change]], tmp_path / "out")
    assert clashes(before, read_stacks(tmp_path / "out")) == []


@pytest.mark.parametrize("name", ["web", "other"])
@pytest.mark.parametrize("edge", [None, EdgeSettings(origin="public")])
@pytest.mark.parametrize("reverse", [False, True])
def test_a_load_balancer_becomes_public_or_internal_under_another_name_only(
    before: dict[str, Stack], tmp_path: Path, name: str, edge: EdgeSettings | None, *, reverse: bool
) -> None:
    staging = fixture_environment("staging")
    named = present(staging.load_balancer).model_copy(update={"name": name})
    synthesize([staging.model_copy(update={"edge": edge, "load_balancer": named})], tmp_path / "out")
    after = read_stacks(tmp_path / "out")
    # The VPC origin is created first, and so is what it depends on.
    assert "aws_lb.load-balancer" in created_first(before["staging-service"])
    found = clashes(*((after, before) if reverse else (before, after)))
    assert [line.partition(":")[0] for line in found] == (["staging-service"] if name == "web" else [])


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_no_upgrade_replaces_a_resource_by_one_of_the_same_name(before: dict[str, Stack], environment: str) -> None:
    used = read_stacks(BASELINE / environment)
    assert any(created_first(each) for each in used.values())
    assert clashes(used, before) == []


FIRST: Final = {"create_before_destroy": True}
ORIGIN: Final[dict[str, dict[str, Any]]] = {
    "aws_lb.web": {"name": "web", "security_groups": ["${aws_security_group.web.id}"]},
    "aws_security_group.web": {"name": "web"},
    "aws_lb_listener.https": {"load_balancer_arn": "${aws_lb.web.arn}"},
    "aws_cloudfront_vpc_origin.origin": {
        "arn": "${aws_lb.web.arn}",
        "depends_on": ["aws_lb_listener.https"],
        "lifecycle": FIRST,
    },
    "aws_route53_record.web": {"alias": {"name": "${aws_lb.web.dns_name}"}},
}


def test_what_a_resource_depends_on_is_created_first_with_it() -> None:
    assert created_first(stack(ORIGIN)) == ORIGIN.keys() - {"aws_route53_record.web"}


def test_what_is_removed_still_forces_what_it_depended_on() -> None:
    origin = "aws_cloudfront_vpc_origin.origin"
    after = {address: arguments for address, arguments in ORIGIN.items() if address != origin}
    assert created_first(stack(after)) == set()
    assert "aws_lb.web" in created_first(stack(ORIGIN), after=stack(after))
    assert created_first(stack(ORIGIN), after=stack(ORIGIN)) == set()


TARGETS: Final = "aws_lb_target_group.api"
USED: Final[dict[str, dict[str, Any]]] = {
    TARGETS: {"name": "api-9d780c", "port": 3000, "protocol": "HTTPS", "lifecycle": {"create_before_destroy": True}}
}


@pytest.mark.parametrize(
    ("arguments", "clash"),
    [
        ({"protocol": "HTTP"}, "a change of protocol replaces it, and both would be named api-9d780c"),
        ({"protocol": "HTTP", "name": "api-6025b0"}, ""),
        ({"protocol": "HTTP", "lifecycle": {"create_before_destroy": False}}, ""),
        ({"protocol": "HTTP", "lifecycle": {"create_before_destroy": True, "ignore_changes": ["protocol"]}}, ""),
        ({"deregistration_delay": 5}, ""),
    ],
)
def test_a_clash_is_a_replacement_under_an_unchanged_name(arguments: dict[str, Any], clash: str) -> None:
    found = clashes({"s": stack(USED)}, {"s": stack(changed(USED, TARGETS, **arguments))})
    assert [clash in message for message in found] == ([True] if clash else [])

"""A plan in which a resource takes what another one still has is refused before it changes anything."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.runner.conftest import Project

LISTENER = {"listener_arn": "arn:aws:elasticloadbalancing:eu-west-1:111111111111:listener/app/web/1/2"}
ADMIN, BACKEND = (f"aws_lb_listener_rule.{name}-service_target_production_1A2B3C4D" for name in ("admin", "backend"))
VPC = {"vpc_id": "vpc-1"}
ZONE = {"zone_id": "Z1", "type": "A"}
Values = dict[str, Any] | None


def planned(project: Project, **changes: tuple[Values, Values]) -> None:
    """A stack whose plan changes these resources, each from what it is to what it will be."""
    content = {
        "format_version": "1.2",
        "resource_changes": [
            {"address": address, "type": address.split(".")[0], "change": {"actions": [], "before": old, "after": new}}
            for address, (old, new) in changes.items()
        ],
    }
    project.stack("prod-service", environment="prod")
    project.script("prod-service", resources=["x"], plan={"creates": list(changes)}, content=json.dumps(content))


def rule(number: int | None) -> Values:
    return None if number is None else {**LISTENER, "priority": number}


@pytest.mark.parametrize("action", [("apply", "--yes"), ("plan",)])
def test_two_services_that_exchange_their_priorities(project: Project, action: tuple[str, ...]) -> None:
    planned(project, **{ADMIN: (rule(50), rule(100)), BACKEND: (rule(100), rule(50))})
    code, _, err = project.run(*action, env="prod")
    assert code == 1
    assert (
        "prod-service is not applied: services.admin takes 100, which services.backend still has; services.backend "
        "takes 50, which services.admin still has." in err
    )
    assert "services.admin: priority = 101, and services.backend: priority = 100 as it is" in err
    assert (
        "after each step:\n  1. services.admin: priority = 51\n  2. services.backend: priority = 50\n"
        "  3. services.admin: priority = 100" in err
    )
    assert project.calls(" apply") == []


def test_a_new_service_that_takes_the_number_of_one_that_goes(project: Project) -> None:
    planned(project, **{ADMIN: (rule(50), None), BACKEND: (None, rule(50))})
    code, _, err = project.run("apply", "--yes", env="prod")
    assert code == 1
    assert "services.backend takes 50, which services.admin still has" in err
    assert "If only the order matters, one apply does it: services.backend: priority = 51 in" in err
    assert "1. remove services.admin\n  2. services.backend: priority = 50" in err
    assert project.calls(" apply") == []


@pytest.mark.parametrize(
    ("type_", "taker", "holder"),
    [
        ("aws_subnet", {**VPC, "cidr_block": "10.0.2.0/24"}, {**VPC, "cidr_block": "10.0.2.0/25"}),
        ("aws_route53_record", {**ZONE, "name": "a.example.com"}, {**ZONE, "name": "a.example.com"}),
    ],
)
def test_what_is_new_takes_what_another_one_has_until_it_goes(
    project: Project, type_: str, taker: Values, holder: Values
) -> None:
    planned(project, **{f"{type_}.new": (None, taker), f"{type_}.old": (holder, None)})
    code, _, err = project.run("apply", "--yes", env="prod")
    assert code == 1
    assert f"which {type_}.old still has" in err
    assert "Two applies: in environments/prod.toml change or remove first what has it now" in err
    assert project.calls(" apply") == []


@pytest.mark.parametrize(
    "changes",
    [
        {ADMIN: (rule(50), rule(60)), BACKEND: (rule(100), rule(110))},
        {ADMIN: (rule(50), rule(50)), BACKEND: (None, rule(51))},
        {ADMIN: (rule(50), None), BACKEND: (None, {"priority": 50})},  # on a listener that is new
        {"aws_subnet.one": ({**VPC, "cidr_block": "10.0.1.0/24"}, {**VPC, "cidr_block": "10.0.1.0/25"})},  # its own
        {
            "aws_route53_record.us": ({**ZONE, "name": "a.b"}, None),
            "aws_route53_record.eu": (None, {**ZONE, "name": "a.b", "set_identifier": "eu"}),
        },
    ],
)
def test_what_nobody_else_has_may_be_taken(project: Project, changes: dict[str, tuple[Values, Values]]) -> None:
    planned(project, **changes)
    code, _, err = project.run("apply", "--yes", env="prod")
    assert (code, project.calls(" apply")) == (0, ["prod-service apply"]), err

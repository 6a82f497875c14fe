"""The check of one region's load balancer asks it by its own name for a path of each service that counts."""

from __future__ import annotations

import pytest

from modules.domain.balancer_check import BalancerCheck
from modules.errors import WiringError
from tests.template import LABEL, Template, new_stack

BALANCER = "web-1.eu-west-1.elb.amazonaws.com"


def made(*paths: str) -> Template:
    stack = new_stack()
    BalancerCheck(stack, "check", label=LABEL, host_name=BALANCER, paths=paths)
    return Template.of(stack)


def test_one_path_is_one_check_of_the_load_balancer_itself() -> None:
    check = made("/health").only("aws_route53_health_check")
    assert (check["type"], check["fqdn"], check["port"]) == ("HTTPS", BALANCER, 443)
    assert (check["resource_path"], check["enable_sni"]) == ("/health", True)


def test_of_several_paths_all_must_be_answered() -> None:
    found = made("/health", "/search/health")
    both = found.only("aws_route53_health_check", type="CALCULATED")
    assert both["child_health_threshold"] == len(both["child_healthchecks"]) == 2
    asked = {one["resource_path"] for one in found.all("aws_route53_health_check").values() if "resource_path" in one}
    assert asked == {"/health", "/search/health"}


def test_a_further_path_changes_none_of_the_others() -> None:
    one, two = (made(*paths).all("aws_route53_health_check") for paths in (["/b"], ["/a", "/b"]))
    assert one.items() <= two.items()


def test_without_a_path_nothing_can_be_checked() -> None:
    with pytest.raises(WiringError, match="it has no path to ask for"):
        made()

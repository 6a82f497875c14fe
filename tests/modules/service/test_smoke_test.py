"""The function of the smoke test: what it reaches, who reaches the test listener, and what its role may do."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from cdktf import App

from modules.errors import WiringError
from modules.service.smoke_test import SmokeTest
from tests.modules.service.parts import Parts
from tests.modules.service.releases import HOST, Releases, release_template
from tests.template import LABEL, Template, statements


def variables(made: Template) -> dict[str, str]:
    found: dict[str, str] = made.only("aws_lambda_function")["environment"]["variables"]
    return found


def granted(made: Template) -> list[dict[str, Any]]:
    return statements(made.named("aws_iam_role_policy.smoke-test_function_role_permissions")["policy"])


def rules(made: Template, direction: str) -> list[dict[str, Any]]:
    return list(made.all(f"aws_vpc_security_group_{direction}_rule").values())


def test_it_asks_an_internal_load_balancer_by_its_name() -> None:
    assert variables(release_template()) == {
        "ADDRESS": "${aws_lb.load-balancer.dns_name}",
        "INTERFACES": "",
        "HOST_NAME": HOST,
        "PORT": "8443",
    }


@pytest.mark.parametrize("internal", [True, False])
def test_only_the_function_reaches_the_test_listener(internal: bool) -> None:  # noqa: FBT001 (a parameter of a test)
    made = release_template(internal=internal)
    into = [
        rule
        for rule in rules(made, "ingress")
        if "load-balancer" in rule["security_group_id"] and rule["from_port"] <= 8443 <= rule["to_port"]
    ]
    assert ["smoke-test" in rule.get("referenced_security_group_id", "") for rule in into] == [True]
    out = [rule for rule in rules(made, "egress") if "smoke-test" in rule["security_group_id"]]
    assert [(rule["from_port"], rule["to_port"]) for rule in out] == [(8443, 8443)]
    assert "load-balancer" in out[0]["referenced_security_group_id"]


def test_a_public_load_balancer_is_found_by_its_network_interfaces() -> None:
    made = release_template(internal=False)
    assert variables(made)["INTERFACES"] == "ELB ${aws_lb.load-balancer.arn_suffix}"
    (denied,) = [one for one in granted(made) if one["Effect"] == "Deny"]
    assert "ec2:DescribeNetworkInterfaces" not in denied["Action"]
    assert "ec2:CreateNetworkInterface" in denied["Action"]
    (internal,) = [one for one in granted(release_template()) if one["Effect"] == "Deny"]
    assert "ec2:DescribeNetworkInterfaces" in internal["Action"]


def test_it_runs_in_the_private_subnets() -> None:
    network = release_template().only("aws_lambda_function")["vpc_config"]
    assert all("private" in subnet for subnet in network["subnet_ids"])


def test_it_may_report_and_read_only_the_deployments_of_its_services() -> None:
    own = [one for one in granted(release_template()) if "codedeploy" in str(one["Action"])]
    assert [(one["Action"], one["Resource"]) for one in own] == [
        (
            "codedeploy:GetDeployment",
            "arn:aws:codedeploy:us-east-1:444444444444:deploymentgroup:user-management-test-api/user-management-test-api",
        ),
        ("codedeploy:PutLifecycleEventHookExecutionStatus", "*"),
    ]


def test_the_paths_of_each_service_are_in_its_package() -> None:
    releases = Releases.make()
    stack = releases.parts.stack
    path = Template.of(stack).only("aws_lambda_function")["filename"]
    content = Path(App.of(stack).outdir, "stacks", stack.node.id, path).read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert sorted(archive.namelist()) == [
            "smoke_test/__init__.py",
            "smoke_test/handler.py",
            "smoke_test/listener.py",
            "smoke_test/settings.json",
        ]
        settings = json.loads(archive.read("smoke_test/settings.json"))
    assert settings == {"user-management-test-api": ["/api/health", "/api/users"]}


def test_appspec_names_it_as_the_hook_after_the_test_traffic() -> None:
    releases = Releases.make()
    files = releases.parts.service().release_files(hook=releases.smoke_test.arn)
    assert yaml.safe_load(files["appspec.yaml"])["Hooks"] == [{"AfterAllowTestTraffic": releases.smoke_test.arn}]
    assert "Hooks" not in yaml.safe_load(releases.parts.service("other").release_files()["appspec.yaml"])


def test_it_goes_out_only_where_it_must() -> None:
    releases = Releases.make()
    releases.smoke_test.allow_to_internet()
    out = [rule for rule in rules(Template.of(releases.parts.stack), "egress") if "cidr_ipv4" in rule]
    assert [(rule["cidr_ipv4"], rule["from_port"]) for rule in out] == [("0.0.0.0/0", 443)]


def test_without_a_test_listener_there_is_nothing_to_ask() -> None:
    parts = Parts.make()
    assert parts.load_balancer
    with pytest.raises(WiringError, match="the load balancer has no test listener"):
        SmokeTest(
            parts.stack,
            "smoke-test",
            label=LABEL,
            vpc=parts.vpc,
            load_balancer=parts.load_balancer,
            is_public=False,
            host_name=HOST,
            paths={},
            key=parts.key,
            log_retention_days=30,
            topics=parts.topics,
        )

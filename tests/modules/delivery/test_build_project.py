"""A project of CodeBuild: where it runs, what it reaches and what it may do."""

from __future__ import annotations

import json

import pytest

from modules.errors import WiringError
from templates.buildspecs import MOST_CHARACTERS
from tests.modules.delivery.parts import Parts
from tests.template import Template

EGRESS = "aws_vpc_security_group_egress_rule"


def test_it_reaches_https_only_and_nothing_reaches_it() -> None:
    parts = Parts.make()
    parts.build()
    made = Template.of(parts.stack)
    assert {(one["from_port"], one["to_port"]) for one in made.all(EGRESS).values()} == {(443, 443)}
    assert not made.all("aws_vpc_security_group_ingress_rule")


def test_what_installs_packages_reaches_mirrors_over_http_too() -> None:
    parts = Parts.make()
    parts.build(installs_packages=True)
    rules = Template.of(parts.stack).all(EGRESS).values()
    out = {one["from_port"] for one in rules if one.get("cidr_ipv4") == "0.0.0.0/0"}
    assert out == {80, 443}


def test_without_nat_it_reaches_no_address_outside() -> None:
    parts = Parts.make()
    parts.build(has_internet=False, installs_packages=True)
    assert not any(one.get("cidr_ipv4") == "0.0.0.0/0" for one in Template.of(parts.stack).all(EGRESS).values())


def test_its_network_interfaces_are_for_codebuild_in_the_private_subnets() -> None:
    parts = Parts.make()
    parts.build()
    permission = parts.granted("project_role")["AllowNetworkInterfacePermission"]
    assert permission["Condition"]["StringEquals"] == {"ec2:AuthorizedService": "codebuild.amazonaws.com"}
    subnets = permission["Condition"]["ArnEquals"]["ec2:Subnet"]
    assert len(subnets) == 2
    assert all("private" in subnet for subnet in subnets)


def test_codebuild_assumes_the_role_for_this_account_only_and_within_the_boundary() -> None:
    parts = Parts.make()
    parts.build()
    role = Template.of(parts.stack).named("aws_iam_role.project_role")
    assert '"aws:SourceAccount"' in role["assume_role_policy"]
    assert role["permissions_boundary"].endswith("-delivery-boundary")


def test_a_buildspec_with_reports_is_made_from_the_group_that_it_may_write_to() -> None:
    parts = Parts.make()
    parts.build(has_reports=True, buildspec=lambda group: f"reports: {group}")
    project = Template.of(parts.stack).only("aws_codebuild_project")
    assert project["source"]["buildspec"].startswith("reports: ${aws_codebuild_report_group.")


def test_a_buildspec_that_codebuild_does_not_take_is_refused() -> None:
    with pytest.raises(WiringError, match=f"must have {MOST_CHARACTERS} or fewer"):
        Parts.make().build(buildspec="#" * (MOST_CHARACTERS + 1))


def test_variables_are_plain_text_and_name_the_environment() -> None:
    parts = Parts.make()
    parts.build(variables={"SERVICE": "backend"})
    environment = Template.of(parts.stack).only("aws_codebuild_project")["environment"]
    variables = {one["name"]: one["value"] for one in environment["environment_variable"]}
    assert variables["PROGRAMS_VERSION"].startswith("${aws_s3_object.store_programs_")
    assert json.loads(variables["REPOSITORY_URLS"]) == {"backend": "host/app-backend"}
    assert (variables["ENVIRONMENT"], variables["SERVICE"]) == ("test", "backend")

"""The firewall of an environment: in which stack it is, and who lets AWS write its log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.load import load_environment
from main import synthesize
from synthesis.manifest import read_stacks
from tests.config.examples import parsed, without
from tests.fixtures import FOLDER

if TYPE_CHECKING:
    from pathlib import Path

    from synthesis.manifest import Stack

POLICY = "aws_cloudwatch_log_resource_policy"
ACL = "aws_wafv2_web_acl"
OWN = "arn:aws:wafv2:us-east-1:333333333333:{}/webacl/own/11111111-2222-3333-4444-555555555555"


def holders(stacks: dict[str, Stack], kind: str, *, environment: str) -> list[str]:
    """The stacks of an environment that have a type, except the layers `security` and `domain`, for their own logs."""
    own = {"security", "domain"}
    named = [stack for stack in stacks.values() if stack.environment == environment and stack.layer not in own]
    return [stack.id for stack in named if any(stack.all(kind))]


def test_a_public_load_balancer_has_it_in_its_own_stack(output: Path) -> None:
    stacks = read_stacks(output)
    assert holders(stacks, ACL, environment="dev") == ["dev-service"]
    (acl,) = stacks["dev-service"].all(ACL)
    (balancer,) = stacks["dev-service"].all("aws_lb")
    (association,) = stacks["dev-service"].all("aws_wafv2_web_acl_association")
    assert acl.get("scope") == "REGIONAL"
    assert acl.is_referred_to_by(association.get("web_acl_arn"))
    assert balancer.is_referred_to_by(association.get("resource_arn"))
    assert holders(stacks, POLICY, environment="dev") == ["dev-notifications"]
    assert "dev-notifications" in stacks["dev-service"].dependencies


def test_cloudfront_has_it_in_the_layer_edge(output: Path) -> None:
    stacks = read_stacks(output)
    assert holders(stacks, ACL, environment="prod") == ["prod-edge"]
    (acl,) = stacks["prod-edge"].all(ACL)
    assert acl.get("scope") == "CLOUDFRONT"
    assert holders(stacks, "aws_wafv2_web_acl_association", environment="prod") == []
    assert "prod-notifications" in stacks["prod-edge"].dependencies


def test_aws_may_write_its_log_in_the_region_of_cloudfront(tmp_path: Path) -> None:
    elsewhere = load_environment("elsewhere", folder=FOLDER / "renamed")
    synthesize([elsewhere], tmp_path / "out")
    stacks = read_stacks(tmp_path / "out")
    assert holders(stacks, POLICY, environment="elsewhere") == ["elsewhere-notifications-us-east-1"]
    assert "elsewhere-notifications-us-east-1" in stacks["elsewhere-edge"].dependencies
    (group,) = (one for one in stacks["elsewhere-edge"].all("aws_cloudwatch_log_group"))
    assert group.get("name") == "aws-waf-logs-customer-relations-elsewhere-edge"


def test_one_of_the_users_own_needs_neither_key_nor_log(tmp_path: Path) -> None:
    toml = without("edge", "firewall") + f'[firewall]\nweb_acl_arn = "{OWN.format("regional")}"\n'
    synthesize([parsed(toml)], tmp_path / "public")
    stacks = read_stacks(tmp_path / "public")
    (association,) = stacks["prod-service"].all("aws_wafv2_web_acl_association")
    assert association.get("web_acl_arn") == OWN.format("regional")
    toml = without("firewall") + f'[firewall]\nweb_acl_arn = "{OWN.format("global")}"\n'
    synthesize([parsed(toml)], tmp_path / "cloudfront")
    for folder in ("public", "cloudfront"):
        stacks = read_stacks(tmp_path / folder)
        for kind in (ACL, POLICY, "aws_wafv2_web_acl_logging_configuration"):
            assert holders(stacks, kind, environment="prod") == []
        groups = [group for stack in stacks.values() for group in stack.all("aws_cloudwatch_log_group")]
        assert not [group for group in groups if str(group.get("name")).startswith("aws-waf-logs-")]
    names = [str(alias.get("name")) for alias in stacks["prod-edge"].all("aws_kms_alias")]
    assert names
    assert not [name for name in names if "firewall" in name]

"""Flow logs are written by a role of their own, which may write to their log group only."""

from __future__ import annotations

from modules.key import Key
from modules.network.flow_logs import FlowLogs
from modules.network.vpc import Vpc
from tests.fixtures import fixture_environment
from tests.template import LABEL, Template, new_stack, statements


def test_the_role_that_writes_flow_logs_may_write_to_their_group_and_nothing_else() -> None:
    stack = new_stack()
    vpc = Vpc(stack, "vpc", config=fixture_environment("prod").network, label=LABEL)
    key = Key(stack, "logs-key", label=LABEL, name="logs", description="Logs", protect=False)
    FlowLogs(stack, "flow-logs", retention_days=365, label=LABEL, vpc=vpc, key=key)
    policy = Template.of(stack).only("aws_iam_role_policy")["policy"]
    assert policy.count("aws_cloudwatch_log_group.flow-logs_group") == 2
    assert '"*"' not in policy


def test_the_role_may_do_what_the_service_asks_for_but_not_create_groups() -> None:
    stack = new_stack()
    vpc = Vpc(stack, "vpc", config=fixture_environment("prod").network, label=LABEL)
    key = Key(stack, "logs-key", label=LABEL, name="logs", description="Logs", protect=False)
    FlowLogs(stack, "flow-logs", retention_days=365, label=LABEL, vpc=vpc, key=key)
    write, describe = statements(Template.of(stack).only("aws_iam_role_policy")["policy"])
    assert write["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"]
    assert describe["Action"] == "logs:DescribeLogGroups"
    assert describe["Resource"] == "arn:aws:logs:us-east-1:444444444444:log-group:*"


def test_two_networks_of_a_region_have_log_groups_and_roles_of_their_own() -> None:
    stack = new_stack()
    vpc = Vpc(stack, "vpc", config=fixture_environment("prod").network, label=LABEL)
    key = Key(stack, "logs-key", label=LABEL, name="logs", description="Logs", protect=False)
    FlowLogs(stack, "flow-logs", retention_days=365, label=LABEL, vpc=vpc, key=key)
    FlowLogs(stack, "others", retention_days=365, label=LABEL, vpc=vpc, key=key, name="drills-vpc-flow-logs")
    template = Template.of(stack)
    roles = {role["name"] for role in template.all("aws_iam_role").values()}
    groups = {group["name"] for group in template.all("aws_cloudwatch_log_group").values()}
    assert roles == {"user-management-test-vpc-flow-logs", "user-management-test-drills-vpc-flow-logs"}
    assert groups == {"/user-management/test/vpc-flow-logs", "/user-management/test/drills-vpc-flow-logs"}

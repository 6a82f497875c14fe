"""A function has the rights that it needs and no others, and failed calls are kept."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cdktf import App

from modules.errors import WiringError
from modules.function import Function
from modules.key import Key
from modules.network.connections import Port
from modules.network.vpc import Vpc
from tests.fixtures import fixture_environment
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack, statements

if TYPE_CHECKING:
    from cdktf import TerraformStack


def function_in(
    stack: TerraformStack,
    *,
    folder: str = "jwt_rotation",
    files: dict[str, str] | None = None,
    name: str | None = None,
    vpc: Vpc | None = None,
    is_waited_for: bool = False,
) -> Function:
    keys = [Key(stack, n, label=LABEL, name=n, description=n, protect=False) for n in ("key", "logs-key")]
    return Function(
        stack,
        "function",
        label=LABEL,
        folder=folder,
        description="Rotates",
        variables={"A": "1"},
        timeout_seconds=30,
        key=keys[0],
        logs_key=keys[1],
        log_retention_days=30,
        topics=None if is_waited_for else topics_in(stack),
        files=files,
        name=name,
        vpc=vpc,
    )


def build(stack: TerraformStack) -> Template:
    function_in(stack)
    return Template.of(stack)


@pytest.fixture(scope="module")
def in_vpc() -> Template:
    stack = new_stack()
    vpc = Vpc(stack, "vpc", config=fixture_environment("dev").network, label=LABEL)
    function = function_in(stack, name="keeper", vpc=vpc)
    function.connections.allow_to_cidr("0.0.0.0/0", name="internet", port=Port.tcp(443))
    return Template.of(stack)


@pytest.fixture(scope="module")
def stack() -> TerraformStack:
    return new_stack()


@pytest.fixture(scope="module")
def made(stack: TerraformStack) -> Template:
    return build(stack)


def test_terraform_finds_the_zip_beside_the_json_and_detects_changes(made: Template, stack: TerraformStack) -> None:
    function = made.only("aws_lambda_function")
    assert function["filename"] == "lambdas/jwt-rotation.zip"
    written = (Path(App.of(stack).outdir) / "stacks" / stack.node.id / function["filename"]).read_bytes()
    assert base64.b64encode(hashlib.sha256(written).digest()).decode() == function["source_code_hash"]


def test_failed_calls_are_kept_encrypted_for_two_weeks(made: Template) -> None:
    queue = made.only("aws_sqs_queue")
    assert (queue["message_retention_seconds"], queue["kms_master_key_id"]) == (1_209_600, "${aws_kms_key.key.arn}")
    target = made.only("aws_lambda_function")["dead_letter_config"]["target_arn"]
    assert target.startswith("${aws_sqs_queue.")


def test_its_log_group_is_created_before_it(made: Template) -> None:
    function = made.only("aws_lambda_function")
    group = made.only("aws_cloudwatch_log_group", name="/aws/lambda/user-management-test-jwt-rotation")
    assert group["retention_in_days"] == 30
    assert function["logging_config"]["log_group"] == group["name"]
    assert any("aws_cloudwatch_log_group" in dependency for dependency in function["depends_on"])


def test_it_may_write_its_own_log_and_queue_and_no_other(made: Template) -> None:
    allowed = statements(made.only("aws_iam_role_policy")["policy"])
    everywhere = [statement["Action"] for statement in allowed if statement["Resource"] == "*"]
    assert everywhere == [["xray:PutTraceSegments", "xray:PutTelemetryRecords"]]


def test_a_call_that_failed_after_all_retries_alarms(made: Template) -> None:
    alarm = made.only("aws_cloudwatch_metric_alarm")
    assert (alarm["namespace"], alarm["metric_name"]) == ("AWS/SQS", "ApproximateNumberOfMessagesVisible")
    assert alarm["dimensions"] == {"QueueName": made.only("aws_sqs_queue")["name"]} or "failed" in str(alarm)
    assert (alarm["threshold"], alarm["tags"]) == (1, {"Severity": "critical"})


def test_with_another_name_than_its_folder_all_that_it_has_is_called_so(in_vpc: Template) -> None:
    function = in_vpc.only("aws_lambda_function")
    assert function["function_name"] == "user-management-test-keeper"
    assert function["filename"] == "lambdas/keeper.zip"
    assert in_vpc.only("aws_sqs_queue")["name"] == "user-management-test-keeper-failed"
    assert in_vpc.only("aws_cloudwatch_log_group", name="/aws/lambda/user-management-test-keeper")


def test_in_a_vpc_it_is_in_the_private_subnets_with_a_group_of_its_own(in_vpc: Template, made: Template) -> None:
    network = in_vpc.only("aws_lambda_function")["vpc_config"]
    assert all(subnet.startswith("${aws_subnet.vpc_private-") for subnet in network["subnet_ids"])
    assert network["security_group_ids"] == [
        f"${{aws_security_group.{name}.id}}" for name in in_vpc.all("aws_security_group")
    ]
    assert in_vpc.only("aws_vpc_security_group_egress_rule")["description"] == "keeper to internet"
    assert "vpc_config" not in made.only("aws_lambda_function")


def test_lambda_may_put_it_into_the_network_and_its_code_may_not(in_vpc: Template) -> None:
    by_sid = {one.get("Sid"): one for one in statements(in_vpc.only("aws_iam_role_policy")["policy"])}
    allowed, denied = by_sid["AllowNetworkInterfaces"], by_sid["DenyNetworkInterfacesToCode"]
    assert set(allowed["Action"]) < set(denied["Action"])
    assert (denied["Effect"], denied["Resource"]) == ("Deny", "*")
    arn = "arn:aws:lambda:us-east-1:444444444444:function:user-management-test-keeper"
    assert denied["Condition"] == {"ArnEquals": {"lambda:SourceFunctionArn": arn}}
    function = in_vpc.only("aws_lambda_function")
    assert any("aws_iam_role_policy" in dependency for dependency in function["depends_on"])


def test_outside_of_a_vpc_it_has_no_connections() -> None:
    with pytest.raises(WiringError, match="it is in no VPC, so it has no security group: pass vpc="):
        _ = function_in(new_stack()).connections


def test_without_topics_it_keeps_no_failed_calls() -> None:
    stack = new_stack()
    function = function_in(stack, is_waited_for=True)
    with pytest.raises(WiringError, match="it has no queue of failed calls"):
        _ = function.failed_queue_arn
    made = Template.of(stack)
    assert not made.all("aws_sqs_queue")
    assert not made.all("aws_cloudwatch_metric_alarm")
    assert "dead_letter_config" not in made.only("aws_lambda_function")
    allowed = statements(made.only("aws_iam_role_policy")["policy"])
    assert not [one for one in allowed if "sqs" in str(one)]

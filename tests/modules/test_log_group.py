"""CloudWatch Logs may use the key for log groups of this environment only, and a writer reaches one group."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modules.errors import WiringError
from modules.key import Key
from modules.log_group import LogGroup
from modules.role import Role, ServicePrincipal
from tests.template import LABEL, Template, new_stack, statements


@pytest.fixture(scope="module")
def made() -> Template:
    stack = new_stack()
    key = Key(stack, "key", label=LABEL, name="logs", description="Logs", protect=False)
    group = LogGroup(stack, "group", label=LABEL, name="/user-management/test/one", retention_days=90, key=key)
    group.grant_write(Role(stack, "writer", label=LABEL, service=ServicePrincipal.LAMBDA, description="Writes"))
    return Template.of(stack)


def test_the_key_is_for_log_groups_of_this_environment(made: Template) -> None:
    (logs,) = [s for s in statements(made.only("aws_kms_key")["policy"]) if s.get("Sid") == "AllowLogGroups"]
    assert logs["Principal"] == {"Service": "logs.us-east-1.amazonaws.com"}
    names = ("/user-management/test/*", "/aws/*/user-management-test-*", "/aws/*/user-management-test/*")
    groups = [f"arn:aws:logs:us-east-1:444444444444:log-group:{name}" for name in names]
    assert logs["Condition"] == {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}}


def test_a_name_of_another_environment_is_refused() -> None:
    stack = new_stack()
    key = Key(stack, "key", label=LABEL, name="logs", description="Logs", protect=False)
    with pytest.raises(
        WiringError, match=r'"/aws/lambda/other" is not a name of this environment; it must match /user'
    ):
        LogGroup(stack, "group", label=LABEL, name="/aws/lambda/other", retention_days=90, key=key)


def test_grant_write_allows_only_this_group_and_its_streams(made: Template) -> None:
    (write,) = statements(made.only("aws_iam_role_policy")["policy"])
    arn = "${aws_cloudwatch_log_group.group.arn}"
    assert write["Resource"] == [arn, f"{arn}:*"]


def test_without_a_destination_nothing_is_forwarded(made: Template) -> None:
    assert made.all("aws_cloudwatch_log_subscription_filter") == {}


def test_with_a_destination_every_event_is_forwarded() -> None:
    stack = new_stack()
    destination = "arn:aws:logs:us-east-1:999999999999:destination:company-logs"
    label = replace(LABEL, log_destination=destination)
    key = Key(stack, "key", label=label, name="logs", description="Logs", protect=False)
    for name in ("one", "two"):
        LogGroup(stack, name, label=label, name=f"/user-management/test/{name}", retention_days=90, key=key)
    filters = Template.of(stack).all("aws_cloudwatch_log_subscription_filter").values()
    assert {one["log_group_name"] for one in filters} == {
        "${aws_cloudwatch_log_group.one.name}",
        "${aws_cloudwatch_log_group.two.name}",
    }
    assert all((one["filter_pattern"], one["destination_arn"]) == ("", destination) for one in filters)

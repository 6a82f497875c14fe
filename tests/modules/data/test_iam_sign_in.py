"""A right to sign in is for exactly the users of the role; people assume an IAM role for it."""

from __future__ import annotations

from modules.data.iam_sign_in import add_people_role, connect_statement
from tests.modules.data.databases import REPORTS
from tests.template import LABEL, Template, new_stack, statements


def test_the_right_is_for_each_user_at_each_place() -> None:
    statement = connect_statement(LABEL, resource_ids=["db-1", "db-2"], users=["api_a", "api_b"])
    start = "arn:aws:rds-db:us-east-1:444444444444:dbuser:"
    assert statement.actions == ("rds-db:connect",)
    assert statement.resources == tuple(
        f"{start}{place}/{user}" for place in ("db-1", "db-2") for user in ("api_a", "api_b")
    )


def test_people_get_an_iam_role_within_the_boundary() -> None:
    stack = new_stack()
    add_people_role(stack, REPORTS, label=LABEL, resource_ids=["db-1"])
    template = Template.of(stack)
    role = template.only("aws_iam_role")
    assert role["name"] == "user-management-test-postgres-reports"
    assert role["permissions_boundary"].endswith("workload-boundary")
    (trust,) = statements(role["assume_role_policy"])
    assert trust["Principal"] == {"AWS": "arn:aws:iam::444444444444:root"}
    (connect,) = statements(template.only("aws_iam_role_policy")["policy"])
    assert connect["Resource"] == "arn:aws:rds-db:us-east-1:444444444444:dbuser:db-1/reports_iam"

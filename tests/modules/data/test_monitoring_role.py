"""RDS may write its measurements of the operating system, and nothing else."""

from __future__ import annotations

from modules.data.monitoring_role import add_monitoring_role
from tests.template import LABEL, Template, new_stack, statements


def test_it_writes_to_one_log_group_of_rds() -> None:
    stack = new_stack()
    add_monitoring_role(stack, LABEL)
    template = Template.of(stack)
    (trust,) = statements(template.only("aws_iam_role")["assume_role_policy"])
    assert trust["Principal"] == {"Service": "monitoring.rds.amazonaws.com"}
    resources = [one["Resource"] for one in statements(template.only("aws_iam_role_policy")["policy"])]
    assert all(":log-group:RDSOSMetrics" in str(each) for each in resources)

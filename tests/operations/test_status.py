"""What `make status` says of an environment on the emulator, in each state that a person asks about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from operations.status import show_status
from runner.errors import FAILED, OK, RunnerError
from runner.results import Result, Status
from tests.compliance.samples import stack
from tests.emulator.functions import make_function, zip_code
from tests.operations.conftest import CLUSTER, REGION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from synthesis.manifest import Stack
    from tests.operations.conftest import Small

ASLEEP = """
def handler(event, context):
    assert event == {"action": "status"}, event
    return {"phase": "asleep", "wanted": "asleep", "until": "2026-12-01 07:00 CET", "doing": "", "settled": True}
"""


def show(small: Small, *more: dict[str, Stack], code: int = OK, **metadata: Any) -> str:
    environments = [small.stacks(**metadata), *more]
    assert show_status(environments, account_of=small.account_of, say=small.say) == code
    return "\n".join(small.said)


def test_services_with_their_tasks_and_releases(applied: Small) -> None:
    text = show(applied)
    assert text.startswith(f"test: account {applied.id}, us-east-1\n")
    rows = [line.split() for line in text.split("\n") if re.match(r"\s+(service|api|web) ", line)]
    assert rows == [
        ["service", "desired", "running", "release", "digest", "deployment"],
        ["api", "2", "2", "acme-api:1f2e3d", "-", "-"],
        ["web", "2", "2", "acme-web:1f2e3d", "-", "-"],
    ]
    assert "services  2 of 2 steady" in text
    assert "sleep     awake: it has no [cost.sleep]" in text
    assert "alarms    none is on, of 1" in text
    assert "drift     make status ENV=test DRIFT=1 plans all stacks; each night an issue" in text
    assert "tunnels" not in text


def test_drift_is_what_plans_of_all_stacks_would_change(applied: Small) -> None:
    def plan(stacks: Mapping[str, Stack]) -> list[Result]:
        return [Result(id_, Status.FAILED, note="it is locked", remedy="Wait.") for id_ in stacks]

    assert show_status([applied.stacks()], account_of=applied.account_of, plan=plan, say=applied.said.append) == FAILED
    text = "\n".join(applied.said)
    assert "  drift     1 of 1 stacks are not as planned; to see it: make plan ENV=test\n" in text
    assert "  drift     test-service could not be planned: it is locked Wait.\n" in text


def test_an_alarm_that_is_on_names_its_runbook(applied: Small) -> None:
    cloudwatch = applied.client("cloudwatch")
    for name in ("acme-test-api-errors", "of-another-environment"):
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            AlarmDescription="Too many 5xx. What to do: docs/runbooks.md#errors.",
            Namespace="AWS/ApplicationELB",
            MetricName="HTTPCode_Target_5XX_Count",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
        )
        cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a test")
    text = show(applied)
    assert "alarms    1 on" in text
    assert re.search(
        r"acme-test-api-errors  \d{4}-\d\d-\d\d \d\d:\d\d UTC  us-east-1  docs/runbooks\.md#errors$", text, re.MULTILINE
    )
    assert "of-another-environment" not in text


def test_a_tunnel_that_is_open_says_whose_it_is_and_how_to_end_it(applied: Small) -> None:
    task = run_tunnel_task(applied)
    _leave_rule(applied)
    text = show(applied)
    stop = f"aws ecs stop-task --region {REGION} --cluster {CLUSTER} --task {task}"
    assert re.search(rf"tunnels   jane-1a2b3c since \d{{4}}-.* UTC; to end it: {stop}$", text, re.MULTILINE)
    assert len(applied.rules()) == 1


def test_a_rule_that_a_killed_tunnel_left_is_removed(applied: Small) -> None:
    _leave_rule(applied)
    applied.client("ecs").stop_task(cluster=CLUSTER, task=run_tunnel_task(applied))
    assert "tunnels   removed 1 rules that a tunnel had left in" in show(applied)
    assert applied.rules() == []
    applied.said.clear()
    assert "tunnels" not in show(applied)


def test_a_rule_of_terraform_is_left_alone(applied: Small) -> None:
    group, peer = applied.database_groups["postgres"], applied.database_groups["documentdb"]
    permission = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [{"GroupId": peer}]}
    applied.client("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    show(applied)
    assert len(applied.rules()) == 1


def test_what_is_not_applied_is_said(small: Small) -> None:
    text = show(small)
    assert "services  not applied yet: make apply ENV=test LAYER=service" in text
    assert "alarms    none is on" in text


def test_what_cannot_be_read_is_said_and_the_rest_is_printed(applied: Small, deny: Callable[..., None]) -> None:
    deny("cloudwatch:DescribeAlarms")
    text = show(applied, code=FAILED)
    assert "alarms    Cannot use alarms: cloudwatch:DescribeAlarms is denied. Allow it to your role:" in text
    assert "services  2 of 2 steady" in text
    assert "drift" in text


def test_an_environment_that_sleeps(applied: Small) -> None:
    def client(service: str, **_: object) -> Any:
        return applied.client(service)

    make_function(client, "acme-test-sleep-schedule", zip_code(ASLEEP), account=applied.id)
    text = show(applied, sleep_function="acme-test-sleep-schedule")
    assert "sleep     asleep, to be asleep until 2026-12-01 07:00 CET" in text


def test_a_schedule_that_is_not_applied(applied: Small) -> None:
    text = show(applied, sleep_function="acme-test-sleep-schedule")
    assert "sleep     not known: its schedule is not applied yet (make apply ENV=test LAYER=cost)" in text


def test_of_several_environments_only_those_of_the_account_are_read(applied: Small) -> None:
    provider = {"aws": [{"allowed_account_ids": ["999999999999"], "region": REGION}]}
    other = stack({}, environment="other", layer="service", provider=provider)
    text = show(applied, {other.id: other})
    assert "other is in account 999999999999, and these credentials are of" in text
    assert "services  2 of 2 steady" in text
    with pytest.raises(RunnerError, match="other is in account 999999999999"):
        show_status([{other.id: other}], account_of=applied.account_of, say=applied.say)


def _leave_rule(small: Small) -> None:
    permission = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [{"GroupId": small.group}]}
    small.client("ec2").authorize_security_group_ingress(
        GroupId=small.database_groups["postgres"], IpPermissions=[permission]
    )


def run_tunnel_task(small: Small) -> str:
    made = small.client("ecs").run_task(
        cluster=CLUSTER,
        taskDefinition=small.tunnel["family"],
        launchType="FARGATE",
        startedBy="jane-1a2b3c",
        networkConfiguration={"awsvpcConfiguration": {"subnets": [small.subnet], "securityGroups": [small.group]}},
    )
    return str(made["tasks"][0]["taskArn"].rpartition("/")[2])

"""The sleep schedule in Terraform: what its function may do, when it runs, and who learns that it does not."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cdktf import App

from config.sleep import SleepSettings
from modules.cost.sleep_schedule import SleepSchedule
from modules.key import Key
from modules.notifications.asleep_alarm import AsleepAlarm
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack, statements

if TYPE_CHECKING:
    from cdktf import TerraformStack

SETTINGS = SleepSettings(time_zone="UTC", awake=("mon-fri 07:00-20:00",))


class Named:
    """A construct as the schedule sees it."""

    def __init__(self, name: str) -> None:
        self.name = self.service_name = self.identifier = name
        self.arn = f"arn:{name}"

    @property
    def scaling(self) -> Named:
        return Named(f"{self.name}-target")


def build(stack: TerraformStack, *, everything: bool = True) -> Template:
    there: dict[str, Any] = {
        "cluster": Named("the-cluster"),
        "services": [Named("api"), Named("worker")],
        "postgres": Named("the-postgres"),
        "documentdb": Named("the-documentdb"),
    }
    nothing: dict[str, Any] = {"cluster": None, "services": [], "postgres": None, "documentdb": None}
    SleepSchedule(
        stack,
        "sleep",
        config=SETTINGS,
        label=LABEL,
        key=Key(stack, "key", label=LABEL, name="sleep", description="Sleep", protect=False),
        log_retention_days=30,
        topics=topics_in(stack),
        regions=("eu-central-1", "us-east-1"),
        **(there if everything else nothing),
    )
    return Template.of(stack)


@pytest.fixture(scope="module")
def stack() -> TerraformStack:
    return new_stack()


@pytest.fixture(scope="module")
def made(stack: TerraformStack) -> Template:
    return build(stack)


def allowed(template: Template) -> dict[str, Any]:
    """The resources of each action that the function may call."""
    policy = template.named("aws_iam_role_policy.sleep_function_role_permissions")["policy"]
    found: dict[str, Any] = {}
    for statement in statements(policy):
        actions = statement["Action"]
        for action in [actions] if isinstance(actions, str) else actions:
            found.setdefault(action, []).append(statement["Resource"])
    return found


def test_it_may_change_only_what_sleeps(made: Template) -> None:
    found = {action: where for action, where in allowed(made).items() if action.partition(":")[0] in {"ecs", "rds"}}
    services = ["arn:api", "arn:worker"]
    assert found == {
        "ecs:DescribeServices": [services],
        "ecs:UpdateService": [services],
        "rds:DescribeDBInstances": ["arn:the-postgres", "arn:aws:rds:us-east-1:444444444444:db:*"],
        "rds:StartDBInstance": ["arn:the-postgres"],
        "rds:StopDBInstance": ["arn:the-postgres"],
        "rds:DescribeDBClusters": ["arn:the-documentdb"],
        "rds:StartDBCluster": ["arn:the-documentdb"],
        "rds:StopDBCluster": ["arn:the-documentdb"],
    }
    assert allowed(made)["application-autoscaling:RegisterScalableTarget"] == [["arn:api-target", "arn:worker-target"]]


def test_it_publishes_in_its_own_namespace_only(made: Template) -> None:
    policy = made.named("aws_iam_role_policy.sleep_function_role_permissions")["policy"]
    (publish,) = [each for each in statements(policy) if each["Action"] == "cloudwatch:PutMetricData"]
    namespace = made.only("aws_lambda_function")["environment"]["variables"]["NAMESPACE"]
    assert publish["Condition"] == {"StringEquals": {"cloudwatch:namespace": namespace}}
    assert namespace == "user-management-test/sleep"


def test_an_environment_without_services_and_databases_grants_nothing_on_them(made: Template) -> None:
    less = build(new_stack(), everything=False)
    services = {action.partition(":")[0] for action in allowed(less)}
    assert not services & {"application-autoscaling", "ecs", "rds"}
    assert services < {action.partition(":")[0] for action in allowed(made)}


def test_its_package_has_the_schedule(made: Template, stack: TerraformStack) -> None:
    function = made.only("aws_lambda_function")
    content = (Path(App.of(stack).outdir) / "stacks" / stack.node.id / function["filename"]).read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.read("sleep_schedule/settings.json").decode() == SETTINGS.schedule()
    assert function["environment"]["variables"]["SERVICES"] == "api,worker"
    assert function["environment"]["variables"]["REGIONS"] == "eu-central-1,us-east-1"


def test_it_runs_every_five_minutes_and_scheduler_repeats_nothing(made: Template) -> None:
    schedule = made.only("aws_scheduler_schedule")
    assert schedule["schedule_expression"] == "rate(5 minutes)"
    assert schedule["target"]["retry_policy"]["maximum_retry_attempts"] == 0
    assert json.loads(schedule["target"]["input"]) == {"action": "run"}


def test_the_two_roles_have_names_of_their_own(made: Template) -> None:
    names = [role["name"] for role in made.all("aws_iam_role").values()]
    assert len(set(names)) == len(names) == 2


def test_its_parameters_are_written_once_by_terraform(made: Template) -> None:
    found = {each["name"]: each["value_wo"] for each in made.all("aws_ssm_parameter").values()}
    assert found == {"/user-management/test/sleep/state": "{}", "/user-management/test/sleep/override": "{}"}


def test_half_an_hour_without_a_successful_run_warns(made: Template) -> None:
    alarm = made.named("aws_cloudwatch_metric_alarm.sleep_failing-alarm")
    result, runs = alarm["metric_query"]
    assert result["expression"] == "FILL(runs, 0)"  # a run that is missing counts, not one before it
    assert (runs["metric"]["metric_name"], runs["metric"]["stat"]) == ("TransitionMinutes", "SampleCount")
    assert (runs["metric"]["period"], alarm["datapoints_to_alarm"], alarm["evaluation_periods"]) == (300, 6, 6)
    assert alarm["treat_missing_data"] == "breaching"
    assert (alarm["comparison_operator"], alarm["threshold"]) == ("LessThanThreshold", 1)


def test_a_change_that_takes_too_long_warns(made: Template) -> None:
    alarm = made.named("aws_cloudwatch_metric_alarm.sleep_transition-alarm")
    assert (alarm["metric_name"], alarm["threshold"], alarm["treat_missing_data"]) == (
        "TransitionMinutes",
        90,
        "ignore",
    )


def test_its_alarms_notify_directly_and_warn(made: Template) -> None:
    alarms = made.all("aws_cloudwatch_metric_alarm").values()
    assert {alarm["tags"]["Severity"] for alarm in alarms} == {"warning"}
    assert all(alarm["alarm_actions"] for alarm in alarms)


def test_the_suppressor_speaks_again_when_the_schedule_does_not_run() -> None:
    stack = new_stack()
    suppressor = AsleepAlarm(stack, "asleep", label=LABEL).suppressor
    alarm = Template.of(stack).only("aws_cloudwatch_metric_alarm")
    assert (alarm["namespace"], alarm["metric_name"]) == ("user-management-test/sleep", "Asleep")
    assert (alarm["threshold"], alarm["comparison_operator"]) == (1, "GreaterThanOrEqualToThreshold")
    assert alarm["treat_missing_data"] == "notBreaching"
    assert "alarm_actions" not in alarm
    assert suppressor.alarm_name

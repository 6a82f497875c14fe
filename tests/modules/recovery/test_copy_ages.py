"""The watch of the copies: an alarm for each store, after the first values, and no right to read a copy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from config.copies import CopiedStore
from modules.key import Key
from modules.recovery.copy_ages import CopyAges
from tests.modules.recovery.regions import THERE, of_action
from tests.modules.topics import topics_in
from tests.template import Template, new_stack

if TYPE_CHECKING:
    from cdktf import TerraformStack

ALARM = "aws_cloudwatch_metric_alarm"
ROLE = "ages_function_role_permissions"
POSTGRES = CopiedStore(name="postgres", what="PostgreSQL", most_minutes=60, is_critical=True)
BACKUPS = CopiedStore(name="backups", what="the bucket of backups", most_minutes=75)


def watch_in(stack: TerraformStack) -> CopyAges:
    key = Key(stack, "key", label=THERE, name="copies", description="Copies", protect=False)
    return CopyAges(
        stack,
        "ages",
        label=THERE,
        stores=[POSTGRES, BACKUPS],
        key=key,
        log_retention_days=30,
        topics=topics_in(stack, label=THERE),
        after=key.dependables,
    )


@pytest.fixture(scope="module")
def made() -> Template:
    stack = new_stack()
    watch_in(stack)
    return Template.of(stack)


def alarm_of(made: Template, store: str) -> dict[str, Any]:
    return made.only(ALARM, alarm_name=f"user-management-test-{store}-copy-age")


@pytest.mark.parametrize(("store", "severity"), [(POSTGRES, "critical"), (BACKUPS, "warning")])
def test_each_store_has_an_alarm_with_its_target(made: Template, store: CopiedStore, severity: str) -> None:
    alarm = alarm_of(made, store.name)
    assert (alarm["threshold"], alarm["comparison_operator"]) == (store.most_minutes, "GreaterThanThreshold")
    assert (alarm["tags"]["Severity"], alarm["dimensions"]) == (severity, {"Store": store.name})
    assert alarm["alarm_description"].startswith(f"The newest copy of {store.what} in us-west-2 is more than ")


@pytest.mark.parametrize("store", ["postgres", "backups"])
def test_a_value_that_is_missing_is_an_old_copy(made: Template, store: str) -> None:
    alarm = alarm_of(made, store)
    assert (alarm["treat_missing_data"], alarm["datapoints_to_alarm"], alarm["period"]) == ("breaching", 2, 900)


def test_the_first_values_are_there_before_the_alarms_and_the_schedule(made: Template) -> None:
    for dependent in (*map(alarm_of, (made, made), ("postgres", "backups")), made.only("aws_scheduler_schedule")):
        assert any(one.startswith("aws_lambda_invocation.ages_first") for one in dependent["depends_on"])
    assert "aws_kms_key.key" in made.only("aws_lambda_invocation")["depends_on"]


def test_another_code_is_called_in_the_apply_again(made: Template) -> None:
    function = made.only("aws_lambda_function")
    assert json.loads(made.only("aws_lambda_invocation")["input"]) == {"code": function["source_code_hash"]}


def test_it_measures_its_stores_only_and_may_see_since_when(made: Template) -> None:
    variables = made.only("aws_lambda_function")["environment"]["variables"]
    assert json.loads(variables["STORES"]).keys() == {"postgres", "backups"}
    assert of_action(made, ROLE, "cloudwatch:GetMetricStatistics")
    assert not of_action(made, ROLE, "backup:ListRecoveryPointsByBackupVault")


def test_it_publishes_into_its_namespace_only(made: Template) -> None:
    (publish,) = of_action(made, ROLE, "cloudwatch:PutMetricData")
    assert publish["Condition"] == {"StringEquals": {"cloudwatch:namespace": "user-management-test/recovery"}}
    assert made.only("aws_lambda_function")["environment"]["variables"]["NAMESPACE"] == "user-management-test/recovery"


def test_it_cannot_decrypt_what_is_copied(made: Template) -> None:
    for statement in of_action(made, ROLE, "kms:Decrypt"):
        (condition,) = statement["Condition"].values()
        assert condition.keys() & {"kms:EncryptionContext:aws:lambda:FunctionArn", "kms:ViaService"}
        assert condition.get("kms:ViaService", "sqs.us-west-2.amazonaws.com") == "sqs.us-west-2.amazonaws.com"

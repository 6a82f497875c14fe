"""A canary asks for one page with a role of its own, keeps a log with a retention, and alarms when it stops."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cdktf import App

from config.canaries import CanarySettings
from config.canary_runtimes import NEWEST
from modules.bucket import Bucket, BucketConfig
from modules.key import Key
from modules.observability import canary as module
from modules.observability.canary import Canary
from modules.observability.canary_results import CanaryResults
from modules.suppressor import Suppressor
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack, statements

SETTINGS = CanarySettings(path="/api/health?deep=1", text="ok")


def build(
    config: CanarySettings = SETTINGS,
    *,
    status: int = 200,
    runtime: str = NEWEST,
    days: int = 90,
    sleeps: bool = False,
) -> tuple[Template, Path]:
    """The stack with a canary, and the folder of its JSON."""
    stack = new_stack()
    key = Key(stack, "key", label=LABEL, name="canaries", description="Canaries", protect=False)
    logs = Bucket(
        stack,
        "access-logs",
        config=BucketConfig(noncurrent_version_days=1, protect=False),
        label=LABEL,
        name="access-logs-1",
        key=None,
        access_logs=None,
    )
    results = CanaryResults(
        stack, "results", label=LABEL, key=key, access_logs=logs, retention_days=days, protect=False
    )
    topics = topics_in(stack)
    Canary(
        stack,
        "api",
        config=config,
        label=LABEL,
        name="api",
        host="users.example.com",
        expected_status=status,
        runtime=runtime,
        results=results,
        results_days=days,
        key=key,
        log_retention_days=30,
        topics=replace(topics, suppressor=Suppressor("asleep")) if sleeps else topics,
    )
    return Template.of(stack), Path(App.of(stack).outdir, "stacks", stack.node.id)


@pytest.fixture(scope="module")
def made() -> Template:
    return build()[0]


def canary_of(template: Template) -> dict[str, Any]:
    return template.only("aws_synthetics_canary")


def variables(template: Template) -> dict[str, str]:
    found: dict[str, str] = canary_of(template)["run_config"]["environment_variables"]
    return found


def test_it_asks_for_the_page_as_the_settings_say(made: Template) -> None:
    assert variables(made) == {
        "CANARY_URL": "https://users.example.com/api/health?deep=1",
        "EXPECTED_STATUS": "200",
        "EXPECTED_TEXT": "ok",
        "TIMEOUT_SECONDS": "10",
    }
    canary = canary_of(made)
    assert (canary["name"], canary["runtime_version"]) == ("user-management-test-api", NEWEST)
    assert canary["start_canary"] is True


def test_another_status_than_that_of_the_settings_has_no_text() -> None:
    """The page of a maintenance is not the page of the site."""
    found = variables(build(status=503)[0])
    assert (found["EXPECTED_STATUS"], found["EXPECTED_TEXT"]) == ("503", "")


def test_a_run_ends_before_the_shortest_interval_and_after_the_longest_request(made: Template) -> None:
    seconds = canary_of(made)["run_config"]["timeout_in_seconds"]
    shortest, longest = (CanarySettings.model_fields[name].metadata for name in ("interval_minutes", "timeout_seconds"))
    assert seconds < min(60 * limit.ge for limit in shortest if hasattr(limit, "ge"))
    assert seconds > max(limit.le for limit in longest if hasattr(limit, "le"))


@pytest.mark.parametrize(
    ("minutes", "rate"), [(1, "rate(1 minute)"), (5, "rate(5 minutes)"), (59, "rate(59 minutes)"), (60, "rate(1 hour)")]
)
def test_the_interval_is_a_rate_of_aws(minutes: int, rate: str) -> None:
    template, _ = build(CanarySettings(path="/", interval_minutes=minutes))
    assert canary_of(template)["schedule"] == {"expression": rate}
    assert template.only("aws_cloudwatch_metric_alarm")["period"] == 60 * minutes


def test_the_zip_has_the_script_where_synthetics_looks_for_it() -> None:
    template, folder = build()
    canary = canary_of(template)
    with zipfile.ZipFile(io.BytesIO((folder / canary["zip_file"]).read_bytes())) as archive:
        assert archive.namelist() == ["python/http_check.py"]
        assert b"def handler(" in archive.read("python/http_check.py")
    assert canary["handler"] == "http_check.handler"


def test_another_script_or_another_runtime_is_another_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The provider uploads the code only then, and AWS refuses another runtime without the code."""
    first = canary_of(build()[0])["zip_file"]
    assert canary_of(build()[0])["zip_file"] == first
    assert canary_of(build(runtime="syn-python-selenium-13.0")[0])["zip_file"] != first
    script = tmp_path / "http_check.py"
    script.write_text("def handler(event, context): ...\n", encoding="utf-8")
    monkeypatch.setattr(module, "_SCRIPT", script)
    assert canary_of(build()[0])["zip_file"] != first


def test_its_function_is_deleted_with_it(made: Template) -> None:
    assert canary_of(made)["delete_lambda"] is True


def test_its_log_group_has_the_name_of_its_function_and_a_retention(made: Template) -> None:
    (group,) = made.all("aws_cloudwatch_log_group").values()
    function = 'element(split(":", aws_synthetics_canary.api.engine_arn), 6)'
    start = "cwsyn-user-management-test-"
    assert group["name"] == f'/aws/lambda/{start}${{replace({function}, "{start}", "")}}'
    assert (group["retention_in_days"], group["kms_key_id"]) == (30, "${aws_kms_key.key.arn}")


def test_results_are_kept_no_longer_than_synthetics_can() -> None:
    for days, expected in ((30, 30), (3653, 455)):
        canary = canary_of(build(days=days)[0])
        assert (canary["success_retention_period"], canary["failure_retention_period"]) == (expected, expected)


def test_its_role_writes_below_its_prefix_and_creates_no_log_group(made: Template) -> None:
    found = statements(made.named("aws_iam_role_policy.api_role_permissions")["policy"])
    by_action = {one["Action"] if isinstance(one["Action"], str) else one["Action"][-1]: one for one in found}
    assert by_action["s3:PutObject"]["Resource"] == "${aws_s3_bucket.results.arn}/api/*"
    assert canary_of(made)["artifact_s3_location"] == "s3://${aws_s3_bucket.results.id}/api"
    logs = by_action["logs:PutLogEvents"]
    assert logs["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert logs["Resource"].endswith(":log-group:/aws/lambda/cwsyn-user-management-test-*")
    assert by_action["cloudwatch:PutMetricData"]["Condition"] == {
        "StringEquals": {"cloudwatch:namespace": "CloudWatchSynthetics"}
    }
    everywhere = {action for action, one in by_action.items() if one["Resource"] == "*"}
    assert everywhere == {"cloudwatch:PutMetricData", "s3:ListAllMyBuckets"}


def test_the_alarm_goes_off_after_failed_runs_and_when_there_are_none(made: Template) -> None:
    alarm = made.only("aws_cloudwatch_metric_alarm")
    assert (alarm["namespace"], alarm["metric_name"]) == ("CloudWatchSynthetics", "SuccessPercent")
    assert alarm["dimensions"] == {"CanaryName": "${aws_synthetics_canary.api.name}"}
    assert (alarm["comparison_operator"], alarm["threshold"]) == ("LessThanThreshold", 100)
    assert (alarm["evaluation_periods"], alarm["datapoints_to_alarm"]) == (2, 2)
    assert alarm["treat_missing_data"] == "breaching"
    assert alarm["tags"] == {"Severity": "critical"}


def test_the_number_of_failed_runs_is_a_setting() -> None:
    alarm = build(CanarySettings(path="/", failed_runs=4))[0].only("aws_cloudwatch_metric_alarm")
    assert (alarm["evaluation_periods"], alarm["datapoints_to_alarm"]) == (4, 4)


def test_it_is_silent_while_the_environment_sleeps() -> None:
    template, _ = build(sleeps=True)
    assert "alarm_actions" not in template.only("aws_cloudwatch_metric_alarm")
    assert template.only("aws_cloudwatch_composite_alarm")["actions_suppressor"]["alarm"] == "asleep"

"""A function's zip has the same bytes on every machine, and failed calls are kept."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cdktf import App

from modules.function import Function
from modules.function_code import zip_files
from modules.key import Key
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack, statements

if TYPE_CHECKING:
    from cdktf import TerraformStack

SOURCE = Path(__file__).parents[2] / "lambdas" / "jwt_rotation" / "handler.py"


def function_in(
    stack: TerraformStack, *, folder: str = "jwt_rotation", files: dict[str, str] | None = None
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
        topics=topics_in(stack),
        files=files,
    )


def build(stack: TerraformStack, *, folder: str = "jwt_rotation", files: dict[str, str] | None = None) -> Template:
    function_in(stack, folder=folder, files=files)
    return Template.of(stack)


@pytest.fixture(scope="module")
def stack() -> TerraformStack:
    return new_stack()


@pytest.fixture(scope="module")
def made(stack: TerraformStack) -> Template:
    return build(stack)


def test_the_zip_has_the_files_and_depends_on_nothing_else() -> None:
    files = {"b": b"second", "a": b"first"}
    assert zip_files(files) == zip_files(dict(reversed(files.items())))
    with zipfile.ZipFile(io.BytesIO(zip_files(files))) as archive:
        assert archive.namelist() == ["a", "b"]
        assert archive.read("b") == b"second"


def test_a_folder_with_one_file_is_a_module_and_one_with_more_a_package(made: Template, stack: TerraformStack) -> None:
    folder = Path(App.of(stack).outdir) / "stacks" / stack.node.id
    with zipfile.ZipFile(folder / made.only("aws_lambda_function")["filename"]) as archive:
        assert archive.namelist() == ["handler.py"]
        assert archive.read("handler.py") == SOURCE.read_bytes()
    assert made.only("aws_lambda_function")["handler"] == "handler.handler"
    other = new_stack()
    package = build(other, folder="sleep_schedule", files={"settings.json": "{}"}).only("aws_lambda_function")
    with zipfile.ZipFile(Path(App.of(other).outdir) / "stacks" / other.node.id / package["filename"]) as archive:
        names = archive.namelist()
        assert archive.read("sleep_schedule/settings.json") == b"{}"
    assert {"sleep_schedule/__init__.py", "sleep_schedule/handler.py", "sleep_schedule/schedule.py"} < set(names)
    assert package["handler"] == "sleep_schedule.handler.handler"


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

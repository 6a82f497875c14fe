from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from emulator.builds import tools
from emulator.builds.build import BUILDS, TIMED_OUT
from emulator.builds.tools import TOOLS
from emulator.registry import REGISTRY
from tests.emulator.builds.projects import SECONDS, phases

if TYPE_CHECKING:
    from pathlib import Path

    from tests.emulator.builds.projects import Projects


def test_a_build_runs_with_its_variables_and_the_role_of_its_project(projects: Projects) -> None:
    projects.of("ssm").put_parameter(Name="/a/url", Value="from the store", Type="SecureString")
    projects.of("secretsmanager").create_secret(Name="keys", SecretString='{"token": "from a secret"}')
    variables = [
        {"name": "PLAIN", "value": "plain", "type": "PLAINTEXT"},
        {"name": "STORED", "value": "/a/url", "type": "PARAMETER_STORE"},
        {"name": "SECRET", "value": "keys:token", "type": "SECRETS_MANAGER"},
    ]
    build, log = projects.run(
        'echo "$PLAIN, $STORED, $SECRET, $CODEBUILD_BUILD_NUMBER"',
        "aws sts get-caller-identity --query Arn --output text",
        variables=variables,
    )
    assert build["buildStatus"] == "SUCCEEDED", log
    assert log.startswith("plain, from the store, from a secret, 1\n")
    assert f"arn:aws:sts::{projects.account}:assumed-role/build/AWSCodeBuild-" in log


def test_phases_and_the_command_that_failed_are_answered(projects: Projects) -> None:
    spec = {
        "env": {"shell": "bash", "exported-variables": ["FOUND"]},
        "phases": {
            "pre_build": {"commands": ["export FOUND=1"]},
            "build": {"on-failure": "ABORT", "commands": ["exit 4"], "finally": ["echo cleaned"]},
            "post_build": {"commands": ["echo never"]},
        },
    }
    build = projects.wait(projects.start(projects.make("failing", spec)))
    assert build["buildStatus"] == "FAILED"
    found = {one["phaseType"]: one.get("phaseStatus") for one in build["phases"]}
    assert (found["PRE_BUILD"], found["BUILD"]) == ("SUCCEEDED", "FAILED")
    assert "POST_BUILD" not in found
    assert build["phases"][-1]["phaseType"] == "COMPLETED"
    (context,) = next(one for one in build["phases"] if one["phaseType"] == "BUILD")["contexts"]
    assert context == {
        "statusCode": "COMMAND_EXECUTION_ERROR",
        "message": "Error while executing command: exit 4. Reason: exit status 4",
    }
    assert build["exportedEnvironmentVariables"] == [{"name": "FOUND", "value": "1"}]
    assert projects.log(build) == "cleaned\n"


def test_reports_are_kept_with_their_counts(projects: Projects) -> None:
    group = projects.builds.create_report_group(
        name="tests", type="TEST", exportConfig={"exportConfigType": "NO_EXPORT"}
    )["reportGroup"]["arn"]
    spec = {
        **phases("echo '<testsuite><testcase/><testcase><failure/></testcase></testsuite>' > a.xml"),
        "reports": {group: {"files": ["*.xml"]}},
    }
    build = projects.wait(projects.start(projects.make("reporting", spec)))
    listed = projects.builds.list_reports_for_report_group(reportGroupArn=group)["reports"]
    assert listed == build["reportArns"]
    (report,) = projects.builds.batch_get_reports(reportArns=listed)["reports"]
    assert report["testSummary"]["statusCounts"] == {"SUCCEEDED": 1, "FAILED": 1}
    assert report["status"] == "FAILED"


@pytest.mark.parametrize("status", ["STOPPED", "TIMED_OUT"])
def test_a_build_that_is_stopped_or_takes_too_long_ends_with_all_its_processes(projects: Projects, status: str) -> None:
    build = projects.start(projects.make("endless", phases("sleep 600 & sleep 600")))
    end = time.monotonic() + SECONDS
    while projects.find(build)["currentPhase"] != "BUILD":
        assert time.monotonic() < end
        time.sleep(0.02)
    if status == "STOPPED":
        projects.builds.stop_build(id=build)
    else:
        REGISTRY.store.table(BUILDS, projects.account, "us-east-1")[build].stop(TIMED_OUT)
    found = projects.wait(build)
    assert found["buildStatus"] == status
    assert projects.builds.stop_build(id=build)["build"]["buildStatus"] == status


def test_builds_are_listed_by_project(projects: Projects) -> None:
    name = projects.make("listed", phases("true"))
    first, second = projects.start(name), projects.start(name)
    projects.wait(first)
    projects.wait(second)
    assert projects.builds.list_builds_for_project(projectName=name)["ids"] == [second, first]
    assert projects.builds.batch_get_builds(ids=["listed:none"])["buildsNotFound"] == ["listed:none"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"serviceRole": "other"}, "not authorized to perform: sts:AssumeRole"),
        ({"source": {"type": "CODEPIPELINE", "buildspec": "version: 0.2"}}, "CODEPIPELINE is not supported"),
    ],
)
def test_what_cannot_be_built_is_refused_at_the_start(projects: Projects, changes: dict[str, Any], says: str) -> None:
    if "serviceRole" in changes:
        changes = {"serviceRole": projects.make_role("other", "lambda")}
    if "source" in changes:
        changes["artifacts"] = {"type": "CODEPIPELINE"}
    name = projects.make("refused", phases("true"), **changes)
    with pytest.raises(ClientError, match=says):
        projects.start(name)
    with pytest.raises(ClientError, match="Project cannot be found"):
        projects.start("none")


def test_a_role_that_may_not_write_the_log_builds_nothing(projects: Projects) -> None:
    role = projects.make_role("silent", "codebuild", "s3:*")
    build = projects.wait(projects.start(projects.make("silent", phases("true"), serviceRole=role)))
    assert build["buildStatus"] == "FAILED"
    (context,) = next(one["contexts"] for one in build["phases"] if "contexts" in one)
    assert context["statusCode"] == "ACCESS_DENIED"
    assert "does not allow AWS CodeBuild to create Amazon CloudWatch Logs log streams" in context["message"]


def test_a_buildspec_that_is_not_valid_fails_the_build(projects: Projects) -> None:
    build = projects.wait(projects.start(projects.make("wrong", {"phases": []})))
    (context,) = next(one["contexts"] for one in build["phases"] if "contexts" in one)
    assert (build["buildStatus"], context["statusCode"]) == ("FAILED", "YAML_FILE_ERROR")


def test_a_container_runs_the_files_of_its_image_with_the_variables_that_are_passed(projects: Projects) -> None:
    projects.of("ecr").create_repository(repositoryName="app", imageScanningConfiguration={"scanOnPush": True})
    url = f"{projects.account}.dkr.ecr.us-east-1.amazonaws.com/app"
    program = '#!/bin/sh\\ncat data; echo "$GIVEN, ${HIDDEN:-nothing}"\\n'
    build, log = projects.run(
        "mkdir -p app/bin; touch app/Dockerfile; echo content > app/data",
        f"printf '{program}' > app/bin/migrate; chmod +x app/bin/migrate",
        f"aws ecr get-login-password | docker login --username AWS --password-stdin {url.partition('/')[0]}",
        f"docker buildx build --pull --label a=b --tag {url}:1 --push --metadata-file m.json app",
        "digest=$(python3 -c \"import json; print(json.load(open('m.json')).popitem()[1])\"); export digest",
        f'docker run --rm --init --read-only --network host --env GIVEN --entrypoint migrate "{url}@$digest"',
        variables=[{"name": name, "value": name.lower(), "type": "PLAINTEXT"} for name in ("GIVEN", "HIDDEN")],
    )
    assert build["buildStatus"] == "SUCCEEDED", log
    assert log.endswith("content\ngiven, nothing\n")
    (image,) = projects.of("ecr").describe_images(repositoryName="app")["imageDetails"]
    found = projects.of("ecr").describe_image_scan_findings(
        repositoryName="app", imageId={"imageDigest": image["imageDigest"]}
    )
    assert found["imageScanStatus"]["status"] == "COMPLETE"
    assert found["imageScanFindings"]["findings"] == []


def test_events_reach_the_rules_of_the_account(projects: Projects) -> None:
    queue = projects.of("sqs").create_queue(QueueName="events")["QueueUrl"]
    attributes = projects.of("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    pattern = {"source": ["aws.codebuild"], "detail": {"build-status": ["SUCCEEDED"]}}
    projects.of("events").put_rule(Name="all", EventPattern=json.dumps(pattern))
    projects.of("events").put_targets(Rule="all", Targets=[{"Id": "queue", "Arn": attributes["QueueArn"]}])
    build, _ = projects.run("true")
    (message,) = projects.of("sqs").receive_message(QueueUrl=queue)["Messages"]
    event = json.loads(message["Body"])
    assert event["detail-type"] == "CodeBuild Build State Change"
    assert event["detail"]["build-id"] == build["arn"]


def test_without_the_aws_cli_a_build_says_what_to_install(
    projects: Projects, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    TOOLS.clear()
    monkeypatch.setattr(tools, "_AWS_CLI", tmp_path / "aws")
    build = projects.wait(projects.start(projects.make("bare", phases("true"))))
    assert build["buildStatus"] == "FAILED"
    assert "run `make .venv/aws-cli.stamp`, then start the build again" in projects.log(build)


def test_nothing_of_a_build_stays_on_the_machine(projects: Projects) -> None:
    build, _ = projects.run("touch here")
    folder = TOOLS.machine("none").parent / build["id"].rpartition(":")[2]
    assert not folder.exists()

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.raw import raw_answer

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


def create(synthetics: Any, name: str, **changes: Any) -> Any:
    arguments = {
        "Name": name,
        "Code": {"Handler": "index.handler", "S3Bucket": "code", "S3Key": "zip"},
        "ArtifactS3Location": "s3://artifacts/canary",
        "ExecutionRoleArn": "arn:aws:iam::123456789012:role/canary",
        "Schedule": {"Expression": "rate(5 minutes)"},
        "RuntimeVersion": "syn-nodejs-puppeteer-9.1",
        "Tags": {"a": "1"},
    }
    return synthetics.create_canary(**(arguments | changes))["Canary"]


def zipped(file: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(file, "")
    return buffer.getvalue()


def test_a_canary_has_numeric_timestamps_and_the_defaults_of_aws(client: Client) -> None:
    synthetics = client("synthetics")
    canary = create(synthetics, "defaults")

    timeline = raw_answer(synthetics, "get_canary", Name="defaults")["Canary"]["Timeline"]
    assert isinstance(timeline["Created"], int | float)
    assert isinstance(timeline["LastModified"], int | float)
    assert canary["RunConfig"] == {"TimeoutInSeconds": 300, "MemoryInMB": 1000, "ActiveTracing": False}
    assert canary["ArtifactS3Location"] == "artifacts/canary"


def test_a_canary_is_changed_started_stopped_tagged_and_deleted(client: Client) -> None:
    synthetics = client("synthetics")
    create(synthetics, "run")
    arn = "arn:aws:synthetics:us-east-1:123456789012:canary:run"
    # Terraform sends back the memory that AWS chose, although a person could not choose it.
    synthetics.update_canary(Name="run", RunConfig={"TimeoutInSeconds": 60, "MemoryInMB": 1000})
    synthetics.start_canary(Name="run")
    assert synthetics.get_canary(Name="run")["Canary"]["Status"]["State"] == "RUNNING"
    synthetics.stop_canary(Name="run")
    synthetics.tag_resource(ResourceArn=arn, Tags={"b": "2"})
    synthetics.untag_resource(ResourceArn=arn, TagKeys=["a"])

    canary = synthetics.describe_canaries(Names=["run"])["Canaries"][0]
    assert (canary["RunConfig"]["TimeoutInSeconds"], canary["RunConfig"]["MemoryInMB"]) == (60, 1000)
    assert synthetics.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"b": "2"}
    synthetics.delete_canary(Name="run")
    with pytest.raises(ClientError, match="Canary not found with name run"):
        synthetics.get_canary(Name="run")


def test_its_function_has_the_start_of_its_name_and_an_id(client: Client) -> None:
    canary = create(client("synthetics"), "user-management-prod-site")
    name, version = canary["EngineArn"].split(":")[6:]
    assert name == f"cwsyn-user-management-prod--{canary['Id']}"
    assert version == "1"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"RuntimeVersion": "syn-nodejs-puppeteer-99.0"}, "runtime version: syn-nodejs-puppeteer-99"),
        ({"RuntimeVersion": "syn-python-selenium-5.1"}, "runtime version: syn-python-selenium-5"),
        ({"RuntimeVersion": "python3.13"}, "runtime version: python3"),
        ({"Schedule": {"Expression": "rate(2 hours)"}}, "Invalid schedule expression"),
        ({"Schedule": {"Expression": "rate(61 minutes)"}}, "Invalid schedule expression"),
        ({"Schedule": {"Expression": "every hour"}}, "Invalid schedule expression"),
        ({"RunConfig": {"TimeoutInSeconds": 301}}, "longer than the frequency"),
        ({"RunConfig": {"MemoryInMB": 1001}}, "multiple of 64"),
        ({"RunConfig": {"EnvironmentVariables": {"LONG": "x" * 4096}}}, "more than 4096 bytes"),
        ({"SuccessRetentionPeriodInDays": 456}, "SuccessRetentionPeriodInDays must be 455 or less"),
    ],
)
def test_what_aws_refuses_is_refused(client: Client, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientError, match=message):
        create(client("synthetics"), "refused", **changes)


@pytest.mark.parametrize("name", ["Upper", "a b", "x" * 256])
def test_a_name_that_is_not_valid_is_refused(client: Client, name: str) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        create(client("synthetics", checked=False), name)


@pytest.mark.parametrize("handler", ["http_check", "http check.handler", ".handler"])
def test_a_handler_that_is_not_valid_is_refused(client: Client, handler: str) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        create(client("synthetics", checked=False), "handler", Code={"Handler": handler, "ZipFile": zipped("a.py")})


def test_a_script_of_python_must_be_in_its_folder(client: Client) -> None:
    runtime = "syn-python-selenium-14.0"
    code = {"Handler": "check.handler", "ZipFile": zipped("check.py")}
    with pytest.raises(ClientError, match=r"does not contain the script python/check\.py"):
        create(client("synthetics"), "outside", RuntimeVersion=runtime, Code=code)
    code = {"Handler": "check.handler", "ZipFile": zipped("python/check.py")}
    assert create(client("synthetics"), "inside", RuntimeVersion=runtime, Code=code)["RuntimeVersion"] == runtime


def test_another_runtime_needs_the_code_again(client: Client) -> None:
    synthetics = client("synthetics")
    create(synthetics, "older")
    with pytest.raises(ClientError, match="Code must be provided"):
        synthetics.update_canary(Name="older", RuntimeVersion="syn-nodejs-puppeteer-10.0")
    code = {"Handler": "index.handler", "S3Bucket": "code", "S3Key": "zip"}
    synthetics.update_canary(Name="older", RuntimeVersion="syn-nodejs-puppeteer-10.0", Code=code)
    assert synthetics.get_canary(Name="older")["Canary"]["RuntimeVersion"] == "syn-nodejs-puppeteer-10.0"


def test_a_refused_change_changes_nothing(client: Client) -> None:
    synthetics = client("synthetics")
    create(synthetics, "kept")
    with pytest.raises(ClientError, match="Invalid schedule"):
        synthetics.update_canary(Name="kept", Schedule={"Expression": "rate(3 hours)"})
    assert synthetics.get_canary(Name="kept")["Canary"]["Schedule"]["Expression"] == "rate(5 minutes)"

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

PROJECT: dict[str, Any] = {
    "source": {"type": "CODEPIPELINE", "buildspec": "version: 0.2"},
    "artifacts": {"type": "CODEPIPELINE"},
    "environment": {"type": "ARM_CONTAINER", "image": "al2023", "computeType": "BUILD_GENERAL1_SMALL"},
    "serviceRole": "arn:aws:iam::123456789012:role/build",
}


def test_a_project_of_a_pipeline_is_created_with_its_settings(client: Client) -> None:
    builds = client("codebuild")
    builds.create_project(name="pipeline", encryptionKey="alias/aws/s3", timeoutInMinutes=30, **PROJECT)
    builds.update_project(name="pipeline", timeoutInMinutes=45)

    project = builds.batch_get_projects(names=["pipeline"])["projects"][0]
    assert project["encryptionKey"] == "alias/aws/s3"
    assert (project["timeoutInMinutes"], project["queuedTimeoutInMinutes"]) == (45, 480)
    with pytest.raises(ClientError, match="Project cannot be found"):
        builds.update_project(name="none")


def test_a_source_of_another_kind_still_needs_a_location(client: Client) -> None:
    with pytest.raises(ClientError, match="Project source location is required"):
        client("codebuild").create_project(name="github", **{**PROJECT, "source": {"type": "GITHUB"}})


def test_a_report_group_is_stored_changed_and_deleted(client: Client) -> None:
    builds = client("codebuild")
    group = {"name": "tests", "type": "TEST", "exportConfig": {"exportConfigType": "NO_EXPORT"}}
    arn = builds.create_report_group(**group)["reportGroup"]["arn"]
    with pytest.raises(ClientError, match="already exists"):
        builds.create_report_group(**group)
    builds.update_report_group(arn=arn, tags=[{"key": "a", "value": "1"}])

    found = builds.batch_get_report_groups(reportGroupArns=[arn, "arn:none"])
    assert found["reportGroups"][0]["tags"] == [{"key": "a", "value": "1"}]
    assert found["reportGroupsNotFound"] == ["arn:none"]
    assert builds.list_report_groups()["reportGroups"] == [arn]
    builds.delete_report_group(arn=arn)
    assert builds.batch_get_report_groups(reportGroupArns=[arn])["reportGroups"] == []


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({"computeType": "BUILD_GENERAL1_3XLARGE"}, "Invalid compute type"),
        ({"type": "LINUX_GPU_CONTAINER", "computeType": "BUILD_GENERAL1_MEDIUM"}, "Invalid compute type"),
        ({"image": "aws/codebuild/amazonlinux2-x86_64-standard:5.0"}, "is not available for the environment type ARM"),
        (
            {"type": "LINUX_CONTAINER", "image": "aws/codebuild/amazonlinux-aarch64-standard:3.0"},
            "is not available for the environment type LINUX",
        ),
    ],
)
def test_a_machine_that_there_is_not_is_refused(client: Client, members: dict[str, str], says: str) -> None:
    with pytest.raises(ClientError, match=says):
        client("codebuild").create_project(
            name="build", **{**PROJECT, "environment": {**PROJECT["environment"], **members}}
        )


def test_a_buildspec_that_is_too_long_is_refused(client: Client) -> None:
    source = {"type": "CODEPIPELINE", "buildspec": "#" * 25_601}
    with pytest.raises(ClientError, match="it must have 25600 characters or fewer"):
        client("codebuild").create_project(name="build", **{**PROJECT, "source": source})


def role(client: Client, *actions: str) -> str:
    iam, name = client("iam"), f"build-{uuid.uuid4()}"
    arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}
    iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=json.dumps(document))
    return arn


def place(client: Client) -> dict[str, Any]:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(VpcId=vpc, GroupName="build", Description="build")["GroupId"]
    return {"vpcId": vpc, "subnets": [subnet], "securityGroupIds": [group]}


def test_a_build_in_a_vpc_needs_the_rights(client: Client) -> None:
    builds, vpc = client("codebuild"), place(client)
    arn = role(client, "ec2:Describe*", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface")
    with pytest.raises(ClientError, match="Not authorized to perform CreateNetworkInterfacePermission"):
        builds.create_project(name="build", vpcConfig=vpc, **{**PROJECT, "serviceRole": arn})


def test_a_build_is_in_one_vpc(client: Client) -> None:
    builds, vpc, other = client("codebuild"), place(client), place(client)
    project = {**PROJECT, "serviceRole": role(client, "ec2:*")}
    builds.create_project(name="build", vpcConfig=vpc, **project)
    with pytest.raises(ClientError, match="is not in the VPC"):
        builds.create_project(name="other", vpcConfig={**vpc, "subnets": other["subnets"]}, **project)
    with pytest.raises(ClientError, match=r"Security group .* is not in the VPC"):
        builds.create_project(name="other", vpcConfig={**vpc, "securityGroupIds": other["securityGroupIds"]}, **project)


def test_a_project_is_deleted_by_its_arn_as_terraform_does(client: Client) -> None:
    builds = client("codebuild")
    arn = builds.create_project(name="deleted", **PROJECT)["project"]["arn"]
    builds.delete_project(name=arn)
    assert builds.batch_get_projects(names=["deleted"])["projects"] == []

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

ACCOUNT = "900000000301"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "ecs-tasks.amazonaws.com"},
            "Action": "sts:AssumeRole",
        },
    }
)


def document(*actions: str) -> str:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def long_document(length: int) -> str:
    short = document("s3:GetObject")
    return document("s3:GetObject", "s3:" + "x" * (length - len("".join(short.split()))))


@pytest.fixture
def iam(client: Client) -> Any:
    return client("iam", account=ACCOUNT)


def make_policy(iam: Any, name: str) -> str:
    return str(iam.create_policy(PolicyName=name, PolicyDocument=document("s3:GetObject"))["Policy"]["Arn"])


def test_a_role_with_an_unknown_boundary_is_refused(iam: Any) -> None:
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/none"
    refused = rf"NoSuchEntity.*Scope ARN: {boundary} does not exist or is not attachable."
    with pytest.raises(ClientError, match=refused):
        iam.create_role(RoleName="unlimited", AssumeRolePolicyDocument=TRUST, PermissionsBoundary=boundary)
    iam.create_role(RoleName="later", AssumeRolePolicyDocument=TRUST)
    with pytest.raises(ClientError, match=refused):
        iam.put_role_permissions_boundary(RoleName="later", PermissionsBoundary=boundary)
    iam.put_role_permissions_boundary(RoleName="later", PermissionsBoundary="arn:aws:iam::aws:policy/PowerUserAccess")


def test_a_boundary_in_use_cannot_be_deleted(iam: Any) -> None:
    boundary = make_policy(iam, "limit")
    iam.create_role(RoleName="limited", AssumeRolePolicyDocument=TRUST, PermissionsBoundary=boundary)
    with pytest.raises(ClientError, match=r"DeleteConflict.*Cannot delete a policy attached to entities"):
        iam.delete_policy(PolicyArn=boundary)
    iam.delete_role_permissions_boundary(RoleName="limited")
    iam.delete_policy(PolicyArn=boundary)


def test_a_policy_that_is_attached_or_has_versions_cannot_be_deleted(iam: Any) -> None:
    policy = make_policy(iam, "attached")
    iam.create_role(RoleName="holder", AssumeRolePolicyDocument=TRUST)
    iam.attach_role_policy(RoleName="holder", PolicyArn=policy)
    with pytest.raises(ClientError, match=r"attached to entities"):
        iam.delete_policy(PolicyArn=policy)
    iam.detach_role_policy(RoleName="holder", PolicyArn=policy)
    iam.create_policy_version(PolicyArn=policy, PolicyDocument=document("s3:PutObject"))
    with pytest.raises(ClientError, match=r"DeleteConflict.*more than one version"):
        iam.delete_policy(PolicyArn=policy)


def test_policies_over_their_quota_are_refused(iam: Any) -> None:
    iam.create_policy(PolicyName="longest", PolicyDocument=long_document(6_000))
    with pytest.raises(ClientError, match=r"LimitExceeded.*Cannot exceed quota for PolicySize: 6144"):
        iam.create_policy(PolicyName="long", PolicyDocument=long_document(6_200))
    iam.create_role(RoleName="writer", AssumeRolePolicyDocument=TRUST)
    iam.put_role_policy(RoleName="writer", PolicyName="one", PolicyDocument=long_document(6_000))
    iam.put_role_policy(RoleName="writer", PolicyName="one", PolicyDocument=long_document(6_000))
    with pytest.raises(ClientError, match=r"Maximum policy size of 10240 bytes exceeded for role writer"):
        iam.put_role_policy(RoleName="writer", PolicyName="two", PolicyDocument=long_document(6_000))
    long = json.loads(TRUST)
    long["Statement"]["Sid"] = "x" * 2_048
    with pytest.raises(ClientError, match=r"Cannot exceed quota for ACLSizePerRole: 2048"):
        iam.create_role(RoleName="trusting", AssumeRolePolicyDocument=json.dumps(long))
    with pytest.raises(ClientError, match=r"Cannot exceed quota for ACLSizePerRole: 2048"):
        iam.update_assume_role_policy(RoleName="writer", PolicyDocument=json.dumps(long))


def test_white_space_does_not_count(iam: Any) -> None:
    spaced = json.dumps(json.loads(document("s3:GetObject")), indent=2_000)
    iam.create_policy(PolicyName="spaced", PolicyDocument=spaced)


def test_the_eleventh_managed_policy_of_a_role_is_refused(iam: Any) -> None:
    iam.create_role(RoleName="collector", AssumeRolePolicyDocument=TRUST)
    for index in range(10):
        iam.attach_role_policy(RoleName="collector", PolicyArn=make_policy(iam, f"part-{index}"))
    eleventh = make_policy(iam, "part-10")
    with pytest.raises(ClientError, match=r"LimitExceeded.*Cannot exceed quota for PoliciesPerRole: 10"):
        iam.attach_role_policy(RoleName="collector", PolicyArn=eleventh)
    iam.attach_role_policy(
        RoleName="collector",
        PolicyArn=iam.list_attached_role_policies(RoleName="collector")["AttachedPolicies"][0]["PolicyArn"],
    )


def test_a_service_has_its_role_once(iam: Any) -> None:
    role = iam.create_service_linked_role(AWSServiceName="config.amazonaws.com")["Role"]["RoleName"]
    taken = r"InvalidInput.*Service role name AWSServiceRoleForConfig has been taken in this account"
    with pytest.raises(ClientError, match=taken):
        iam.create_service_linked_role(AWSServiceName="config.amazonaws.com")
    boundary = make_policy(iam, "too-late")
    with pytest.raises(ClientError, match=r"UnmodifiableEntity.*only modifiable by AWS"):
        iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=boundary)


def test_the_role_of_a_recorder_is_not_deleted(client: Client) -> None:
    account = "900000000304"
    iam, config = client("iam", account=account), client("config", account=account)
    role = iam.create_service_linked_role(AWSServiceName="config.amazonaws.com")["Role"]
    config.put_configuration_recorder(ConfigurationRecorder={"name": "all", "roleARN": role["Arn"]})

    task = iam.delete_service_linked_role(RoleName=role["RoleName"])["DeletionTaskId"]
    assert iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"] == "FAILED"
    assert iam.get_role(RoleName=role["RoleName"])
    config.delete_configuration_recorder(ConfigurationRecorderName="all")
    task = iam.delete_service_linked_role(RoleName=role["RoleName"])["DeletionTaskId"]
    assert iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"] == "SUCCEEDED"

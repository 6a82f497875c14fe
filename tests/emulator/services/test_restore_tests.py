"""Restore tests: what a plan restores from the copies in another region, its validation, and its deletion."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from botocore.exceptions import ClientError

from emulator.outages import state
from tests.emulator import postgres
from tests.emulator.network import make_subnets
from tests.emulator.services.backup import AWAY, HOME, RIGHTS, Backups, make

if TYPE_CHECKING:
    from emulator import Emulator
    from tests.emulator.conftest import Client

ACCOUNT = "700000000362"


@dataclass(frozen=True)
class Drills:
    """Copies of an instance and a cluster in the other region, and a network there."""

    backups: Backups
    group: str
    instance: str
    cluster: str
    role: str

    @property
    def backup(self) -> Any:
        return self.backups.service("backup", AWAY)

    @property
    def rds(self) -> Any:
        return self.backups.service("rds", AWAY)

    def plan(self, name: str, type_: str, *, role: str = "", hours: int = 4, **overrides: Any) -> str:
        """Create a plan with a selection of a type; its ARN."""
        points = {
            "Algorithm": "LATEST_WITHIN_WINDOW",
            "IncludeVaults": [self.backups.vault_arn],
            "RecoveryPointTypes": ["SNAPSHOT"],
        }
        plan = {
            "RestoreTestingPlanName": name,
            "ScheduleExpression": "cron(0 5 ? * 1 *)",
            "RecoveryPointSelection": points,
        }
        arn = self.backup.create_restore_testing_plan(RestoreTestingPlan=plan)["RestoreTestingPlanArn"]
        selection = {
            "RestoreTestingSelectionName": "databases",
            "IamRoleArn": role or self.role,
            "ProtectedResourceType": type_,
            "ProtectedResourceArns": ["*"],
            "ValidationWindowHours": hours,
            "RestoreMetadataOverrides": {
                "dbSubnetGroupName": "drills",
                "vpcSecurityGroupIds": json.dumps([self.group]),
                **overrides,
            },
        }
        self.backup.create_restore_testing_selection(RestoreTestingPlanName=name, RestoreTestingSelection=selection)
        return str(arn)

    def post(self, path: str, **wanted: str) -> list[dict[str, Any]]:
        body = json.dumps({"account": ACCOUNT, "region": AWAY, **wanted}).encode()
        request = Request(f"{self.backups.emulator.url}/emulator/{path}", body, method="POST")  # noqa: S310  loopback
        with urlopen(request) as answer:  # noqa: S310  loopback
            return list(json.load(answer)["restores"])

    def run(self, plan: str) -> dict[str, Any]:
        """Run a plan that restores one thing; its job."""
        (job,) = self.post("restore-tests", plan=plan)
        return self.job(job["id"])

    def job(self, id_: str) -> dict[str, Any]:
        return dict(self.backup.describe_restore_job(RestoreJobId=id_))

    def validate(self, job: dict[str, Any], status: str = "SUCCESSFUL", message: str = "two tables") -> dict[str, Any]:
        self.backup.put_restore_validation_result(
            RestoreJobId=job["RestoreJobId"], ValidationStatus=status, ValidationStatusMessage=message
        )
        return self.job(job["RestoreJobId"])


@pytest.fixture(scope="module")
def drills(client: Client, emulator: Emulator) -> Drills:
    backups = make(client, emulator, ACCOUNT)
    role = backups.role("backups")
    encrypted = {"StorageEncrypted": True, "KmsKeyId": backups.key()}
    instance, cluster = backups.instance("users", **encrypted), backups.cluster("documents", **encrypted)
    host = postgres.host(client, "users", account=ACCOUNT)
    postgres.run(emulator, host, "CREATE TABLE kept AS SELECT 7 AS number", account=ACCOUNT)
    for arn in (instance, cluster):
        copied = backups.copy(backups.back_up(arn, role)["RecoveryPointArn"], role)
        assert copied["State"] == "COMPLETED", copied
    subnets = make_subnets(client, f"{AWAY}a", f"{AWAY}b", account=ACCOUNT, region=AWAY)
    ec2 = backups.service("ec2", AWAY)
    vpc = ec2.describe_subnets(SubnetIds=subnets)["Subnets"][0]["VpcId"]
    group = ec2.create_security_group(GroupName="drills", Description="drills", VpcId=vpc)["GroupId"]
    backups.service("rds", AWAY).create_db_subnet_group(
        DBSubnetGroupName="drills", DBSubnetGroupDescription="drills", SubnetIds=subnets
    )
    return Drills(backups, group, instance, cluster, backups.role("restores"))


def test_an_instance_is_restored_as_its_overrides_say_with_the_data_of_the_copy(drills: Drills) -> None:
    plan = drills.plan("instances", "RDS", dbInstanceClass="db.t4g.micro", enableIamDatabaseAuthentication="true")
    job = drills.run("instances")

    assert (job["Status"], job["CreatedBy"]["RestoreTestingPlanArn"]) == ("COMPLETED", plan)
    assert job["SourceResourceArn"] == drills.instance
    assert "ValidationStatus" not in job
    name = job["CreatedResourceArn"].rpartition(":")[2]
    assert name.startswith("awsbackup-restore-test-")
    (restored,) = drills.rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    assert restored["DBInstanceStatus"] == "available"
    assert (restored["DBInstanceClass"], restored["MultiAZ"]) == ("db.t4g.micro", False)
    assert restored["IAMDatabaseAuthenticationEnabled"]
    assert restored["DBSubnetGroup"]["DBSubnetGroupName"] == "drills"
    assert [one["VpcSecurityGroupId"] for one in restored["VpcSecurityGroups"]] == [drills.group]
    assert [tag["Key"] for tag in restored["TagList"]] == ["awsbackup-restore-test"]
    host = restored["Endpoint"]["Address"]
    assert postgres.run(drills.backups.emulator, host, "SELECT number FROM kept", account=ACCOUNT) == [[7]]

    done = drills.validate(job)
    assert (done["ValidationStatus"], done["ValidationStatusMessage"]) == ("SUCCESSFUL", "two tables")
    assert done["DeletionStatus"] == "SUCCESSFUL"
    with pytest.raises(ClientError, match="DBInstanceNotFound"):
        drills.rds.describe_db_instances(DBInstanceIdentifier=name)
    with pytest.raises(ClientError, match="already has the validation status SUCCESSFUL"):
        drills.validate(job, "FAILED")
    assert drills.job(job["RestoreJobId"])["ValidationStatus"] == "SUCCESSFUL"


def test_a_cluster_is_restored_without_instances_and_not_deleted_with_them(drills: Drills) -> None:
    drills.plan("clusters", "DocumentDB")
    job = drills.run("clusters")
    name = job["CreatedResourceArn"].rpartition(":")[2]
    (restored,) = drills.rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"]

    assert (restored["DBClusterMembers"], restored["DBSubnetGroup"]) == ([], "drills")
    drills.rds.create_db_instance(
        DBInstanceIdentifier=f"{name}-1", DBClusterIdentifier=name, Engine="docdb", DBInstanceClass="db.t3.medium"
    )
    done = drills.validate(job)
    assert done["DeletionStatus"] == "FAILED"
    assert "still contains DB instances" in done["DeletionStatusMessage"]
    drills.rds.delete_db_instance(DBInstanceIdentifier=f"{name}-1", SkipFinalSnapshot=True)

    second = drills.run("clusters")
    assert drills.validate(second, "FAILED")["DeletionStatus"] == "SUCCESSFUL"
    drills.rds.delete_db_cluster(DBClusterIdentifier=name, SkipFinalSnapshot=True)


def test_a_test_that_nobody_validates_times_out_and_one_without_a_window_is_deleted_at_once(drills: Drills) -> None:
    drills.plan("forgotten", "DocumentDB")
    drills.plan("hasty", "DocumentDB", hours=0)
    job = drills.run("forgotten")
    drills.validate(job, "VALIDATING")
    assert "DeletionStatus" not in drills.job(job["RestoreJobId"])

    (closed,) = drills.post("validation-windows", plan="forgotten")
    assert (closed["id"], closed["validation"]) == (job["RestoreJobId"], "TIMED_OUT")
    assert drills.job(job["RestoreJobId"])["DeletionStatus"] == "SUCCESSFUL"
    with pytest.raises(ClientError, match="already has the validation status TIMED_OUT"):
        drills.validate(job)
    assert drills.post("validation-windows", plan="forgotten") == []
    hasty = drills.run("hasty")
    assert hasty["DeletionStatus"] == "SUCCESSFUL"
    with pytest.raises(ClientError, match="no validation window any more"):
        drills.validate(hasty)


def test_what_has_lost_its_tag_is_not_deleted(drills: Drills) -> None:
    drills.plan("untagged", "DocumentDB")
    job = drills.run("untagged")
    arn = job["CreatedResourceArn"]
    drills.rds.remove_tags_from_resource(ResourceName=arn, TagKeys=["awsbackup-restore-test"])

    done = drills.validate(job)
    assert (done["DeletionStatus"], "does not have the tag" in done["DeletionStatusMessage"]) == ("FAILED", True)
    drills.rds.delete_db_cluster(DBClusterIdentifier=arn.rpartition(":")[2], SkipFinalSnapshot=True)


def test_only_a_completed_job_of_a_plan_takes_a_result(drills: Drills) -> None:
    point = drills.backup.list_recovery_points_by_backup_vault(BackupVaultName="copies", ByResourceType="DocumentDB")[
        "RecoveryPoints"
    ][0]["RecoveryPointArn"]
    job = drills.backups.restore(point, drills.role, AWAY, DBClusterIdentifier="by-hand")
    with pytest.raises(ClientError, match="is not of a restore testing plan"):
        drills.validate(job)
    drills.rds.delete_db_cluster(DBClusterIdentifier="by-hand", SkipFinalSnapshot=True)
    drills.plan("misplaced", "RDS", dbSubnetGroupName="none")
    failed = drills.run("misplaced")
    assert failed["Status"] == "FAILED"
    assert "DeletionStatus" not in failed
    with pytest.raises(ClientError, match="only a COMPLETED job can be validated"):
        drills.validate(failed)


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("restore", "rds:RestoreDBInstanceFromDBSnapshot on resource"),
        ("tags", "rds:AddTagsToResource on resource"),
        ("key", "The specified KMS key"),
    ],
)
def test_a_job_fails_when_its_role_lacks_a_right(drills: Drills, name: str, missing: str) -> None:
    rights = {
        "restore": ("kms:*", "rds:AddTagsToResource", "rds:Describe*"),
        "tags": ("kms:*", "rds:Restore*", "rds:Describe*"),
        "key": ("rds:*",),
    }
    drills.plan(f"without_{name}", "RDS", role=drills.backups.role(f"without-{name}", *rights[name]))
    job = drills.run(f"without_{name}")
    assert job["Status"] == "FAILED"
    assert missing in job["StatusMessage"]


def test_a_job_fails_when_its_role_cannot_be_assumed(drills: Drills) -> None:
    role = drills.backups.role("of-lambda", *RIGHTS, service="lambda.amazonaws.com")
    drills.plan("untrusted", "RDS", role=role)
    assert drills.run("untrusted")["StatusMessage"] == f"IAM Role {role} cannot be assumed by AWS Backup"


def test_a_role_needs_the_right_on_all_that_a_restore_uses(drills: Drills) -> None:
    iam = drills.backups.service("iam")
    role = drills.backups.role("narrow", "kms:*", "rds:AddTagsToResource", "rds:Describe*")
    allowed = [f"arn:aws:rds:{AWAY}:{ACCOUNT}:{one}" for one in ("db:*", "snapshot:*", "pg:*", "og:*", "subgrp:other")]
    statement = {"Effect": "Allow", "Action": "rds:RestoreDBInstanceFromDBSnapshot", "Resource": allowed}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName="narrow", PolicyName="restores", PolicyDocument=document)
    drills.plan("narrow", "RDS", role=role)
    assert drills.run("narrow")["StatusMessage"].endswith(f"arn:aws:rds:{AWAY}:{ACCOUNT}:subgrp:drills")


@pytest.mark.parametrize(
    ("name", "overrides", "message"),
    [
        ("vpc", {"vpcSecurityGroupIds": "ELSEWHERE"}, "in different VPCs"),
        ("group", {"vpcSecurityGroupIds": '["sg-00000000"]'}, "Invalid security group"),
        ("class", {"dbInstanceClass": "db.t2.micro"}, "combination: DBInstanceClass=db.t2.micro, Engine=postgres"),
        ("subnets", {"dbSubnetGroupName": "none"}, "none"),
    ],
)
def test_a_job_fails_with_what_rds_refuses(drills: Drills, name: str, overrides: dict[str, Any], message: str) -> None:
    ec2 = drills.backups.service("ec2", AWAY)
    if overrides.get("vpcSecurityGroupIds") == "ELSEWHERE":
        vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        group = ec2.create_security_group(GroupName="elsewhere", Description="elsewhere", VpcId=vpc)["GroupId"]
        overrides = {"vpcSecurityGroupIds": json.dumps([group])}
    drills.plan(f"refused_{name}", "RDS", **overrides)
    job = drills.run(f"refused_{name}")
    assert job["Status"] == "FAILED"
    assert message in job["StatusMessage"]


def test_lists_show_the_jobs_of_a_plan_and_of_a_resource_with_their_metadata(drills: Drills) -> None:
    plan = drills.plan("listed", "DocumentDB", hours=0)
    job = drills.run("listed")

    listed = drills.backup.list_restore_jobs(ByRestoreTestingPlanArn=plan)["RestoreJobs"]
    assert [one["RestoreJobId"] for one in listed] == [job["RestoreJobId"]]
    of_cluster = drills.backup.list_restore_jobs_by_protected_resource(ResourceArn=drills.cluster)["RestoreJobs"]
    assert of_cluster[0]["RestoreJobId"] == job["RestoreJobId"]
    assert {one["ResourceType"] for one in of_cluster} == {"DocumentDB"}
    metadata = drills.backup.get_restore_job_metadata(RestoreJobId=job["RestoreJobId"])["Metadata"]
    assert metadata["DBSubnetGroupName"] == "drills"
    inferred = drills.backup.get_restore_testing_inferred_metadata(
        BackupVaultName="copies", RecoveryPointArn=job["RecoveryPointArn"]
    )["InferredMetadata"]
    assert inferred["Engine"] == "docdb"
    assert inferred["DBClusterIdentifier"].startswith("awsbackup-restore-test-")


def test_each_change_of_a_test_is_an_event_with_its_plan(drills: Drills) -> None:
    sqs, events = drills.backups.service("sqs", AWAY), drills.backups.service("events", AWAY)
    url = sqs.create_queue(QueueName="restores")["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    plan = drills.plan("reported", "DocumentDB")
    pattern = {
        "source": ["aws.backup"],
        "detail-type": ["Restore Job State Change"],
        "detail": {"restoreTestingPlanArn": [plan]},
    }
    events.put_rule(Name="restores", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="restores", Targets=[{"Id": "queue", "Arn": queue}])
    job = drills.run("reported")
    drills.validate(job)

    received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    details = [json.loads(message["Body"])["detail"] for message in received]
    assert [(one["status"], one.get("validationStatus")) for one in details] == [
        ("RUNNING", None),
        ("COMPLETED", None),
        ("COMPLETED", "SUCCESSFUL"),
    ]
    assert details[1]["createdResourceArn"] == job["CreatedResourceArn"]
    assert details[1]["restoreJobId"] == job["RestoreJobId"]


def test_what_a_test_restores_is_not_backed_up(drills: Drills) -> None:
    drills.plan("restored", "RDS")
    job = drills.run("restored")
    backups = drills.backups
    drills.rds.add_tags_to_resource(
        ResourceName=job["CreatedResourceArn"], Tags=[{"Key": "backup-plan", "Value": "users-prod"}]
    )
    rule = {"RuleName": "daily", "TargetBackupVaultName": "copies"}
    id_ = drills.backup.create_backup_plan(BackupPlan={"BackupPlanName": "all", "Rules": [rule]})["BackupPlanId"]
    selection = {"SelectionName": "all", "IamRoleArn": backups.role("all"), "Resources": ["*"]}
    drills.backup.create_backup_selection(BackupPlanId=id_, BackupSelection=selection)
    assert backups.run_plans(plan="all", region=AWAY)["backups"] == []
    drills.validate(job)


def test_nothing_is_restored_without_an_eligible_recovery_point(drills: Drills) -> None:
    drills.plan("tagged", "RDS")
    selection = {
        "ProtectedResourceArns": ["*"],
        "ProtectedResourceConditions": {"StringEquals": [{"Key": "aws:ResourceTag/backup-plan", "Value": "other"}]},
    }
    names = {"RestoreTestingPlanName": "tagged", "RestoreTestingSelectionName": "databases"}
    drills.backup.update_restore_testing_selection(**names, RestoreTestingSelection=selection)
    assert drills.post("restore-tests", plan="tagged") == []
    selection["ProtectedResourceConditions"] = {
        "StringEquals": [{"Key": "aws:ResourceTag/backup-plan", "Value": "users-prod"}]
    }
    drills.backup.update_restore_testing_selection(**names, RestoreTestingSelection=selection)
    (job,) = drills.post("restore-tests", plan="tagged")
    drills.validate(drills.job(job["id"]))
    points = {"IncludeVaults": ["*"], "ExcludeVaults": [drills.backups.vault_arn]}
    drills.backup.update_restore_testing_plan(
        RestoreTestingPlanName="tagged", RestoreTestingPlan={"RecoveryPointSelection": points}
    )
    assert drills.post("restore-tests", plan="tagged") == []


@pytest.mark.usefixtures("_all_regions_answer")
def test_plans_of_a_lost_region_do_not_run_and_those_of_the_other_region_do_without_home(drills: Drills) -> None:
    drills.plan("away", "DocumentDB", hours=0)
    state.lose(AWAY)
    assert drills.post("restore-tests", plan="away") == []
    state.give_back(AWAY)
    state.lose(HOME)
    try:
        assert drills.run("away")["Status"] == "COMPLETED"
    finally:
        state.give_back(HOME)


def test_a_request_with_an_unknown_member_is_refused(emulator: Emulator) -> None:
    for path in ("restore-tests", "validation-windows"):
        request = Request(f"{emulator.url}/emulator/{path}", b'{"all": true}', method="POST")  # noqa: S310  loopback
        with pytest.raises(HTTPError) as refused, urlopen(request):  # noqa: S310  loopback
            pass
        assert refused.value.code == 400
        refused.value.close()

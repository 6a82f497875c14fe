from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from emulator.outages import state
from tests.emulator.services.backup import AWAY, HOME, TAG, Backups, make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator import Emulator
    from tests.emulator.conftest import Client

TAGGED = {"StringEquals": [{"ConditionKey": "aws:ResourceTag/backup-plan", "ConditionValue": "users-prod"}]}


@pytest.fixture(scope="module")
def backups(client: Client, emulator: Emulator) -> Backups:
    made = make(client, emulator, "700000000303")
    made.instance("alpha")
    made.cluster("papers")
    made.service("rds").create_db_instance(
        DBInstanceIdentifier="other", Engine="postgres", DBInstanceClass="db.t4g.micro", AllocatedStorage=20
    )
    return made


pytestmark = pytest.mark.usefixtures("_all_regions_answer")


@pytest.fixture
def plan(backups: Backups, request: pytest.FixtureRequest) -> Iterator[str]:
    """A plan of the test's own name, with a copy into the other region."""
    backup, name = backups.service("backup"), request.node.name[:50].replace("[", "-").replace("]", "-")
    kept = {"DeleteAfterDays": 7}
    rule: dict[str, Any] = {
        "RuleName": "daily",
        "TargetBackupVaultName": "backups",
        "Lifecycle": kept,
        "CopyActions": [{"DestinationBackupVaultArn": backups.vault_arn, "Lifecycle": kept}],
    }
    identifier = backup.create_backup_plan(BackupPlan={"BackupPlanName": name, "Rules": [rule]})["BackupPlanId"]
    yield str(identifier)
    for one in backup.list_backup_selections(BackupPlanId=identifier)["BackupSelectionsList"]:
        backup.delete_backup_selection(BackupPlanId=identifier, SelectionId=one["SelectionId"])
    backup.delete_backup_plan(BackupPlanId=identifier)


@pytest.fixture(scope="module")
def role(backups: Backups) -> str:
    return backups.role("plans")


def select(backups: Backups, plan: str, role: str, **selection: Any) -> None:
    backups.service("backup").create_backup_selection(
        BackupPlanId=plan, BackupSelection={"SelectionName": "databases", "IamRoleArn": role, **selection}
    )


def found(backups: Backups, plan: str) -> list[str]:
    """The names of the resources that a run of the plan backs up."""
    return sorted(job["resource"].rpartition(":")[2] for job in backups.run_plans(plan=plan)["backups"])


def opt_in(backups: Backups, *, documentdb: bool) -> None:
    backups.service("backup").update_region_settings(ResourceTypeOptInPreference={"DocumentDB": documentdb})


def test_a_run_backs_up_what_has_the_tag_and_copies_it(backups: Backups, plan: str, role: str) -> None:
    select(backups, plan, role, Resources=["*"], Conditions=TAGGED)
    ran = backups.run_plans(plan=plan)

    assert [(job["state"], job["empty"]) for job in ran["backups"]] == [("COMPLETED", False)]
    assert [job["state"] for job in ran["copies"]] == ["COMPLETED"]
    backup, away = backups.service("backup"), backups.service("backup", AWAY)
    job = backup.describe_backup_job(BackupJobId=ran["backups"][0]["id"])
    assert job["CreatedBy"]["BackupPlanId"] == plan
    copied = backup.describe_copy_job(CopyJobId=ran["copies"][0]["id"])["CopyJob"]
    assert copied["CreatedByBackupJobId"] == job["BackupJobId"]
    points = away.list_recovery_points_by_backup_vault(BackupVaultName="copies", ByBackupPlanId=plan)
    assert points["RecoveryPoints"][0]["Lifecycle"] == {"DeleteAfterDays": 7}
    assert points["RecoveryPoints"][0]["CalculatedLifecycle"]["DeleteAt"]


def test_a_type_must_be_opted_in_and_naming_a_cluster_does_not_replace_it(
    backups: Backups, plan: str, role: str
) -> None:
    select(backups, plan, role, Resources=["arn:aws:rds:*:*:db:*", "arn:aws:rds:*:*:cluster:*"], Conditions=TAGGED)

    assert backups.service("backup").describe_region_settings()["ResourceTypeOptInPreference"]["RDS"] is True
    before = found(backups, plan)
    opt_in(backups, documentdb=True)
    after = found(backups, plan)
    opt_in(backups, documentdb=False)

    assert (before, after) == (["alpha"], ["alpha", "papers"])


@pytest.mark.parametrize(
    ("selection", "names"),
    [
        ({"Resources": ["arn:aws:rds:*:*:db:*"]}, ["alpha", "other"]),
        ({"Resources": ["*"], "NotResources": ["arn:aws:rds:*:*:db:al*"]}, ["other"]),
        ({"Resources": []}, []),
        (
            {
                "ListOfTags": [
                    {"ConditionType": "STRINGEQUALS", "ConditionKey": TAG["Key"], "ConditionValue": TAG["Value"]}
                ]
            },
            ["alpha"],
        ),
        (
            {
                "Resources": ["*"],
                "Conditions": {
                    "StringNotLike": [{"ConditionKey": "aws:ResourceTag/backup-plan", "ConditionValue": "users-*"}]
                },
            },
            ["other"],
        ),
        (
            {
                "Resources": ["*"],
                "Conditions": {
                    **TAGGED,
                    "StringLike": [{"ConditionKey": "aws:ResourceTag/Project", "ConditionValue": "*s"}],
                },
            },
            [],
        ),
    ],
    ids=["types", "without", "none", "tags", "not", "all-conditions"],
)
def test_a_selection_finds(backups: Backups, plan: str, role: str, selection: dict[str, Any], names: list[str]) -> None:
    select(backups, plan, role, **selection)

    assert found(backups, plan) == names


def test_a_copy_into_a_lost_region_fails_and_the_backup_does_not(backups: Backups, plan: str, role: str) -> None:
    select(backups, plan, role, Resources=["*"], Conditions=TAGGED)
    state.lose(AWAY)
    ran = backups.run_plans(plan=plan)

    assert [job["state"] for job in ran["backups"]] == ["COMPLETED"]
    assert [job["state"] for job in ran["copies"]] == ["FAILED"]
    assert "cannot be reached" in ran["copies"][0]["message"]


def test_a_failed_job_is_an_event_with_its_message(backups: Backups, plan: str) -> None:
    select(backups, plan, backups.role("powerless", "rds:Describe*"), Resources=["*"], Conditions=TAGGED)
    sqs, events = backups.service("sqs"), backups.service("events")
    url = sqs.create_queue(QueueName="failures")["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    pattern = {
        "source": ["aws.backup"],
        "detail-type": ["Backup Job State Change"],
        "detail": {"state": ["FAILED", "ABORTED", "EXPIRED"]},
    }
    events.put_rule(Name="failures", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="failures", Targets=[{"Id": "queue", "Arn": queue}])
    ran = backups.run_plans(plan=plan)

    assert ran["copies"] == []
    (message,) = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    event = json.loads(message["Body"])
    assert event["detail"]["backupJobId"] == ran["backups"][0]["id"]
    assert event["detail"]["resourceType"] == "RDS"
    assert event["detail"]["backupVaultName"] == "backups"
    assert "is not authorized to perform" in event["detail"]["statusMessage"]


def test_a_request_with_an_unknown_member_is_refused(emulator: Emulator) -> None:
    request = Request(f"{emulator.url}/emulator/backups", b'{"region": "us-east-1", "all": true}', method="POST")  # noqa: S310  loopback
    with pytest.raises(HTTPError) as refused, urlopen(request):  # noqa: S310  loopback
        pass

    with refused.value as answer:
        assert '"account", "region", "plan" and "rule"' in json.load(answer)["error"]


def test_plans_of_a_lost_region_do_not_run(backups: Backups, plan: str, role: str) -> None:
    select(backups, plan, role, Resources=["*"], Conditions=TAGGED)
    state.lose(HOME)
    try:
        assert backups.run_plans(plan=plan) == {"backups": [], "copies": []}
    finally:
        state.give_back(HOME)


def test_of_several_rules_at_once_the_one_that_keeps_longest_runs(backups: Backups, plan: str, role: str) -> None:
    select(backups, plan, role, Resources=["*"], Conditions=TAGGED)
    backup = backups.service("backup")
    document = backup.get_backup_plan(BackupPlanId=plan)["BackupPlan"]
    daily = {"RuleName": "daily", "TargetBackupVaultName": "backups"}
    rules = [
        {**daily, "Lifecycle": {"DeleteAfterDays": 7}},
        {**daily, "RuleName": "monthly", "Lifecycle": {"DeleteAfterDays": 365}},
        {**daily, "RuleName": "weekly", "Lifecycle": {"DeleteAfterDays": 35}},
    ]
    changed = {"BackupPlanName": document["BackupPlanName"], "Rules": rules}
    backup.update_backup_plan(BackupPlanId=plan, BackupPlan=changed)

    def ran(**wanted: str) -> list[str]:
        jobs = [backup.describe_backup_job(BackupJobId=job["id"]) for job in backups.run_plans(**wanted)["backups"]]
        return [job["CreatedBy"]["BackupRuleName"] for job in jobs]

    assert ran(plan=plan) == ["monthly"]
    assert ran(plan=plan, rule="weekly") == ["weekly"]
    del rules[0]["Lifecycle"]
    backup.update_backup_plan(BackupPlanId=plan, BackupPlan=changed)
    assert ran(plan=plan) == ["daily"]


def test_a_job_whose_vault_is_missing_fails(backups: Backups, plan: str, role: str) -> None:
    select(backups, plan, role, Resources=["*"], Conditions=TAGGED)
    backup = backups.service("backup")
    backup.create_backup_vault(BackupVaultName="brief")
    document = backup.get_backup_plan(BackupPlanId=plan)["BackupPlan"]
    rule = {"RuleName": "daily", "TargetBackupVaultName": "brief"}
    changed = {"BackupPlanName": document["BackupPlanName"], "Rules": [rule]}
    backup.update_backup_plan(BackupPlanId=plan, BackupPlan=changed)
    backup.delete_backup_vault(BackupVaultName="brief")
    (job,) = backups.run_plans(plan=plan)["backups"]

    assert (job["state"], job["message"]) == ("FAILED", "Backup vault brief does not exist.")

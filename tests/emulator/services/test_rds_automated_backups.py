from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from emulator.outages import state
from emulator.releases.clock import CLOCK
from emulator.services.rds_backup_records import LAG_MINUTES
from tests.emulator.postgres import create, host, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator import Emulator
    from tests.emulator.conftest import Client

ACCOUNT = "700000000301"
HOME, AWAY = "us-east-1", "us-west-2"


@pytest.fixture(autouse=True)
def _minutes_are_short() -> Iterator[None]:
    CLOCK.minute_seconds = 0.05
    yield
    CLOCK.reset()
    state.give_back(HOME)


def away(client: Client) -> Any:
    return client("rds", account=ACCOUNT, region=AWAY)


def home(client: Client) -> Any:
    return client("rds", account=ACCOUNT, region=HOME)


def replicate(client: Client, arn: str, **settings: Any) -> dict[str, Any]:
    answer = away(client).start_db_instance_automated_backups_replication(SourceDBInstanceArn=arn, **settings)
    return dict(answer["DBInstanceAutomatedBackup"])


def backups(client: Client, name: str, region: str = AWAY) -> list[dict[str, Any]]:
    rds = client("rds", account=ACCOUNT, region=region)
    return list(rds.describe_db_instance_automated_backups(DBInstanceIdentifier=name)["DBInstanceAutomatedBackups"])


def test_a_replicated_backup_says_until_when_it_can_be_restored(client: Client) -> None:
    arn = create(client, "window", account=ACCOUNT)
    started = replicate(client, arn, BackupRetentionPeriod=3)

    assert (started["Region"], started["Status"], started["BackupRetentionPeriod"]) == (HOME, "replicating", 3)
    first = backups(client, "window")[0]["RestoreWindow"]["LatestTime"]
    time.sleep(2.1)
    assert backups(client, "window")[0]["RestoreWindow"]["LatestTime"] > first
    (instance,) = home(client).describe_db_instances(DBInstanceIdentifier="window")["DBInstances"]
    named = [one["DBInstanceAutomatedBackupsArn"] for one in instance["DBInstanceAutomatedBackupsReplications"]]
    assert named == [started["DBInstanceAutomatedBackupsArn"]]
    assert [one["Status"] for one in backups(client, "window", HOME)] == ["active"]


def test_the_replicated_backup_of_a_lost_region_stands_still(client: Client) -> None:
    replicate(client, create(client, "still", account=ACCOUNT))
    time.sleep(1)
    state.lose(HOME)

    first = backups(client, "still")[0]["RestoreWindow"]["LatestTime"]
    time.sleep(1.1)
    assert backups(client, "still")[0]["RestoreWindow"]["LatestTime"] == first


def test_an_instance_is_restored_in_the_other_region_with_its_data(client: Client, emulator: Emulator) -> None:
    backup = replicate(client, create(client, "carried", account=ACCOUNT))["DBInstanceAutomatedBackupsArn"]
    source = host(client, "carried", account=ACCOUNT)
    run(emulator, source, "CREATE TABLE kept AS SELECT 1 AS number", account=ACCOUNT)
    moment = dt.datetime.now(dt.UTC)
    run(emulator, source, "INSERT INTO kept VALUES (2)", account=ACCOUNT)
    uploaded = dt.datetime.now(dt.UTC)
    run(emulator, source, "INSERT INTO kept VALUES (3)", account=ACCOUNT)
    state.lose(HOME)
    lost = state.lost_since(HOME)
    assert lost
    CLOCK.minute_seconds = (lost - uploaded).total_seconds() / LAG_MINUTES

    restored = {"SourceDBInstanceAutomatedBackupsArn": backup}
    rds = away(client)
    rds.restore_db_instance_to_point_in_time(TargetDBInstanceIdentifier="then", RestoreTime=moment, **restored)
    rds.restore_db_instance_to_point_in_time(
        TargetDBInstanceIdentifier="latest", UseLatestRestorableTime=True, **restored
    )

    then, latest = (host(client, name, account=ACCOUNT, region=AWAY) for name in ("then", "latest"))
    assert run(emulator, then, "SELECT number FROM kept", account=ACCOUNT) == [[1]]
    # What was written in the last five minutes before the region was lost had not arrived yet.
    assert run(emulator, latest, "SELECT number FROM kept", account=ACCOUNT) == [[1], [2]]
    with pytest.raises(ClientError, match=r"cannot be restored to .*its backups go from"):
        rds.restore_db_instance_to_point_in_time(
            TargetDBInstanceIdentifier="never", RestoreTime=moment + dt.timedelta(hours=1), **restored
        )
    with pytest.raises(ClientError, match="either RestoreTime or UseLatestRestorableTime"):
        rds.restore_db_instance_to_point_in_time(TargetDBInstanceIdentifier="never", **restored)


def test_a_restore_of_postgres_has_all_its_databases_and_not_one_by_its_name(client: Client) -> None:
    backup = replicate(client, create(client, "whole", account=ACCOUNT))["DBInstanceAutomatedBackupsArn"]
    with pytest.raises(ClientError, match="DBName must be null"):
        away(client).restore_db_instance_to_point_in_time(
            TargetDBInstanceIdentifier="one",
            UseLatestRestorableTime=True,
            SourceDBInstanceAutomatedBackupsArn=backup,
            DBName="users",
        )
    home(client).create_db_snapshot(DBInstanceIdentifier="whole", DBSnapshotIdentifier="of-whole")
    with pytest.raises(ClientError, match="DBName must be null"):
        home(client).restore_db_instance_from_db_snapshot(
            DBInstanceIdentifier="one", DBSnapshotIdentifier="of-whole", DBName="users"
        )


def test_a_replicated_backup_outlives_its_instance_and_the_replication(client: Client, emulator: Emulator) -> None:
    arn = create(client, "gone", account=ACCOUNT)
    backup = replicate(client, arn)["DBInstanceAutomatedBackupsArn"]
    run(emulator, host(client, "gone", account=ACCOUNT), "CREATE TABLE kept AS SELECT 1", account=ACCOUNT)
    time.sleep(1.5)
    home(client).delete_db_instance(DBInstanceIdentifier="gone", SkipFinalSnapshot=True)

    assert [one["Status"] for one in backups(client, "gone")] == ["retained"]
    assert backups(client, "gone", HOME) == []
    away(client).restore_db_instance_to_point_in_time(
        TargetDBInstanceIdentifier="back", SourceDBInstanceAutomatedBackupsArn=backup, UseLatestRestorableTime=True
    )
    restored = host(client, "back", account=ACCOUNT, region=AWAY)
    assert run(emulator, restored, "SELECT * FROM kept", account=ACCOUNT) == [[1]]
    away(client).delete_db_instance_automated_backup(DBInstanceAutomatedBackupsArn=backup)
    assert backups(client, "gone") == []


def test_own_backups_outlive_an_instance_only_if_they_are_asked_to(client: Client) -> None:
    for name in ("kept", "forgotten"):
        create(client, name, account=ACCOUNT)
    home(client).delete_db_instance(DBInstanceIdentifier="kept", SkipFinalSnapshot=True, DeleteAutomatedBackups=False)
    home(client).delete_db_instance(DBInstanceIdentifier="forgotten", SkipFinalSnapshot=True)

    (kept,) = backups(client, "kept", HOME)
    assert kept["Status"] == "retained"
    assert backups(client, "forgotten", HOME) == []
    home(client).delete_db_instance_automated_backup(DbiResourceId=kept["DbiResourceId"])
    with pytest.raises(ClientError, match="DBInstanceAutomatedBackupNotFound"):
        home(client).describe_db_instance_automated_backups(DbiResourceId=kept["DbiResourceId"])


def test_a_replication_that_is_stopped_leaves_a_retained_backup_that_can_go_on(client: Client) -> None:
    arn = create(client, "paused", account=ACCOUNT)
    started = replicate(client, arn)
    away(client).stop_db_instance_automated_backups_replication(SourceDBInstanceArn=arn)

    assert [one["Status"] for one in backups(client, "paused")] == ["retained"]
    (instance,) = home(client).describe_db_instances(DBInstanceIdentifier="paused")["DBInstances"]
    assert not instance.get("DBInstanceAutomatedBackupsReplications")
    with pytest.raises(ClientError, match="not replicating to the current region"):
        away(client).stop_db_instance_automated_backups_replication(SourceDBInstanceArn=arn)
    again = replicate(client, arn)
    assert again["DBInstanceAutomatedBackupsArn"] == started["DBInstanceAutomatedBackupsArn"]
    assert again["Status"] == "replicating"


def test_an_encrypted_instance_needs_a_key_of_the_other_region(client: Client) -> None:
    arn = create(client, "sealed", account=ACCOUNT, StorageEncrypted=True)
    near = client("kms", account=ACCOUNT, region=HOME).create_key()["KeyMetadata"]["Arn"]
    far = client("kms", account=ACCOUNT, region=AWAY).create_key()["KeyMetadata"]["Arn"]

    with pytest.raises(ClientError, match=r"KMSKeyNotAccessibleFault.*KmsKeyId is required"):
        replicate(client, arn)
    with pytest.raises(ClientError, match=f"KMSKeyNotAccessibleFault.*{near}"):
        replicate(client, arn, KmsKeyId=near)
    assert replicate(client, arn, KmsKeyId=far)["KmsKeyId"] == far


def test_what_cannot_be_replicated_is_refused(client: Client) -> None:
    arn = create(client, "unfit", account=ACCOUNT)
    unknown = arn.replace("unfit", "unknown")
    with pytest.raises(ClientError, match=r"DBInstanceNotFound.*unknown"):
        replicate(client, unknown)
    with pytest.raises(ClientError, match="must be in another AWS Region"):
        home(client).start_db_instance_automated_backups_replication(SourceDBInstanceArn=arn)
    with pytest.raises(ClientError, match="between 1 and 35"):
        replicate(client, arn, BackupRetentionPeriod=36)
    replicate(client, arn)
    with pytest.raises(ClientError, match=r"already replicates its automated backups to us-west-2"):
        client("rds", account=ACCOUNT, region="eu-west-1").start_db_instance_automated_backups_replication(
            SourceDBInstanceArn=arn
        )
    plain = create(client, "plain", account=ACCOUNT)
    home(client).modify_db_instance(DBInstanceIdentifier="plain", BackupRetentionPeriod=0)
    with pytest.raises(ClientError, match=r"InvalidDBInstanceState.*does not have automated backups enabled"):
        replicate(client, plain)
    with pytest.raises(ClientError, match="PointInTimeRestoreNotEnabled"):
        home(client).restore_db_instance_to_point_in_time(
            SourceDBInstanceIdentifier="plain", TargetDBInstanceIdentifier="other", UseLatestRestorableTime=True
        )
    state.lose(HOME)
    with pytest.raises(ClientError, match=r"ServiceUnavailable.*us-east-1"):
        replicate(client, arn)

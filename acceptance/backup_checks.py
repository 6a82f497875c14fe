"""Checks of the layer `recovery` about backups: AWS Backup finds each database, and PostgreSQL's own are replicated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from config.names import NameLimit

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3

    from config.environment import Environment

_TAG: Final = "aws:ResourceTag/"


def check_the_backup_plan_finds_each_database(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """A database that no selection finds is not backed up, and no job fails."""
    if environment.recovery is None:
        return
    selections = list(_selections(environment, session))
    rds = session.client("rds", region_name=environment.region)
    databases: list[dict[str, Any]] = []
    if environment.postgres:
        name = environment.names.name("postgres", limit=NameLimit.DATABASE)
        databases += rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    if environment.documentdb:
        name = environment.names.name("documentdb", limit=NameLimit.DATABASE)
        databases += rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"]
    for database in databases:
        arn = database.get("DBInstanceArn") or database.get("DBClusterArn")
        tags = {tag["Key"]: tag["Value"] for tag in rds.list_tags_for_resource(ResourceName=arn)["TagList"]}
        if not any(wanted.items() <= tags.items() for wanted in selections):
            yield f"no selection of a backup plan finds {arn}"


def check_the_backups_of_postgres_are_replicated(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """RDS stops replicating without a word, for example when it cannot use the key any more."""
    if environment.recovery_region is None or environment.postgres is None:
        return
    rds = session.client("rds", region_name=environment.recovery_region)
    name = environment.names.name("postgres", limit=NameLimit.DATABASE)
    arn = f"arn:aws:rds:{environment.region}:{environment.account_id}:db:{name}"
    backups = rds.describe_db_instance_automated_backups()["DBInstanceAutomatedBackups"]
    states = [backup["Status"].lower() for backup in backups if backup["DBInstanceArn"] == arn]
    if "replicating" not in states:
        yield f"the backups of {arn} in {environment.recovery_region} are {states or 'not there'}, not replicating"


def _selections(environment: Environment, session: boto3.Session) -> Iterator[dict[str, str]]:
    """The tags that each selection of the environment's plan asks for."""
    backup = session.client("backup", region_name=environment.region)
    name = environment.names.name("databases", limit=NameLimit.BACKUP)
    plans = [plan for plan in backup.list_backup_plans()["BackupPlansList"] if plan["BackupPlanName"] == name]
    for plan in plans:
        identifier = plan["BackupPlanId"]
        for one in backup.list_backup_selections(BackupPlanId=identifier)["BackupSelectionsList"]:
            found = backup.get_backup_selection(BackupPlanId=identifier, SelectionId=one["SelectionId"])
            tests = found["BackupSelection"].get("Conditions", {}).get("StringEquals", [])
            yield {test["ConditionKey"].removeprefix(_TAG): test["ConditionValue"] for test in tests}

"""Databases are backed up, what is written arrives in the second region, and ages are measured."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from compliance.backup_selections import OPERATORS, OPT_IN, Criteria, TagTest
from config.buckets import AUDIT, copy_name, source_name
from config.copies import BUCKETS, copied_parameters
from config.names import NameLimit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import boto3

    from config.environment import Environment

_NO_FUNCTION: Final = "ResourceNotFoundException"
_NO_PARAMETER: Final = "ParameterNotFound"
_PROBE: Final = "recovery/check"
_COPIED: Final = "COMPLETED"
_COPY: Final = "REPLICA"
_PENDING: Final = "PENDING"
# Replication Time Control promises 15 minutes, and needs seconds for a small object.
_SECONDS: Final = 60


def check_each_copied_bucket_has_a_replication(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """By names: a bucket of the first region whose name has a copy in the second one leads to that copy."""
    for source, target in _copies(environment).items():
        try:
            document = session.client("s3").get_bucket_replication(Bucket=source)["ReplicationConfiguration"]
        except ClientError as error:
            yield f"{source} is not copied: {error.response['Error']['Code']}"
            continue
        places = {rule["Destination"]["Bucket"] for rule in document["Rules"] if rule["Status"] == "Enabled"}
        if places != {f"arn:aws:s3:::{target}"}:
            yield f"{source} is copied to {' and '.join(sorted(places)) or 'nothing'}; it must be copied to {target}"


def check_what_is_written_arrives(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """A right or a key that is missing shows in no plan: S3 accepts the configuration and copies nothing.

    Not in the bucket of the audit trail, into which nothing but CloudTrail writes.
    """
    for source, target in _copies(environment).items():
        if source != source_name(environment.names, AUDIT):
            yield from _copy_problems(session, source, target)


def check_the_registry_copies_all_repositories(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """Each of the environment's repositories in the second region has a source, which the registry's filter selects.

    A rule without a filter copies every repository:
    https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ReplicationRule.html
    """
    region = environment.recovery_region
    if region is None:
        return
    sources, copies = (_repositories(environment, session, place) for place in (environment.region, region))
    registry = session.client("ecr", region_name=environment.region).describe_registry()
    starts = tuple(
        start
        for rule in registry["replicationConfiguration"]["rules"]
        if region in {place["region"] for place in rule["destinations"]}
        for start in [one["filter"] for one in rule.get("repositoryFilters", ())] or [""]
    )
    for name in sorted(copies | _service_repositories(environment)):
        if name not in copies:
            yield f"there is no repository {name} in {region}, which would receive copies"
        elif name not in sources:
            yield f"there is no repository {name} in {environment.region}, of which the one in {region} has copies"
        elif not name.startswith(starts):
            yield f"the registry does not copy to the repository {name}"


def check_parameters_have_equal_copies(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """A right or a key that is missing shows in the call of the function that copies them only."""
    region = environment.recovery_region
    if region is None:
        return
    answer = _call(environment, session.client("lambda"), "parameter-mirror", {"action": "all"})
    if answer is None:
        return
    if "errorMessage" in answer:
        yield f"parameters are not copied: {answer['errorMessage']}"
    for name in copied_parameters(environment.parameter_names):
        path = environment.names.path(name)
        value, copied = (_value(session.client("ssm", region_name=place), path) for place in (None, region))
        if value is None or value != copied:
            yield f"{path} and its copy in {region} are not equal"


def check_the_ages_of_copies_are_measured(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """Each store that has copies, and each copy as new as it must be."""
    region = environment.recovery_region
    if region is None:
        return
    answer = _call(environment, session.client("lambda", region_name=region), "copy-ages", {})
    if answer is None:
        return
    if "errorMessage" in answer:
        yield f"copies are not measured: {answer['errorMessage']}"
        return
    for store in environment.copied_stores:
        age = answer.get(store.name)
        if age is None or age > store.most_minutes:
            found = "not measured" if age is None else f"{age} minutes old"
            yield f"the newest copy of {store.what} is {found}; it must be {store.most_minutes} minutes old or newer"


def _call(
    environment: Environment,
    client: Any,  # noqa: ANN401 - boto3's
    function: str,
    event: Mapping[str, str],
) -> dict[str, Any] | None:
    """What a function answers; None if there is none, which a plan shows."""
    try:
        answer = client.invoke(FunctionName=f"{environment.names.prefix}-{function}", Payload=json.dumps(event))
    except ClientError as error:
        if error.response["Error"]["Code"] == _NO_FUNCTION:
            return None
        raise
    result: dict[str, Any] = json.load(answer["Payload"])
    return result


def _value(ssm: Any, name: str) -> str | None:  # noqa: ANN401 - boto3's
    try:
        return str(ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])
    except ClientError as error:
        if error.response["Error"]["Code"] == _NO_PARAMETER:
            return None
        raise


def check_the_backup_plan_finds_each_database(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """A database that no selection finds is not backed up, and no job fails."""
    if environment.recovery is None:
        return
    backup = session.client("backup", region_name=environment.region)
    selections = list(_selections(environment, backup))
    settings = backup.describe_region_settings()["ResourceTypeOptInPreference"]
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
        if not any(one.is_about_tags and one.find(str(arn), tags) for one in selections):
            yield f"no selection of a backup plan finds {arn}"
        if "DBClusterArn" in database and not settings.get(OPT_IN):
            yield f"no backup plan finds {arn}: the region has not opted in to {OPT_IN}"


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
        found = " and ".join(states) or "not there"
        yield f"the backups of {arn} in {environment.recovery_region} are {found}, not replicating"


def _copies(environment: Environment) -> dict[str, str]:
    """The names of the buckets that are copied, each with that of the bucket with its copies."""
    region = environment.recovery_region
    if region is None:
        return {}
    there = replace(environment.names, region=region)
    copied = [store.name for store in environment.copied_stores if store.name in BUCKETS]
    return {source_name(there, name): copy_name(there, name) for name in copied}


def _service_repositories(environment: Environment) -> set[str]:
    return {f"{environment.repository_prefix}-{service}" for service in environment.services}


def _repositories(environment: Environment, session: boto3.Session, region: str) -> set[str]:
    """The environment's repositories in a region: those of its services, and of the public images that it uses."""
    own = _service_repositories(environment)
    public = environment.names.name("public", limit=NameLimit.PULL_THROUGH_PREFIX)
    pages = session.client("ecr", region_name=region).get_paginator("describe_repositories").paginate()
    names = {one["repositoryName"] for page in pages for one in page["repositories"]}
    return {name for name in names if name in own or name.startswith(f"{public}/")}


def _copy_problems(session: boto3.Session, source: str, target: str) -> Iterator[str]:
    s3 = session.client("s3")
    version = s3.put_object(Bucket=source, Key=_PROBE, Body=b"")["VersionId"]
    status = _PENDING
    for _ in range(_SECONDS):
        status = s3.head_object(Bucket=source, Key=_PROBE, VersionId=version).get("ReplicationStatus")
        if status != _PENDING:
            break
        time.sleep(1)
    if status != _COPIED:
        yield f"the copy of a new object of {source} is {status}; it must be {_COPIED}"
        return
    copy = s3.head_object(Bucket=target, Key=_PROBE, VersionId=version)
    if copy.get("ReplicationStatus") != _COPY or not str(copy.get("SSEKMSKeyId")).startswith("arn:aws:kms:"):
        yield f"the copy of a new object in {target} is not encrypted as a copy: {copy.get('SSEKMSKeyId')}"


def _selections(environment: Environment, backup: Any) -> Iterator[Criteria]:  # noqa: ANN401 - boto3's
    """What each selection of the environment's plan asks for."""
    name = environment.names.name("databases", limit=NameLimit.BACKUP)
    plans = [plan for plan in backup.list_backup_plans()["BackupPlansList"] if plan["BackupPlanName"] == name]
    for plan in plans:
        identifier = plan["BackupPlanId"]
        for one in backup.list_backup_selections(BackupPlanId=identifier)["BackupSelectionsList"]:
            found = backup.get_backup_selection(BackupPlanId=identifier, SelectionId=one["SelectionId"])
            yield _criteria(found["BackupSelection"])


def _criteria(selection: Mapping[str, Any]) -> Criteria:
    """What a selection asks for, as AWS Backup returns it."""
    conditions: Mapping[str, list[dict[str, str]]] = selection.get("Conditions") or {}
    return Criteria(
        resources=tuple(selection.get("Resources") or ()),
        not_resources=tuple(selection.get("NotResources") or ()),
        listed_tags=tuple(_test(one, OPERATORS["StringEquals"]) for one in selection.get("ListOfTags") or ()),
        conditions=tuple(_test(one, OPERATORS[name]) for name, tests in conditions.items() for one in tests or ()),
    )


def _test(test: Mapping[str, str], operator: str) -> TagTest:
    return TagTest(key=test["ConditionKey"], value=test["ConditionValue"], operator=operator)

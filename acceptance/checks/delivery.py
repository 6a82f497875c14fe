"""The pipeline as AWS has it: stages and conditions, builds with their networks and rights, and the hand-over."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import yaml

from acceptance.build_networks import network_problems
from acceptance.build_programs import program_problems
from config.names import NameLimit
from console.secret_variables import is_secret_variable
from modules.delivery.names import (
    DELIVERY_KEY,
    PIPELINE_ROLE,
    PROMOTE_ROLE,
    key_alias,
    release_prefix,
    releases_bucket,
    role_arn,
)
from templates.buildspecs import RELEASE_OBJECT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import boto3

    from config.delivery import DeliverySettings
    from config.environment import Environment

_CHANGING: Final = ("Release", "Migrate", "Deploy")
_INFO: Final = ("STARTED", "SUCCEEDED")
_WARNING: Final = ("FAILED", "STOPPED")


def check_the_pipeline_matches_the_settings(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """Type V2, one release at a time, the stages of the settings, and a start by what they name."""
    delivery = environment.delivery
    if delivery is None:
        return
    pipeline = _pipeline(environment, session)
    yield from _differs("the pipeline's type", pipeline.get("pipelineType"), "V2")
    yield from _differs("the pipeline's execution mode", pipeline.get("executionMode"), "QUEUED")
    stages = [stage["name"] for stage in pipeline["stages"]]
    yield from _differs("the pipeline's stages", stages, _wanted_stages(environment, delivery))
    (source,) = pipeline["stages"][0]["actions"]
    found = source["configuration"]
    if environment.release_source:
        other = environment.release_source
        wanted = {
            "S3Bucket": releases_bucket(other.names),
            "S3ObjectKey": f"{release_prefix(other.name)}/{RELEASE_OBJECT}",
            "AllowOverrideForS3ObjectKey": "true",
            "PollForSourceChanges": "true",
        }
        yield from _differs("the pipeline's source", found, wanted)
        yield from _differs("the pipeline's triggers", pipeline.get("triggers") or [], [])
        return
    named = {name: found.get(name) for name in ("FullRepositoryId", "BranchName", "DetectChanges")}
    settings = {
        "FullRepositoryId": delivery.repository,
        "BranchName": delivery.default_branch,
        "DetectChanges": "false",
    }
    yield from _differs("the pipeline's source", named, settings)
    pushes = [
        push
        for trigger in pipeline.get("triggers") or ()
        if trigger["gitConfiguration"]["sourceActionName"] == source["name"]
        for push in trigger["gitConfiguration"]["push"]
    ]
    filters = {
        "branches": [delivery.branch] if delivery.branch else [],
        "filePaths": list(delivery.paths),
        "tags": list(delivery.tags),
    }
    asked = {name: {"includes": values} for name, values in filters.items() if values}
    yield from _differs("what starts the pipeline", pushes, [asked])


def check_the_connection_is_of_github(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """The source reads by a connection that exists; a new one stays pending until a person confirms it."""
    if environment.delivery is None or not environment.delivery.builds:
        return
    (source,) = _pipeline(environment, session)["stages"][0]["actions"]
    arn = source["configuration"]["ConnectionArn"]
    connection: Any = session.client("codestar-connections").get_connection(ConnectionArn=arn)["Connection"]
    if connection["ProviderType"] != "GitHub" or connection["ConnectionStatus"] == "ERROR":
        yield f"the connection {arn} is of {connection['ProviderType']} and {connection['ConnectionStatus']}"


def check_nothing_changes_before_the_conditions_hold(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """The freeze before the first change, then alarms that exist, and the way back after the deployment."""
    delivery = environment.delivery
    if delivery is None:
        return
    stages = {stage["name"]: stage for stage in _pipeline(environment, session)["stages"]}
    first = next(name for name in _CHANGING if name in stages)
    window = environment.release_window
    wanted = [{"Cron": window.cron, "TimeZone": window.time_zone}] if window else []
    yield from _differs(f"the freeze before {first}", _rules(stages[first], "DeploymentWindow"), wanted)
    yield from _differs(f"the alarms beside the freeze before {first}", _rules(stages[first], "CloudWatchAlarm"), [])
    stopped = "Migrate" if "Migrate" in stages else "Deploy"
    alarms = [rule["AlarmName"] for rule in _rules(stages[stopped], "CloudWatchAlarm")]
    pages = session.client("cloudwatch").get_paginator("describe_alarms").paginate()
    existing = {alarm["AlarmName"] for page in pages for alarm in page["MetricAlarms"]}
    if environment.notifications is not None and not alarms:
        yield f"{stopped} waits for no alarm"
    yield from (f"{stopped} waits for the alarm {one}, which does not exist" for one in alarms if one not in existing)
    if stopped != "Deploy" and stages["Deploy"].get("beforeEntry"):
        yield "Deploy has a condition: if it does not hold, the last release is deployed again"
    after = (stages["Deploy"].get("onFailure") or {}).get("result")
    yield from _differs("what follows a failed Deploy", after, "ROLLBACK")
    yield from _approval_problems(environment, delivery, stages, session)


def check_stores_are_encrypted_and_private(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """Artifacts and releases: the layer's key, versions, TLS only, nothing public."""
    if environment.delivery is None:
        return
    s3, key = session.client("s3"), _key_arn(environment, session)
    artifacts = environment.names.bucket_name("artifacts")
    store = _pipeline(environment, session)["artifactStore"]
    found = (store["location"], (store.get("encryptionKey") or {}).get("id"))
    yield from _differs("the pipeline's store and its key", found, (artifacts, key))
    releases = [releases_bucket(environment.names)] if environment.release_targets else []
    for bucket in (artifacts, *releases):
        (rule,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        default = rule["ApplyServerSideEncryptionByDefault"]
        yield from _differs(f"the key of {bucket}", default.get("KMSMasterKeyID"), key)
        yield from _differs(f"versions of {bucket}", s3.get_bucket_versioning(Bucket=bucket).get("Status"), "Enabled")
        blocked = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
        yield from _differs(f"what {bucket} blocks", set(blocked.values()), {True})
        statements = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
        if not any(_denies_plain_http(one) for one in statements):
            yield f"{bucket} can be read without TLS"


def check_builds_are_private_and_hold_no_secret(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """Each project: key, ARM, private subnets, HTTPS and the hosts of its urls only, a log, no secret in plain text."""
    if environment.delivery is None:
        return
    ec2: Any = session.client("ec2")
    projects = _projects(environment, session)
    key = _key_arn(environment, session)
    private = {str(zone.private_cidr) for zone in environment.network.zones if zone.private_cidr}
    urls = {role.url_name for role in (*environment.postgres_roles, *environment.documentdb_roles) if role.service}
    images = {f"{service}-build" for service in environment.services}
    for name, project in projects.items():
        yield from _differs(f"the key of {name}", project.get("encryptionKey"), key)
        yield from _differs(f"the machine of {name}", project["environment"]["type"], "ARM_CONTAINER")
        place = project.get("vpcConfig") or {}
        listed = ec2.describe_subnets(SubnetIds=place.get("subnets") or ["none"])["Subnets"]
        yield from _differs(f"the subnets of {name}", {subnet["CidrBlock"] for subnet in listed}, private)
        log = project["logsConfig"]["cloudWatchLogs"]
        groups = session.client("logs").describe_log_groups(logGroupNamePrefix=log.get("groupName", "none"))[
            "logGroups"
        ]
        yield from _differs(f"the key of the log of {name}", [one.get("kmsKeyId") for one in groups], [key])
        for variable in project["environment"]["environmentVariables"]:
            if variable.get("type", "PLAINTEXT") == "PLAINTEXT" and is_secret_variable(
                variable["name"], variable["value"]
            ):
                yield f"{name} has {variable['name']} in plain text"
        spec = yaml.safe_load(project["source"]["buildspec"])
        read = {str(one) for one in spec.get("env", {}).get("parameter-store", {}).values()}
        owned = {environment.names.path(f"{database}/owner/url") for database in _databases(environment)}
        yield from _differs(f"the parameters of {name}", read, owned if name == "migrate" else set())
        yield from program_problems(name, project["environment"]["environmentVariables"], session)
        mirrors = name in images and environment.network.nat_gateways != "none"
        yield from network_problems(name, place["securityGroupIds"], read & owned, session, mirrors=mirrors)
        text = project["source"]["buildspec"]
        if used := sorted(url for url in urls if f'"{environment.names.path(url)}"' in text):
            yield f"{name} names the urls of the services' own roles: {', '.join(used)}"


def check_roles_are_bounded(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """Each role of the layer: one service may assume it, a boundary, no policy of AWS, no action with `*` alone."""
    if environment.delivery is None:
        return
    iam: Any = session.client("iam")
    roles = {"the pipeline": _pipeline(environment, session)["roleArn"]}
    roles |= {name: project["serviceRole"] for name, project in _projects(environment, session).items()}
    if len(set(roles.values())) < len(roles):
        yield f"of {len(roles)} roles of the layer some are the same"
    for name, arn in roles.items():
        role = iam.get_role(RoleName=arn.rpartition("/")[2])["Role"]
        if not role.get("PermissionsBoundary"):
            yield f"the role of {name} has no boundary"
        service = "codepipeline" if name == "the pipeline" else "codebuild"
        trusted = [one["Principal"] for one in role["AssumeRolePolicyDocument"]["Statement"]]
        yield from _differs(f"who assumes the role of {name}", trusted, [{"Service": f"{service}.amazonaws.com"}])
        attached = iam.list_attached_role_policies(RoleName=role["RoleName"])["AttachedPolicies"]
        yield from _differs(f"the managed policies of the role of {name}", attached, [])
        for policy in iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]:
            document = iam.get_role_policy(RoleName=role["RoleName"], PolicyName=policy)["PolicyDocument"]
            wide = {one for each in document["Statement"] for one in _list(each["Action"]) if one.endswith("*")}
            if wide:
                yield f"the role of {name} may do {', '.join(sorted(wide))}"


def check_releases_are_handed_over_to_named_roles(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """Only the other account's pipeline may read releases, and only its promotion may pull, each as its own role."""
    if environment.delivery is None:
        return
    s3, ecr = session.client("s3"), session.client("ecr")
    for target in environment.release_targets:
        reader, puller = (role_arn(target.names, name) for name in (PIPELINE_ROLE, PROMOTE_ROLE))
        bucket = releases_bucket(environment.names)
        statements = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
        objects = f"arn:aws:s3:::{bucket}/{release_prefix(environment.name)}/*"
        if not any(_allows(one, "s3:GetObject", reader) and objects in _list(one["Resource"]) for one in statements):
            yield f"{reader} may not read the releases in {bucket}"
        yield from _others(statements, {reader}, f"{bucket}")
        policy = session.client("kms").get_key_policy(KeyId=_key_arn(environment, session), PolicyName="default")
        if not any(_allows(one, "kms:Decrypt", reader) for one in json.loads(policy["Policy"])["Statement"]):
            yield f"{reader} may not decrypt the releases"
        for service in environment.services:
            repository = f"{environment.repository_prefix}-{service}"
            text = ecr.get_repository_policy(repositoryName=repository)["policyText"]
            statements = json.loads(text)["Statement"]
            if not any(_allows(one, "ecr:BatchGetImage", puller) for one in statements):
                yield f"{puller} may not pull from {repository}"
            yield from _others(statements, {puller}, repository)


def check_runs_are_announced(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """A rule for each end of a run, and for its start; that their messages arrive is checked of all rules."""
    if environment.delivery is None or environment.notifications is None:
        return
    name = _pipeline(environment, session)["name"]
    pages = session.client("events").get_paginator("list_rules").paginate()
    patterns = [
        json.loads(rule["EventPattern"]) for page in pages for rule in page["Rules"] if rule.get("EventPattern")
    ]
    told = {
        state
        for pattern in patterns
        if pattern.get("source") == ["aws.codepipeline"] and name in pattern["detail"].get("pipeline", ())
        for state in pattern["detail"].get("state", ())
    }
    severities = {"info": _INFO, "warning": _WARNING}
    for severity, states in severities.items():
        if getattr(environment.notifications, severity) is not None:
            yield from (f"no message says that a run is {state}" for state in states if state not in told)


def _wanted_stages(environment: Environment, delivery: DeliverySettings) -> list[str]:
    first = ["Source", "Build", "Test"] if delivery.builds else ["Source", "Promote"]
    approval = ["Approval"] if delivery.approval else []
    migrate = ["Migrate"] if delivery.migrations or delivery.assets else []
    hand_over = ["HandOver"] if environment.release_targets else []
    return [*first, *approval, "Release", *migrate, "Deploy", *hand_over]


def _approval_problems(
    environment: Environment, delivery: DeliverySettings, stages: Mapping[str, Any], session: boto3.Session
) -> Iterator[str]:
    if not delivery.approval or "Approval" not in stages:
        return
    (action,) = stages["Approval"]["actions"]
    topic = action["configuration"].get("NotificationArn")
    pages = session.client("sns").get_paginator("list_topics").paginate()
    if topic not in {one["TopicArn"] for page in pages for one in page["Topics"]}:
        yield f"the approval notifies {topic}, which does not exist"
    names = list(stages)
    if first := [name for name in _CHANGING if name in names and names.index(name) < names.index("Approval")]:
        yield f"{', '.join(first)} of {environment.name} comes before the approval"


def _databases(environment: Environment) -> list[str]:
    return [name for name in ("postgres", "documentdb") if getattr(environment, name)]


def _pipeline(environment: Environment, session: boto3.Session) -> Any:  # noqa: ANN401 - boto3 gives JSON
    name = environment.names.name("delivery", limit=NameLimit.CODEPIPELINE)
    return session.client("codepipeline").get_pipeline(name=name)["pipeline"]


def _projects(environment: Environment, session: boto3.Session) -> dict[str, Any]:
    """The projects that the pipeline starts, by their names without the environment's prefix."""
    names = {
        action["configuration"]["ProjectName"]
        for stage in _pipeline(environment, session)["stages"]
        for action in stage["actions"]
        if action["actionTypeId"]["provider"] == "CodeBuild"
    }
    found = session.client("codebuild").batch_get_projects(names=sorted(names))["projects"]
    return {one["name"].removeprefix(f"{environment.names.prefix}-"): one for one in found}


def _rules(stage: Mapping[str, Any], provider: str) -> list[dict[str, str]]:
    """What the rules of a provider before a stage are configured with."""
    conditions = (stage.get("beforeEntry") or {}).get("conditions") or ()
    rules = [rule for condition in conditions for rule in condition["rules"]]
    return [rule["configuration"] for rule in rules if rule["ruleTypeId"]["provider"] == provider]


def _key_arn(environment: Environment, session: boto3.Session) -> str:
    alias = key_alias(environment.names)
    pages = session.client("kms").get_paginator("list_aliases").paginate()
    ids = {one["AliasName"]: one.get("TargetKeyId") for page in pages for one in page["Aliases"]}
    if alias not in ids:
        message = f"there is no key {alias} of {DELIVERY_KEY}"
        raise LookupError(message)
    return str(session.client("kms").describe_key(KeyId=ids[alias])["KeyMetadata"]["Arn"])


def _denies_plain_http(statement: Mapping[str, Any]) -> bool:
    bools = (statement.get("Condition") or {}).get("Bool") or {}
    return statement["Effect"] == "Deny" and str(bools.get("aws:SecureTransport")).lower() == "false"


def _allows(statement: Mapping[str, Any], action: str, role: str) -> bool:
    """Whether a statement allows an action to exactly one role of another account."""
    only = (statement.get("Condition") or {}).get("StringEquals") or {}
    return (
        statement["Effect"] == "Allow"
        and any(re.fullmatch(one.replace("*", ".*"), action) for one in _list(statement["Action"]))
        and _list(only.get("aws:PrincipalArn")) == [role]
    )


def _others(statements: list[Any], roles: set[str], where: str) -> Iterator[str]:
    """Accounts that a policy lets in without naming one of the roles."""
    for one in statements:
        accounts = _list((one.get("Principal") or {}).get("AWS")) if isinstance(one.get("Principal"), dict) else ["*"]
        named = set(_list(((one.get("Condition") or {}).get("StringEquals") or {}).get("aws:PrincipalArn")))
        if one["Effect"] == "Allow" and accounts and not (named and named <= roles):
            yield f"{where} lets in {', '.join(accounts)} without naming a role"


def _list(value: Any) -> list[str]:  # noqa: ANN401 - JSON has one or several
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)


def _differs(what: str, found: object, wanted: object) -> Iterator[str]:
    if found != wanted:
        yield f"{what}: {found}, wanted {wanted}"

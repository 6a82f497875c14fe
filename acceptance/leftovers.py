"""Lists what is in an account through the API: after a destroy it must look like an account that was never used.

Every service that was called runs all list operations that need no argument, and those in `_ARGUMENTS`. The results
are compared with those of an unused account, so that default VPCs and the like do not count.
"""

from __future__ import annotations

import json
import logging
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from botocore.exceptions import BotoCoreError, ClientError

from acceptance.account import EmulatedSession

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from botocore.model import Shape

    from emulator import Emulator

_UNUSED_ACCOUNT: Final = "000000000001"


@dataclass(frozen=True)
class Retained:
    """Something that AWS also keeps after Terraform has destroyed everything."""

    operation: str
    pattern: str
    reason: str


RETAINED: Final = (
    Retained("kms:DescribeKey", '"KeyState": "PendingDeletion"', "a key can be brought back for 7 to 30 days"),
    Retained("kms:DescribeKey", '"Description": "Default key"', "moto's substitute for an AWS managed key"),
    Retained("kms:ListKeys", "", "reported by kms:DescribeKey"),
    Retained("ec2:DescribeNatGateways", '"State": "deleted"', "a deleted gateway is listed for about an hour"),
    Retained("ec2:DescribeVpcEndpoints", '"State": "deleted"', "a deleted endpoint is listed for a while"),
    Retained(
        "rds:DescribeDBParameterGroups",
        '"DBParameterGroupName": "default\\.',
        "an engine's default group stays once used",
    ),
    Retained("ce:ListCostAllocationTags", '"Status": "Inactive"', "a tag that a resource once had stays listed"),
    Retained("backup:DescribeRegionSettings", "", "an opt-in stays: it is of all environments of the account"),
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html
    Retained(
        "rds:DescribeDBInstanceAutomatedBackups",
        '"Status": "retained"',
        "backups that were replicated to another region stay until their retention ends",
    ),
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html
    Retained(
        "cloudwatch:ListMetrics",
        '"(CopyAgeMinutes|DrillAgeDays|LeftRestores|RestoreMinutes)"',
        "a metric stays listed for two weeks after its last value",
    ),
    # What they made is listed by other operations: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupJob.html
    *(
        Retained(f"backup:List{kind}Jobs", "", "AWS Backup keeps its jobs listed after what they made is gone")
        for kind in ("Backup", "Copy", "Restore")
    ),
    # https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DeleteProject.html
    Retained("codebuild:ListBuilds", "", "builds stay listed when their project is deleted"),
    # Terraform deregisters the first one, which is its own.
    Retained("ecs:ListTaskDefinitions", r":([2-9]|\d{2,})\"$", "revisions that a pipeline registered stay active"),
    Retained("ecs:ListTaskDefinitionFamilies", "", "deregistered task definitions stay, inactive"),
)
"""The complete list. A pattern is searched for in the item as JSON."""

_ARGUMENTS: Final[Mapping[str, tuple[dict[str, Any], ...]]] = {
    "application-autoscaling:DescribeScalableTargets": ({"ServiceNamespace": "ecs"},),
    "application-autoscaling:DescribeScalingPolicies": ({"ServiceNamespace": "ecs"},),
    "application-autoscaling:DescribeScheduledActions": ({"ServiceNamespace": "ecs"},),
    "budgets:DescribeBudgets": ({"AccountId": "{account}"},),
    "ecs:ListTaskDefinitionFamilies": ({"status": "ACTIVE"},),
    "iam:ListPolicies": ({"Scope": "Local"},),
    "s3control:GetPublicAccessBlock": ({"AccountId": "{account}"},),
    "wafv2:ListIPSets": ({"Scope": "REGIONAL"}, {"Scope": "CLOUDFRONT"}),
    "wafv2:ListRuleGroups": ({"Scope": "REGIONAL"}, {"Scope": "CLOUDFRONT"}),
    "wafv2:ListWebACLs": ({"Scope": "REGIONAL"}, {"Scope": "CLOUDFRONT"}),
}
"""Arguments of operations that need one, or that without one also list what does not belong to the account."""

# Operations that list what AWS offers, not what an account has, or that return something new at each call.
_EXCLUDED_OPERATIONS: Final = re.compile(
    r"Offerings|EngineVersions|InstanceTypes|AvailabilityZones|:DescribeRegions|PriceHistory|:DescribeImages"
    r"|PrefixList|VpcEndpointServices|Random|Token|Credentials|AccountAuthorizationDetails|:DescribeOrderable"
    r"|:DescribeEvents|ec2:DescribeTags|:ListRegions|:GetCallerIdentity|:GetUser|:GetSessionToken|:DescribeCertificates"
)
_SIGNED_ALIKE: Final = {"s3": ("s3", "s3control")}
"""Services whose calls are signed with the name of another one."""
_DESCRIBE_KEY: Final = "kms:DescribeKey"  # ListKeys gives the ids alone
_EXCLUDED_SERVICES: Final = {"sts"}  # stores nothing

# The items of the unused account, by emulator, then by region and service: every account is compared with them.
_UNUSED: Final[WeakKeyDictionary[Emulator, dict[tuple[str, str], Counter[tuple[str, str]]]]] = WeakKeyDictionary()

_SHOWN_CHARACTERS: Final = 400
_RESPONSE_METADATA: Final = {"ResponseMetadata", "NextToken", "nextToken", "Marker", "MaxItems", "IsTruncated", "Owner"}
_RANDOM: Final = re.compile(
    r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|(?<=-)[0-9a-f]{8,17}\b"
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[^\s\"]*"
)


def leftovers(emulator: Emulator, account_id: str) -> Iterator[str]:
    """Everything in the account that a new account does not have and AWS would not keep."""
    log = logging.getLogger("emulator.dispatcher")
    log.disabled, before = True, log.disabled  # it logs each operation that it lacks, and it lacks many of these
    try:
        yield from _differences(emulator, account_id)
    finally:
        log.disabled = before


def _differences(emulator: Emulator, account_id: str) -> Iterator[str]:
    called = sorted(
        {(region, service) for account, region, service in emulator.dispatcher.called if account == account_id}
    )
    unused = _UNUSED.setdefault(emulator, {})
    for region, signed in called:
        for service in _SIGNED_ALIKE.get(signed, (signed,)):
            if service in _EXCLUDED_SERVICES:
                continue
            if (region, service) not in unused:
                unused[region, service] = Counter(_items(emulator, _UNUSED_ACCOUNT, region, service))
            found = Counter(_items(emulator, account_id, region, service))
            for (operation, item), count in (found - unused[region, service]).items():
                if not any(kept.operation == operation and re.search(kept.pattern, item) for kept in RETAINED):
                    yield f"{operation} in {region}: {_shortened(item)}" + (f" ({count} times)" if count > 1 else "")


def is_checked(operation: str, input_shape: Shape | None) -> bool:
    """Whether the check calls an operation (`ec2:DescribeVpcs`) to see what is in an account."""
    if operation in _ARGUMENTS:
        return True
    lists = operation.partition(":")[2].startswith(("List", "Describe", "Get"))
    needs_nothing = input_shape is None or not input_shape.required_members
    return lists and needs_nothing and not _EXCLUDED_OPERATIONS.search(operation)


def list_items(session: EmulatedSession, operation: str, *, account_id: str) -> Iterator[Any]:
    """Each item that an operation lists, as the API returns it."""
    service, _, name = operation.partition(":")
    client = session.client(service)
    if operation == _DESCRIBE_KEY:
        for key in client.list_keys()["Keys"]:
            yield client.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
        return
    for arguments in _ARGUMENTS.get(operation, ({},)):
        filled = {key: value.format(account=account_id) for key, value in arguments.items()}
        yield from _call(client, name, filled)


def _items(emulator: Emulator, account_id: str, region: str, service: str) -> Iterator[tuple[str, str]]:
    """Operation and item, the item as JSON without what differs from account to account."""
    session = EmulatedSession(url=emulator.url, account_id=account_id, region=region)
    model = session.client(service).meta.service_model
    operations = [f"{service}:{name}" for name in model.operation_names]
    for operation in operations:
        shape = model.operation_model(operation.partition(":")[2]).input_shape
        if operation == _DESCRIBE_KEY or is_checked(operation, shape):
            for item in list_items(session, operation, account_id=account_id):
                yield operation, _comparable(item, account_id)


def _call(client: Any, operation: str, arguments: Mapping[str, Any]) -> Iterator[Any]:  # noqa: ANN401 - boto3's
    method = next(name for name, of in client.meta.method_to_api_mapping.items() if of == operation)
    try:
        pages = (
            client.get_paginator(method).paginate(**arguments)
            if client.can_paginate(method)
            else [getattr(client, method)(**arguments)]
        )
        for page in pages:
            for member, value in page.items():
                if member in _RESPONSE_METADATA:
                    continue
                yield from value if isinstance(value, list) else [{member: value}]
    except ClientError as error:
        # An error of AWS ("there is none") is a result; an operation that the emulator lacks is not.
        code = error.response["Error"]["Code"]
        if not code.startswith("Emulator"):
            yield {"error": code}
    except BotoCoreError as error:
        yield {"error": str(error)}


def _comparable(item: Any, account_id: str) -> str:  # noqa: ANN401 - anything that JSON can say
    text = json.dumps(item, sort_keys=True, default=lambda value: type(value).__name__)
    return _RANDOM.sub("*", text.replace(account_id, "<account>"))


def _shortened(item: str) -> str:
    return item if len(item) <= _SHOWN_CHARACTERS else f"{item[:_SHOWN_CHARACTERS]}..."

"""Amazon S3: moto ignores conditions in policies and stores some documents only in part."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket, FakeDeleteMarker, S3Backend, s3_backends
from moto.s3.utils import _VersionedKeyStore

from emulator.errors import AwsError, DeniedError
from emulator.policy import as_list, names_principal, statements
from emulator.registry import FORWARD, Context, Forward, after, guard, operation, patch
from emulator.store import Kind, Scope, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

TIERINGS: Kind[Shape] = Kind(
    "intelligent tiering",
    missing="NoSuchConfiguration",
    message="The specified configuration does not exist.",
    scope=Scope.ACCOUNT,
)
NOTIFICATIONS: Kind[Shape] = Kind("notification", missing="NoSuchConfiguration", scope=Scope.ACCOUNT)
PAYERS: Kind[Shape] = Kind("request payment", missing="NoSuchConfiguration", scope=Scope.ACCOUNT)

_LOGGING = "logging.s3.amazonaws.com"


def _dispose(_: Any) -> None:
    """Do nothing: a delete marker has no content."""


# When a key's last version is deleted by its id, moto calls dispose() on all its versions. A delete marker has no such
# method, so a versioned bucket could not be emptied.
FakeDeleteMarker.dispose = _dispose  # type: ignore[attr-defined]  # the point of it


@guard("s3", "PutBucketPolicy")
def refuse_policy_without_principal(params: Shape, _: Context) -> None:
    """Refuse a bucket policy without statements or with a statement without a principal; moto accepts any JSON."""
    for problem in _problems(params.get("Policy") or ""):
        raise AwsError(code="MalformedPolicy", message=problem)


@patch(S3Backend, "put_object_lock_configuration")
def enable_object_lock(original: Any, backend: Any, bucket_name: str, *args: Any, **kwargs: Any) -> None:
    """Let Object Lock be enabled for a bucket that has objects; moto wants it empty.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-configure.html (on an existing bucket)
    """
    bucket = backend.get_bucket(bucket_name)
    kept, bucket.keys = bucket.keys, _VersionedKeyStore()
    try:
        original(backend, bucket_name, *args, **kwargs)
    finally:
        bucket.keys = kept


@guard("s3", "HeadBucket")
def refuse_foreign_bucket(params: Shape, context: Context) -> None:
    """Refuse to show a bucket of another account without a policy that may allow it; moto shows every bucket.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
    """
    name = params["Bucket"]
    partition, owner = s3_backends.bucket_accounts.get(name, ("aws", context.account))
    if owner != context.account and not s3_backends[owner][partition].buckets[name].policy:
        raise DeniedError(protocol="rest-xml")


def _problems(policy: str) -> Iterator[str]:
    """Yield the errors of a bucket policy, the first one that AWS reports first."""
    try:
        document = json.loads(policy)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        yield "Policies must be valid JSON and the first byte must be '{'"
    elif "Statement" not in document:
        yield "Missing required field Statement"
    else:
        for statement in as_list(document["Statement"]):
            yield from _statement_problems(statement)


def _statement_problems(statement: Any) -> Iterator[str]:
    if not isinstance(statement, dict):
        yield "Invalid policy syntax."
        return
    for member in ("Effect", "Principal", "Action", "Resource"):
        if member not in statement and f"Not{member}" not in statement:
            yield f"Missing required field {member}"
    for member in ("Principal", "NotPrincipal"):
        if member in statement and not names_principal(statement[member]):
            yield "Invalid principal in policy"


@patch(FakeBucket, "get_permission")
def permit_by_unconditional_statements(_: Any, bucket: Any, action: str, resource: str) -> Any:
    """Ignore statements with a condition, and those that deny only some principals.

    moto reads "deny unless TLS" as "deny" and ignores the caller: a Deny for one role would deny everybody.
    """
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    binding = [one for one in statements(bucket.policy) if not one.get("Condition") and not _denies_some(one)]
    if not binding:
        return PermissionResult.NEUTRAL
    document = {**json.loads(bucket.policy), "Statement": binding}
    return IAMPolicy(json.dumps(document)).is_action_permitted(action, resource)


def _denies_some(statement: Shape) -> bool:
    principal = statement.get("Principal")
    names = as_list(principal.get("AWS")) if isinstance(principal, dict) else [principal]
    return bool(statement.get("Effect") == "Deny") and "*" not in names


@patch(FakeBucket, "_log_permissions_enabled_policy")
def find_log_permission(_: Any, target_bucket: Any, target_prefix: str | None) -> bool:
    """Find the statement that allows S3 to write logs; moto fails on a Principal that is "*"."""
    del target_prefix
    if not target_bucket.policy:
        return False
    for statement in statements(target_bucket.policy):
        principal = statement.get("Principal")
        services = as_list(principal.get("Service")) if isinstance(principal, dict) else []
        actions = {"s3:PutObject", "s3:*", "*"} & set(as_list(statement.get("Action")))
        if statement["Effect"] == "Allow" and _LOGGING in services and actions:
            return True
    return False


@operation("s3", "PutBucketIntelligentTieringConfiguration")
def put_tiering(params: Shape, context: Context) -> Shape:
    """Store the configuration, which moto ignores."""
    context.table(TIERINGS)[_tiering(params)] = params["IntelligentTieringConfiguration"]
    return {}


@operation("s3", "GetBucketIntelligentTieringConfiguration")
def get_tiering(params: Shape, context: Context) -> Shape:
    """Return one configuration."""
    return {"IntelligentTieringConfiguration": context.table(TIERINGS).require(_tiering(params))}


@operation("s3", "DeleteBucketIntelligentTieringConfiguration")
def delete_tiering(params: Shape, context: Context) -> Shape:
    """Delete a configuration."""
    context.table(TIERINGS).remove(_tiering(params))
    return {}


@operation("s3", "ListBucketIntelligentTieringConfigurations")
def list_tierings(params: Shape, context: Context) -> Shape:
    """List the configurations of a bucket, on one page."""
    context.backend(s3_backends, "aws").get_bucket(params["Bucket"])
    items = [one for key, one in context.table(TIERINGS).items() if key.startswith(f"{params['Bucket']}/")]
    return {"IsTruncated": False, "IntelligentTieringConfigurationList": items}


@operation("s3", "DeleteBucketInventoryConfiguration")
def delete_inventory(params: Shape, context: Context) -> Shape:
    """Delete a configuration; moto reads this as DeleteBucket."""
    bucket = context.backend(s3_backends, "aws").get_bucket(params["Bucket"])
    if bucket.inventory_configs.pop(params["Id"], None) is None:
        raise AwsError(code="NoSuchConfiguration", message="The specified configuration does not exist.")
    return {}


@operation("s3", "PutBucketRequestPayment")
def put_payer(params: Shape, context: Context) -> Shape:
    """Store who pays; moto reads this as CreateBucket."""
    context.backend(s3_backends, "aws").get_bucket(params["Bucket"])
    context.table(PAYERS)[params["Bucket"]] = params["RequestPaymentConfiguration"]
    return {}


@operation("s3", "GetBucketRequestPayment")
def get_payer(params: Shape, context: Context) -> Shape:
    """Return who pays, which Terraform reads for every bucket; the default is its owner."""
    context.backend(s3_backends, "aws").get_bucket(params["Bucket"])
    return context.table(PAYERS).get(params["Bucket"], {"Payer": "BucketOwner"})


@after("s3", "PutBucketNotificationConfiguration")
def keep_notification(params: Shape, context: Context) -> None:
    """Store the whole document that moto has accepted; moto drops EventBridge."""
    context.table(NOTIFICATIONS)[params["Bucket"]] = params["NotificationConfiguration"]


@operation("s3", "GetBucketNotificationConfiguration")
def get_notification(params: Shape, context: Context) -> Shape | Forward:
    """Return the document as it was sent."""
    held = context.table(NOTIFICATIONS).get(params["Bucket"])
    return held if held is not None else FORWARD


@after("s3", "DeleteBucket")
def forget_bucket(params: Shape, context: Context) -> None:
    """Delete the documents of a deleted bucket."""
    bucket = params["Bucket"]
    context.table(NOTIFICATIONS).pop(bucket, None)
    context.table(PAYERS).pop(bucket, None)
    for key in [key for key in context.table(TIERINGS) if key.startswith(f"{bucket}/")]:
        del context.table(TIERINGS)[key]


def _tiering(params: Shape) -> str:
    return f"{params['Bucket']}/{params['Id']}"

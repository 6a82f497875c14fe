"""Amazon RDS: master passwords, and the secrets in which it keeps those that it manages.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
"""

from __future__ import annotations

import json
import secrets
import string
import time
import uuid
from typing import TYPE_CHECKING, Any, Final

from moto.rds.models import DBInstance, MasterUserSecret, RDSBackend, rds_backends

from emulator.errors import AwsError
from emulator.registry import Context, guard, patch

if TYPE_CHECKING:
    from emulator.store import Shape

_LENGTH: Final = 28
_ALPHABET: Final = string.ascii_letters + string.digits + "!#$%&()*+,-.:;<=>?[]^_{|}~"
_NOT_ALLOWED: Final = frozenset('/@" ')
_LEAST_LENGTH: Final = 8
_ROTATION_DAYS: Final = 7
_COMBINATION: Final = "InvalidParameterCombination"


@guard("rds", "CreateDBInstance", "CreateDBCluster", "ModifyDBInstance", "ModifyDBCluster")
def refuse_password(params: Shape, _: Context) -> None:
    """Refuse a password that AWS does not take; moto checks only that of a cluster.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
    """
    password = params.get("MasterUserPassword")
    if password is None:
        return
    if len(password) < _LEAST_LENGTH:
        message = (
            "The parameter MasterUserPassword is not a valid password because it is shorter than "
            f"{_LEAST_LENGTH} characters."
        )
        raise AwsError(code="InvalidParameterValue", message=message)
    if not (password.isascii() and password.isprintable()) or _NOT_ALLOWED & set(password):
        message = (
            "The parameter MasterUserPassword is not a valid password. Only printable ASCII characters besides '/', "
            "'@', '\"', ' ' may be used."
        )
        raise AwsError(code="InvalidParameterValue", message=message)


@guard("rds", "CreateDBInstance", "CreateDBCluster")
def refuse_two_passwords(params: Shape, _: Context) -> None:
    """Refuse a password beside a managed one, and a key for a password that is not managed (the same page)."""
    if params.get("ManageMasterUserPassword"):
        _refuse_password_beside_managed(params)
    elif params.get("MasterUserSecretKmsKeyId"):
        _refuse_key_alone()


@guard("rds", "ModifyDBInstance", "ModifyDBCluster")
def refuse_impossible_change(params: Shape, context: Context) -> None:
    """Refuse changes that contradict who manages the password.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html
    https://github.com/terraform-aws-modules/terraform-aws-rds/issues/526 (a replica's password)
    """
    database = _database(params, context)
    if database is None:
        return
    managed, wanted = bool(database.manage_master_user_password), params.get("ManageMasterUserPassword")
    if wanted or (managed and wanted is None):
        _refuse_password_beside_managed(params)
    if managed and wanted is False and not params.get("MasterUserPassword"):
        message = "You must specify MasterUserPassword when you turn off ManageMasterUserPassword."
        raise AwsError(code=_COMBINATION, message=message)
    if params.get("MasterUserSecretKmsKeyId") and (managed or not wanted):
        _refuse_key_alone()
    if params.get("RotateMasterUserPassword") and not managed:
        message = "You can rotate the master user password only if ManageMasterUserPassword is turned on."
        raise AwsError(code=_COMBINATION, message=message)
    if params.get("MasterUserPassword") and getattr(database, "is_replica", False):
        message = (
            f"Cannot change master user password on an RDS {database.engine} Read Replica because it uses physical "
            "replication and therefore cannot differ from its parent."
        )
        raise AwsError(code=_COMBINATION, message=message)


@guard("rds", "CreateDBInstanceReadReplica")
def refuse_replica_of_managed(params: Shape, context: Context) -> None:
    """Refuse a read replica of an instance whose password RDS manages.

    https://github.com/terraform-aws-modules/terraform-aws-rds/issues/532
    """
    source = str(params.get("SourceDBInstanceIdentifier"))
    region = source.split(":")[3] if source.startswith("arn:") else context.region
    instance = rds_backends[context.account][region].databases.get(source.rpartition(":")[2])
    if instance is not None and instance.manage_master_user_password:
        message = (
            f"Creating read replicas for source instance with engine {instance.engine} where ManageMasterUserPassword "
            "is enabled is not supported."
        )
        raise AwsError(code="InvalidParameterValue", message=message)


@patch(MasterUserSecret, "_generate_secret_string")
def make_password(_: Any, secret: Any) -> str:
    """Make a password of its own for each database, for its own user; in moto all have the same."""
    password = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    return json.dumps({"username": secret.resource.master_username, "password": password})


@patch(MasterUserSecret, "_create_secret")
def rotate_by_itself(original: Any, secret: Any, kms_key_id: str | None) -> Any:
    """Let RDS replace it every seven days, as AWS describes such a secret.

    https://github.com/floci-io/floci/pull/2378 shows what AWS answers.
    """
    created = original(secret, kms_key_id)
    created.rotation_requested = created.rotation_enabled = True
    created.auto_rotate_after_days = _ROTATION_DAYS
    return created


@patch(MasterUserSecret, "rotate_secret")
def replace_password(_: Any, secret: Any) -> None:
    """Store a new password; moto keeps the old one, in a version without a value."""
    secret._status = "rotating"  # noqa: SLF001  as moto's own
    version = str(uuid.uuid4())
    now = int(time.time())
    value = {
        "createdate": now,
        "version_id": version,
        "version_stages": ["AWSCURRENT"],
        "secret_string": secret._generate_secret_string(),  # noqa: SLF001
    }
    secret.secret.reset_default_version(value, version)
    secret.secret.last_changed_date = secret.secret.last_rotation_date = now


@patch(DBInstance, "update")
def keep_managed_secret(original: Any, instance: Any, **kwargs: Any) -> None:
    """Keep the secret of an instance that is asked again to manage its password; moto would make a second one."""
    if kwargs.get("manage_master_user_password") and instance.manage_master_user_password:
        kwargs["manage_master_user_password"] = None
    original(instance, **kwargs)


@patch(RDSBackend, "modify_db_cluster")
def keep_managed_secret_of_cluster(original: Any, backend: Any, kwargs: dict[str, Any]) -> Any:
    """Keep that of a cluster."""
    cluster = backend.clusters.get(kwargs["db_cluster_identifier"])
    if cluster is not None and cluster.manage_master_user_password and kwargs.get("manage_master_user_password"):
        del kwargs["manage_master_user_password"]
    return original(backend, kwargs)


def rotate_managed(arn: str) -> bool:
    """Replace the password of the database that manages a secret; return whether there is one."""
    for regions in rds_backends.values():
        for backend in list(dict.values(regions)):
            for database in (*backend.databases.values(), *backend.clusters.values()):
                managed = getattr(database, "master_user_secret", None)
                if managed is not None and managed.secret_arn == arn:
                    managed.rotate_secret()
                    return True
    return False


def _database(params: Shape, context: Context) -> Any:
    backend = context.backend(rds_backends)
    if "DBClusterIdentifier" in params and context.operation == "ModifyDBCluster":
        return backend.clusters.get(params["DBClusterIdentifier"])
    return backend.databases.get(params.get("DBInstanceIdentifier"))


def _refuse_password_beside_managed(params: Shape) -> None:
    if params.get("MasterUserPassword"):
        message = "You can't specify MasterUserPassword if ManageMasterUserPassword is turned on."
        raise AwsError(code=_COMBINATION, message=message)


def _refuse_key_alone() -> None:
    message = "MasterUserSecretKmsKeyId is valid only when ManageMasterUserPassword is being turned on."
    raise AwsError(code=_COMBINATION, message=message)

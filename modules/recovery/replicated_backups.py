"""PostgreSQL's own backups in the second region, from which it can be restored to almost the last second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.db_instance_automated_backups_replication import DbInstanceAutomatedBackupsReplication
from constructs import Construct

from modules.data.identifiers import postgres_identifier

if TYPE_CHECKING:
    from cdktf import TerraformStack

    from modules.key import Key
    from modules.label import Label


def replicate_automated_backups(
    scope: Construct, id_: str, *, label: Label, key: Key, retention_days: int
) -> DbInstanceAutomatedBackupsReplication:
    """Let RDS copy snapshots and transaction logs of the instance to the region of `label`, minutes after they exist.

    RDS keeps them there when the instance is deleted, or its region is lost, until they are older than
    `retention_days`. If the instance is replaced, RDS stops, and the next apply starts it for the new one. With other
    `retention_days`, the provider stops and starts it: what is written from then until the first copy is not there.
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html

    Args:
        scope: The stack.
        id_: Its role in the stack.
        label: Of the second region; it makes the ARN of the instance, so that no state of the other region is read.
        key: Encrypts the copies; of the second region.
        retention_days: Days that a copy is kept there.
    """
    return DbInstanceAutomatedBackupsReplication(
        scope,
        id_,
        source_db_instance_arn=label.in_home_region().arn("rds", f"db:{postgres_identifier(label)}"),
        kms_key_id=key.arn,
        retention_period=retention_days,
    )


def leave_automated_backups(stack: TerraformStack, id_: str) -> None:
    """Forget what `replicate_automated_backups` has made at this place, and leave it as it is.

    When its instance is gone, RDS retains the copies, and the provider takes that for the end of the resource: it would
    start the replication again, of an instance that is not there.
    https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/rds/instance_automated_backups_replication.go
    """
    name = stack.get_logical_id(Construct(stack, id_).node)
    address = f"{DbInstanceAutomatedBackupsReplication.TF_RESOURCE_TYPE}.{name}"
    stack.add_override("removed", [{"from": address, "lifecycle": {"destroy": False}}])

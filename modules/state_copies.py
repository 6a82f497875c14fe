"""The storage of states in the second region: copies of those of the first, and the states of its own stacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.dynamodb_table_replica import DynamodbTableReplicaA
from constructs import Construct

from modules.key import KeyUse
from modules.state_store import StateLocation, create_state_buckets, grant_lock

if TYPE_CHECKING:
    from cdktf import TerraformProvider

    from config.state import StateSettings
    from modules.label import Label
    from modules.policy import Grantable
    from modules.state_store import StateStore


class StateCopies(Construct):
    """A bucket, a replica of the lock table and a key in the second region, and the bucket of access logs there.

    A stack of that region keeps its state here, so that it can be planned and applied while the first region is lost.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: StateSettings,
        label: Label,
        store: StateStore,
        access_log_retention_days: int,
        protect: bool,
        provider: TerraformProvider,
    ) -> None:
        """Create them.

        Args:
            config: Retention of old states.
            label: Names them, in the second region.
            store: The storage in the first region, which has the lock table.
            access_log_retention_days: Days that an access log is kept.
            protect: Refuse to destroy them.
            provider: Of the second region.
        """
        super().__init__(scope, id_)
        self.location = StateLocation.in_region_of(label)
        self.key, self.access_logs, self.bucket = create_state_buckets(
            self,
            config=config,
            label=label,
            description=f"Copies of the Terraform state of {label.prefix}",
            access_log_retention_days=access_log_retention_days,
            protect=protect,
            provider=provider,
        )
        self.lock_table = DynamodbTableReplicaA(
            self,
            "lock",
            provider=provider,
            global_table_arn=store.lock_table.arn,
            kms_key_arn=self.key.arn,
            # Neither comes from the table: each replica has its own.
            point_in_time_recovery=True,
            deletion_protection_enabled=protect,
            lifecycle=TerraformResourceLifecycle(prevent_destroy=True) if protect else None,
        )

    def grant_plan(self, grantee: Grantable) -> None:
        """Allow `grantee` to read every state here, and to lock it meanwhile."""
        self.bucket.grant_read(grantee)
        grant_lock(grantee, bucket_arn=self.bucket.arn, table_arn=self.lock_table.arn)
        self.key.grant_encrypt_decrypt(grantee, KeyUse.state())

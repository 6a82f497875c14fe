"""Layer `state`: what every other layer needs: the storage of all Terraform states, and the limits of all roles.

The S3 backend block, with the key of each state, is written by `LayerStack` in `stacks/base.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from modules.boundary import Boundary
from modules.bucket_replication import BucketReplication
from modules.security.permissions_boundaries import PermissionsBoundaries
from modules.state_copies import StateCopies
from modules.state_store import STATE, StateStore
from stacks.base import LayerStack

if TYPE_CHECKING:
    from constructs import Construct

    from config.environment import Environment


class StateStack(LayerStack):
    """State bucket, lock table, their key, the bucket that collects access logs, and the permissions boundaries.

    With a region for copies, it has two providers: the state of what survives the loss of one region cannot be made
    by a stack of that region's own.
    """

    layer: ClassVar[str] = "state"

    def __init__(self, scope: Construct, *, config: Environment) -> None:
        super().__init__(scope, config=config, state=None)
        self.store = StateStore(
            self,
            "state",
            config=config.state,
            label=self.label,
            access_log_retention_days=config.logs.bucket_access_retention_days,
            protect=config.protect_data,
        )
        self._boundaries = PermissionsBoundaries(
            self,
            "boundaries",
            label=self.label,
            backup_writers=[name for name, one in config.services.items() if one.writes_backups]
            if config.standby_region
            else (),
            native_blue_green=config.deployment.strategy == "native_blue_green",
        )
        self.output("state_bucket", self.store.bucket.id)
        self.output("access_log_bucket", self.store.access_logs.id)
        self.copies = self._add_copies(config.recovery_region) if config.recovery_region else None
        """The storage in the second region."""

    def _add_copies(self, region: str) -> StateCopies:
        copies = StateCopies(
            self,
            "copies",
            config=self.config.state,
            label=self.label.in_region(region),
            store=self.store,
            access_log_retention_days=self.config.logs.bucket_access_retention_days,
            protect=self.config.protect_data,
            provider=self.add_provider(f"aws-{region}", region=region, alias=region),
        )
        BucketReplication(
            self,
            "replication",
            label=self.label,
            name=STATE,
            source=self.store.bucket,
            target_name=copies.location.bucket,
            target_region=region,
            target_key_alias_arn=copies.location.key_alias_arn,
            target_key_arn=copies.key.arn,
            # The boundary of a workload denies all that is about states.
            boundary=Boundary.DEPLOYMENT,
            after=[
                self.store.bucket.versioning,
                copies.bucket.versioning,
                self._boundaries.policies[Boundary.DEPLOYMENT],
            ],
        )
        # The runner looks there for states, also when the table [recovery] is removed.
        self.output("state_copies_bucket", copies.bucket.id)
        self.output("state_copies_region", region)
        return copies

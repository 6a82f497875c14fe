"""Layer `state`: what every other layer needs: the storage of all Terraform states, and the limits of all roles.

The S3 backend block, with the key of each state, is written by `LayerStack` in `stacks/base.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from modules.security.permissions_boundaries import PermissionsBoundaries
from modules.state_store import StateStore
from stacks.base import LayerStack

if TYPE_CHECKING:
    from constructs import Construct

    from config.environment import Environment


class StateStack(LayerStack):
    """State bucket, lock table, their key, the bucket that collects access logs, and the permissions boundaries."""

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
        PermissionsBoundaries(self, "boundaries", label=self.label)
        self.output("state_bucket", self.store.bucket.id)
        self.output("access_log_bucket", self.store.access_logs.id)

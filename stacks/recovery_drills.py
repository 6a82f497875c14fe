"""Layer `recovery` in the second region: restore tests of the copies."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from modules.recovery.restore_drills import DRILLS_KEY, RestoreDrills
from stacks.base import LayerStack, topics_for

if TYPE_CHECKING:
    from constructs import Construct

    from config.environment import Environment
    from config.recovery_drills import DrillSettings
    from config.recovery_targets import CopyTargets
    from stacks.notifications import NotificationsStack
    from stacks.recovery_copies import CopiesStack
    from stacks.state import StateStack


class DrillsStack(LayerStack):
    """Restore tests of the copies, in the second region, in a network of their own; its state is there, too."""

    layer: ClassVar[str] = "recovery"
    survives_home: ClassVar[bool] = True

    def __init__(
        self,
        scope: Construct,
        *,
        config: Environment,
        drills: DrillSettings,
        targets: CopyTargets,
        state: StateStack,
        notifications: NotificationsStack | None,
        copies: CopiesStack,
    ) -> None:
        region = copies.region
        super().__init__(scope, config=config, state=state, region=region, name=f"{self.layer}-drills-{region}")
        self.drills = RestoreDrills(
            self,
            "drills",
            config=drills,
            targets=targets,
            label=self.label,
            roles={"postgres": config.postgres_roles, "documentdb": config.documentdb_roles},
            copies_key_arn=copies.copies_key.arn,
            key=self.key("key", name=DRILLS_KEY, protects="Restore drills: logs, events and functions"),
            logs=config.logs,
            topics=topics_for(self, notifications),
        )
        self.add_dependency(copies)
        self.output("restore_testing_plan_arn", self.drills.plan.arn)
        self.output("restore_check_function", self.drills.check.function.name)

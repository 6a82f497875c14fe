"""Layer `recovery`: backups of what cannot be made again, and copies of it in a second region."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from stacks.base import LayerStack

if TYPE_CHECKING:
    from constructs import Construct

    from config.environment import Environment
    from config.recovery import RecoverySettings
    from stacks.data import DataStack
    from stacks.edge import EdgeStack
    from stacks.notifications import NotificationsStack
    from stacks.registry import RegistryStack
    from stacks.security import SecurityStack
    from stacks.state import StateStack


class CopiesStack(LayerStack):
    """What receives the copies, in the second region; its state is there, too.

    It knows the environment's own region by names alone, so that it can be planned while that region is lost.
    """

    layer: ClassVar[str] = "recovery"
    survives_home: ClassVar[bool] = True

    def __init__(
        self,
        scope: Construct,
        *,
        config: Environment,
        settings: RecoverySettings,
        region: str,
        state: StateStack,
        notifications: NotificationsStack | None,
        data: DataStack | None,
    ) -> None:
        super().__init__(scope, config=config, state=state, region=region, name=f"{self.layer}-{region}")
        self.settings = settings
        self.copies_key = self.key("key", name="copies", protects="Copies of the data")


class RecoveryStack(LayerStack):
    """What makes the backups and copies, in the environment's own region.

    It knows the second region by names alone, so that it can be planned while that region is lost.
    """

    layer: ClassVar[str] = "recovery"

    def __init__(
        self,
        scope: Construct,
        *,
        config: Environment,
        settings: RecoverySettings,
        state: StateStack,
        notifications: NotificationsStack | None,
        data: DataStack | None,
        registry: RegistryStack,
        edge: EdgeStack | None,
        security: SecurityStack | None,
        copies: CopiesStack | None,
    ) -> None:
        super().__init__(scope, config=config, state=state)
        self.settings = settings
        if copies:
            self.add_dependency(copies)

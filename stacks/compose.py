"""Which stacks an environment has, in order of apply, and what each of them is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.domain import ROUTE_53_REGION
from config.edge import VIEWER_REGION
from stacks.cost import CostStack
from stacks.data import DataStack
from stacks.delivery import DeliveryStack
from stacks.domain import DomainStack, Route53Stack
from stacks.edge import EdgeStack
from stacks.moves import emit_all_moves
from stacks.network import NetworkStack
from stacks.notifications import NotificationsStack
from stacks.observability import ObservabilityStack
from stacks.recovery import AssetsRecoveryStack, RecoveryStack
from stacks.recovery_copies import CopiesStack
from stacks.recovery_drills import DrillsStack
from stacks.registry import RegistryStack
from stacks.security import SecurityStack
from stacks.service import ServiceStack
from stacks.standby import add_standby
from stacks.state import StateStack

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cdktf import App

    from config.environment import Environment


def compose(app: App, environments: Sequence[Environment]) -> None:
    """Put every layer of every environment into `app`, in order of apply."""
    for config in environments:
        state = StateStack(app, config=config)
        by_region = _add_notifications(app, config, state)
        notifications = by_region.get(config.region)
        network = NetworkStack(app, config=config, state=state, notifications=notifications)
        security = (
            SecurityStack(app, config=config, settings=config.security, state=state, notifications=notifications)
            if config.security
            else None
        )
        data = (
            DataStack(app, config=config, state=state, notifications=notifications, network=network)
            if config.has_data
            else None
        )
        registry = RegistryStack(app, config=config, state=state)
        domain, route_53 = _add_domain(app, config, state=state, by_region=by_region)
        service = None
        if "service" not in config.left_out_layers:
            service = ServiceStack(
                app,
                config=config,
                state=state,
                notifications=notifications,
                network=network,
                registry=registry,
                data=data,
                domain=domain,
                site_check=route_53.site_check if route_53 else None,
            )
        edge = None
        if config.edge and config.load_balancer and domain and service and "edge" not in config.left_out_layers:
            edge = EdgeStack(
                app,
                config=config,
                settings=config.edge,
                balancer=config.load_balancer,
                state=state,
                notifications=by_region.get(VIEWER_REGION),
                domain=domain,
                service=service,
            )
        if config.delivery and service and "delivery" not in config.left_out_layers:
            DeliveryStack(
                app,
                config=config,
                settings=config.delivery,
                state=state,
                notifications=notifications,
                network=network,
                registry=registry,
                data=data,
                service=service,
                edge=edge,
            )
        if config.observability and service and "observability" not in config.left_out_layers:
            ObservabilityStack(
                app,
                config=config,
                settings=config.observability,
                state=state,
                notifications=notifications,
                network=network,
                data=data,
                service=service,
                edge=edge,
            )
        copies = _add_recovery(
            app, config, state=state, by_region=by_region, data=data, registry=registry, edge=edge, security=security
        )
        if copies:
            add_standby(
                app,
                config,
                state=state,
                notifications=by_region.get(copies.region),
                domain=domain,
                service=service,
                data=data,
                copies=copies,
            )
        if config.cost:
            CostStack(
                app,
                config=config,
                settings=config.cost,
                state=state,
                notifications=notifications,
                data=data,
                service=service,
            )
        emit_all_moves(app, config.name)


def _add_domain(
    app: App, config: Environment, *, state: StateStack, by_region: Mapping[str, NotificationsStack]
) -> tuple[DomainStack | None, Route53Stack | None]:
    """The stack of the domain, and the one of what Route 53 has in a region of its own; None if there is none."""
    if config.domain is None:
        return None, None
    domain = DomainStack(
        app, config=config, settings=config.domain, state=state, notifications=by_region.get(config.region)
    )
    if not Route53Stack.is_needed(config):
        return domain, None
    return domain, Route53Stack(
        app,
        config=config,
        settings=config.domain,
        state=state,
        notifications=by_region.get(ROUTE_53_REGION),
        domain=domain,
    )


def _add_recovery(
    app: App,
    config: Environment,
    *,
    state: StateStack,
    by_region: Mapping[str, NotificationsStack],
    data: DataStack | None,
    registry: RegistryStack,
    edge: EdgeStack | None,
    security: SecurityStack | None,
) -> CopiesStack | None:
    """The stacks of the layer `recovery`: one in each region that has, makes or receives copies.

    Returns:
        The one in the second region; None if there are no copies.
    """
    if config.recovery is None:
        return None
    region, copies = config.recovery_region, None
    if region:
        copies = CopiesStack(
            app,
            config=config,
            settings=config.recovery,
            region=region,
            state=state,
            notifications=by_region.get(region),
            data=data,
        )
    RecoveryStack(
        app,
        config=config,
        settings=config.recovery,
        state=state,
        notifications=by_region.get(config.region),
        data=data,
        registry=registry,
        edge=edge,
        security=security,
        copies=copies,
    )
    if copies and config.recovery.drills:
        DrillsStack(
            app,
            config=config,
            drills=config.recovery.drills,
            targets=config.recovery.targets,
            state=state,
            notifications=by_region.get(copies.region),
            copies=copies,
        )
    if copies and edge and AssetsRecoveryStack.is_needed(config):
        AssetsRecoveryStack(
            app,
            config=config,
            state=state,
            notifications=by_region.get(VIEWER_REGION),
            edge=edge,
            copies=copies,
        )
    return copies


def _add_notifications(app: App, config: Environment, state: StateStack) -> dict[str, NotificationsStack]:
    """The stack of each region in which the environment has resources; none without receivers."""
    if config.notifications is None:
        return {}
    settings = config.notifications
    return {
        region: NotificationsStack(app, config=config, settings=settings, state=state, region=region)
        for region in config.regions
    }

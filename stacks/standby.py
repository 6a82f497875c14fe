"""The layers that serve from the second region: the same stacks, by the same settings, made for another place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.standby_environment import standby_environment
from modules.data.database_events import allow_database_events
from stacks.data import DataStack
from stacks.domain import StandbyDomainStack
from stacks.network import NetworkStack
from stacks.service import ServiceStack
from stacks.standby_data import StandbyData, data_origins

if TYPE_CHECKING:
    from cdktf import App

    from config.environment import Environment
    from stacks.domain import DomainStack
    from stacks.notifications import NotificationsStack
    from stacks.recovery_copies import CopiesStack
    from stacks.state import StateStack


def add_standby(
    app: App,
    config: Environment,
    *,
    state: StateStack,
    notifications: NotificationsStack | None,
    domain: DomainStack | None,
    service: ServiceStack | None,
    data: DataStack | None,
    copies: CopiesStack,
) -> None:
    """Add what stands by or serves in the second region, in order of apply; nothing if that region has only copies.

    None of it reads a state of the environment's own region: what comes before it there is only a dependency, which the
    runner leaves out when that region is lost.

    Args:
        app: Gets the stacks.
        config: The environment.
        state: Stores all states.
        notifications: The topics of the second region.
        domain: Makes the zone, and the records that validate the certificates.
        service: The services of the environment's own region.
        data: Its databases, which those of the second region may follow.
        copies: What receives the copies, in the second region.
    """
    if service and config.switched_region:
        # Its records follow the alarm there. Without it they are as they were when it was last known, and the other
        # region's, which must not be left alone, needs `copies` itself.
        service.apply_after(copies)
    standby = standby_environment(config)
    if standby is None:
        return
    network = NetworkStack(app, config=standby, state=state, notifications=notifications)
    certificate = None
    if standby.domain and domain and standby.domain.is_delegated:
        certificate = StandbyDomainStack(
            app, config=standby, settings=standby.domain, state=state, notifications=notifications, domain=domain
        )
    databases, origins = None, data_origins(standby, copies=copies)
    if origins:
        databases = DataStack(
            app, config=standby, state=state, notifications=notifications, network=network, origins=origins
        )
        _put_after(databases, data, is_needed=origins.follow)
    elif notifications and (standby.postgres or standby.documentdb):
        allow_database_events(notifications.topics, label=network.label)  # before there is a database to be told of
    if "service" not in standby.left_out_layers:
        there = ServiceStack(
            app,
            config=standby,
            state=state,
            notifications=notifications,
            network=network,
            registry=copies.images,
            data=StandbyData(standby, copies=copies, data=databases) if standby.has_data else None,
            domain=certificate,
        )
        if databases:
            there.add_dependency(databases)  # its tasks read parameters by their names
        if service:
            there.add_dependency(service)  # first its record follows the alarm, then the name has a second one


def _put_after(databases: DataStack, home: DataStack | None, *, is_needed: bool) -> None:
    """A replica follows an instance that exists; what is made from copies needs nothing of the one at home."""
    if home and is_needed:
        databases.add_dependency(home)
    elif home:
        databases.apply_after(home)

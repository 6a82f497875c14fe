"""The dashboard `service`: traffic, errors, latency and saturation of the services, as their alarms see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs import Construct

from modules.observability.dashboard import Dashboard
from modules.observability.widgets import Graph

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from modules.label import Label
    from modules.observability.widgets import Widget
    from modules.service.fargate_service import FargateService

_PERCENT: Final = "percent"


class ServiceDashboard(Construct):
    """What users see of the services, and how full their tasks are."""

    def __init__(self, scope: Construct, id_: str, *, label: Label, services: Mapping[str, FargateService]) -> None:
        super().__init__(scope, id_)
        self._services = services
        Dashboard(self, "dashboard", label=label, name="service", rows=[list(self._saturation())])

    def _saturation(self) -> Iterator[Widget]:
        yield Graph(
            title="CPU of all tasks",
            series={name: service.cpu_percent for name, service in self._services.items()},
            width=12,
            unit=_PERCENT,
        )
        yield Graph(
            title="Memory of all tasks",
            series={name: service.memory_percent for name, service in self._services.items()},
            width=12,
            unit=_PERCENT,
        )

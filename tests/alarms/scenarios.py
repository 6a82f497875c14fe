"""All scenarios."""

from __future__ import annotations

from typing import Final

from tests.alarms import (
    scenarios_copies,
    scenarios_databases,
    scenarios_delivery,
    scenarios_drills,
    scenarios_edge,
    scenarios_security,
    scenarios_services,
    scenarios_site,
    scenarios_sleep,
)

SCENARIOS: Final = (
    *scenarios_site.SCENARIOS,
    *scenarios_services.SCENARIOS,
    *scenarios_edge.SCENARIOS,
    *scenarios_databases.SCENARIOS,
    *scenarios_delivery.SCENARIOS,
    *scenarios_security.SCENARIOS,
    *scenarios_copies.SCENARIOS,
    *scenarios_drills.SCENARIOS,
    *scenarios_sleep.SCENARIOS,
)

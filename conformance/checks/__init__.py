"""The checks of all clauses, by the part of the platform that they look at; importing this fills `HOLDERS`."""

from conformance.checks import (
    backups,
    certificates,
    compute,
    costs,
    data,
    delivery,
    deployments,
    edge,
    environments,
    logs,
    metrics,
    network,
    runbooks,
    secrets,
    security,
)

__all__ = [
    "backups",
    "certificates",
    "compute",
    "costs",
    "data",
    "delivery",
    "deployments",
    "edge",
    "environments",
    "logs",
    "metrics",
    "network",
    "runbooks",
    "secrets",
    "security",
]

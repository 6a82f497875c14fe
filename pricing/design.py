"""The estimate of the platform's design (its section 5.1), side by side with ours: what differs, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from config.cost import DESIGN_MONTHLY_USD
from pricing.estimate import estimate
from pricing.prices import format_usd
from pricing.variants import in_one_zone, of_architecture

if TYPE_CHECKING:
    from collections.abc import Callable

    from pricing.charge import Site
    from pricing.estimate import View

REMOVED_USD: Final = 15
"""Of a cache that the design removed; its total still has it."""
_MONITORING: Final = ("alarms", "canaries", "Container Insights", "dashboards", "logs", "metrics", "X-Ray")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the comparison."""

    part: str
    design_usd: float | None
    """None for what the design does not name."""
    usd: float
    reason: str
    """Why they differ; empty if they hardly do."""


def compare(view: View) -> list[Row]:
    """The parts of the design, then what it does not name, then the sum of both."""
    rows = []
    named: set[str] = set()
    for part, design_usd, components, reason in _PARTS:
        usd = sum(line.usd for line in view.estimate.lines if line.component in components)
        named |= set(components)
        rows.append(Row(part=part, design_usd=design_usd, usd=usd, reason=reason(view) if usd else "not there"))
    others = {name: usd for name, usd in view.estimate.by(lambda line: line.component).items() if name not in named}
    largest = ", ".join(f"{name} {format_usd(usd)}" for name, usd in [*others.items()][:4] if usd >= 1)
    rows.append(Row(part="not in the design", design_usd=None, usd=sum(others.values()), reason=largest))
    together = "the design's parts are 480; the other 15 were for a cache that it removed"
    rows.append(Row(part="together", design_usd=DESIGN_MONTHLY_USD, usd=view.estimate.usd, reason=together))
    return rows


def _usd(site: Site, component: str) -> float:
    return sum(line.usd for line in estimate(site).lines if line.component == component)


def _tasks(view: View) -> str:
    architectures = {line.price.split("_")[1] for line in view.estimate.lines if line.component == "Fargate tasks"}
    other, name = ("X86_64", "x86") if architectures == {"arm"} else ("ARM64", "ARM64")
    return f"on {name}: {format_usd(_usd(of_architecture(view.site, other), 'Fargate tasks'))}"


def _postgres(view: View) -> str:
    if not any(one.is_on("multi_az") for one in view.site.inventory.all("aws_db_instance")):
        return "no standby"
    return f"the standby of section 3.1 doubles it; without: {format_usd(_usd(in_one_zone(view.site), 'PostgreSQL'))}"


def _documentdb(view: View) -> str:
    instances = sum(one.count for one in view.site.inventory.all("aws_docdb_cluster_instance"))
    of_instances = sum(line.usd for line in view.estimate.lines if line.resource.kind == "aws_docdb_cluster_instance")
    return f"{instances} x {format_usd(of_instances / instances)}, and storage" if instances else ""


def _load_balancer(view: View) -> str:
    return f"with {view.site.usage.load_balancer_units:g} capacity unit in the average hour"


def _nat(view: View) -> str:
    gateways = sum(one.count for one in view.site.inventory.all("aws_nat_gateway"))
    return f"{gateways} in as many zones; the design counts one" if gateways > 1 else "one, as in the design"


def _transfer(view: View) -> str:
    free = "; of CloudFront, 1 TB is free" if view.site.served_by_cdn else "; 100 GB are free"
    return f"{view.site.usage.requests_million:g} million requests of {view.site.usage.response_kib:g} KiB{free}"


def _monitoring(view: View) -> str:
    parts = {name: usd for name, usd in view.estimate.by(lambda line: line.component).items() if name in _MONITORING}
    return ", ".join(f"{name} {format_usd(usd)}" for name, usd in parts.items() if usd >= 1)


_PARTS: Final[tuple[tuple[str, float, tuple[str, ...], Callable[[View], str]], ...]] = (
    ("ECS Fargate (4 vCPU, 8 GB)", 120, ("Fargate tasks",), _tasks),
    ("RDS PostgreSQL (db.t3.medium)", 65, ("PostgreSQL",), _postgres),
    ("DocumentDB (3 x db.t3.medium)", 195, ("DocumentDB",), _documentdb),
    ("ALB", 25, ("load balancer",), _load_balancer),
    ("NAT Gateway", 45, ("NAT gateway",), _nat),
    ("Data Transfer", 20, ("data transfer", "CloudFront"), _transfer),
    ("CloudWatch/Logs", 10, _MONITORING, _monitoring),
)
"""The lines of the design, with the components that they are."""

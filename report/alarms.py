"""The alarms of an environment: whom they notify, what they say, and which runbook they name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from report.runbooks import link_of, without_link
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compliance.graph import Graph, Node

KINDS: Final = ("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm")
SEVERITIES: Final = ("critical", "warning", "info")
SILENT: Final = "silent"
"""An alarm without a topic: others read it, such as a deployment, or one that is made of several."""


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """One alarm."""

    name: str
    severity: str
    text: str
    """What it says, without its runbook."""
    runbook: str
    """The link of its runbook, empty if it names none."""
    condition: str
    """When it goes off, empty if it is made of other alarms."""


def alarms(graph: Graph, nodes: Iterable[Node]) -> list[Alarm]:
    """The alarms among resources, the most severe first."""
    found = [_alarm(graph, node) for node in nodes if node.resource.kind in KINDS]
    return sorted(found, key=lambda one: (_rank(one.severity), one.name))


def _rank(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def _alarm(graph: Graph, node: Node) -> Alarm:
    description = str(node.get("alarm_description") or "")
    topics = graph.targets(node, "alarm_actions", "aws_sns_topic")
    return Alarm(
        name=str(node.get("alarm_name")),
        severity=str(topics[0].get("name")).rpartition("-")[2] if topics else SILENT,
        text=without_link(description),
        runbook=link_of(description),
        condition=_condition(node),
    )


_SIGNS: Final = {
    "GreaterThanOrEqualToThreshold": "≥",
    "GreaterThanThreshold": ">",
    "LessThanOrEqualToThreshold": "≤",
    "LessThanThreshold": "<",
}


def _condition(node: Node) -> str:
    sign = _SIGNS.get(str(node.get("comparison_operator")), "")
    shown = [query for query in blocks(node.get("metric_query")) if query.get("return_data")]
    metric = node.get("metric_name") or next((query.get("label") or query.get("expression") for query in shown), "")
    threshold = node.get("threshold")
    if not sign or not metric or threshold is None or "${" in str(metric):
        return ""
    number = f"{threshold:,.12g}" if isinstance(threshold, (int, float)) else str(threshold)
    if "${" in number:
        return ""
    periods, points = node.get("evaluation_periods"), node.get("datapoints_to_alarm")
    return f"{metric} {sign} {number}, {points or periods} of {periods} periods"

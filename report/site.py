"""Everything that the page shows, read once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.page import account
from report.alarms import SEVERITIES, SILENT, Alarm, alarms
from report.boxes import Map, read_map, together
from report.conformity import read_conformity, verdicts
from report.costs import read_costs
from report.dashboards import read_dashboards
from report.deployment import deployment_flow
from report.details import read_details
from report.differences import read_differences
from report.drawing import draw_flow, draw_map
from report.network import read_matrix
from report.request import request_flow
from report.rules import read_compliance
from report.runbooks import read_runbooks, rendered
from synthesis.manifest import of_environment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from markupsafe import Markup

    from report.conformity import Section
    from report.costs import Cost, Costs
    from report.dashboards import Dashboard
    from report.details import Detail
    from report.differences import Differences
    from report.drawing import Drawing
    from report.flow import Flow
    from report.network import Matrix
    from report.rules import Compliance
    from report.runbooks import Runbook
    from synthesis.manifest import Stack


@dataclass(frozen=True, kw_only=True)
class Other:
    """Resources that are in no box: what a construct made that has no prominent one."""

    title: str
    stack: str
    kinds: Mapping[str, int]
    usd: float

    @property
    def count(self) -> int:
        """How many resources there are."""
        return sum(self.kinds.values())


@dataclass(frozen=True, kw_only=True)
class Environment:
    """What the page shows of one environment."""

    name: str
    account: str
    home: str
    regions: Sequence[str]
    stacks: int
    resources: int
    is_protected: bool
    awake_share: float
    cost: Cost
    architecture: Drawing
    request: Flow
    request_drawing: Drawing
    deployment: Flow
    deployment_drawing: Drawing
    details: Sequence[Detail]
    others: Sequence[Other]
    matrix: Matrix
    dashboards: Sequence[Dashboard]
    alarms: Sequence[Alarm]

    @property
    def severities(self) -> dict[str, int]:
        """How many alarms there are of each severity, the most severe first."""
        found = Counter(one.severity for one in self.alarms)
        return {name: found[name] for name in (*SEVERITIES, SILENT) if found[name]}

    def alarms_of(self, link: str) -> list[Alarm]:
        """The alarms that name a runbook."""
        return [one for one in self.alarms if one.runbook == link]


@dataclass(frozen=True, kw_only=True)
class Site:
    """What the page shows."""

    project: str
    environments: Sequence[Environment]
    first: str
    """The name of the environment that is shown first."""
    costs: Costs
    conformity: Sequence[Section]
    verdicts: Mapping[str, int]
    compliance: Compliance
    differences: Differences
    runbooks: Sequence[Runbook]
    runbook_texts: Mapping[str, Markup]
    """The HTML of each runbook by its link."""

    @property
    def anchors(self) -> dict[str, str]:
        """The anchor of each runbook by its link."""
        return {one.link: one.id for one in self.runbooks}


def read_site(stacks: Mapping[str, Stack], today: date, chosen: str | None = None) -> Site:
    """Read everything.

    Args:
        stacks: All stacks that synthesis wrote.
        today: The day on which exceptions may have expired.
        chosen: The one environment that is shown; None for all of them.

    Raises:
        synthesis.manifest.OutputError: There is no such environment.
        config.errors.ConfigError: The exceptions, prices or assumptions are not valid.
        pricing.estimate.EstimateError: A region has no prices.
    """
    names = [chosen] if chosen else list(dict.fromkeys(one.environment for one in stacks.values()))
    by_name = {name: list(of_environment(stacks, name).values()) for name in names}
    sizes = {name: sum(1 for stack in of for _ in stack.all()) for name, of in by_name.items()}
    by_name = {name: by_name[name] for name in sorted(names, key=lambda name: (sizes[name], name))}
    shown = {stack.id: stack for of in by_name.values() for stack in of}
    maps = {name: read_map(of) for name, of in by_name.items()}
    costs = read_costs(by_name)
    conformity = read_conformity(shown, list(by_name))
    runbooks = [one for one in read_runbooks() if one.environment in {"", *names}]
    anchors = {one.link: one.id for one in runbooks}
    return Site(
        project=next(iter(shown.values())).project,
        environments=[_environment(name, by_name[name], maps[name], costs.by_environment[name]) for name in by_name],
        first=list(by_name)[-1],
        costs=costs,
        conformity=conformity,
        verdicts=verdicts(conformity),
        compliance=read_compliance(shown, today),
        differences=read_differences(maps, by_name),
        runbooks=runbooks,
        runbook_texts={one.link: rendered(one, anchors) for one in runbooks},
    )


def _environment(name: str, stacks: Sequence[Stack], found: Map, cost: Cost) -> Environment:
    by_id = {stack.id: stack for stack in stacks}
    home = Counter(stack.region for stack in stacks).most_common(1)[0][0]
    request, deployment = request_flow(found), deployment_flow(found)
    drawn = together(found, alone=request.boxes)
    every = [node for box in found.boxes for node in box.nodes]
    every += [node for nodes in found.others.values() for node in nodes]
    regions = {node.stack.region_of(node.resource) for node in every}
    return Environment(
        name=name,
        account=account(by_id, name),
        home=home,
        regions=[home, *sorted(regions - {home})],
        stacks=len(stacks),
        resources=len(every),
        is_protected=any(stack.is_protected for stack in stacks),
        awake_share=min(stack.awake_share for stack in stacks),
        cost=cost,
        architecture=draw_map(drawn, request, home=home),
        request=request,
        request_drawing=draw_flow(request, drawn),
        deployment=deployment,
        deployment_drawing=draw_flow(deployment, drawn),
        details=read_details(drawn, cost),
        others=_others(found, cost),
        matrix=read_matrix(found.network),
        dashboards=read_dashboards(found.graph),
        alarms=alarms(found.graph, every),
    )


def _others(found: Map, cost: Cost) -> list[Other]:
    return [
        Other(
            title=name.partition("/")[2],
            stack=name.partition("/")[0],
            kinds=dict(sorted(Counter(node.resource.kind for node in nodes).items())),
            usd=sum(cost.of_places({node.place for node in nodes}).values()),
        )
        for name, nodes in found.others.items()
    ]

"""The way of a deployment: the source, the actions of the pipeline, the deployment groups, the services."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from report.flow import Flow, Step
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from compliance.graph import Node
    from report.boxes import Box, Map

_GROUP: Final = "aws_codedeploy_deployment_group"
_REPOSITORY: Final = "aws_ecr_repository"
_SERVICE: Final = "aws_ecs_service"
_DEPLOY: Final = "Deploy"
"""The stage of the pipeline that deploys."""
_LABELS: Final = {
    "CodeStarSourceConnection": "GitHub",
    "S3": "S3 bucket",
    "Manual": "a person approves",
    "CodeDeployToECS": "CodeDeploy",
}

_Action = tuple["Mapping[str, Any]", Step]


def deployment_flow(found: Map) -> Flow:
    """The way of a release through an environment; without steps if it has no pipeline."""
    flow = Flow()
    for pipeline in found.graph.all("aws_codepipeline"):
        rows = [_row(flow, found, pipeline, actions) for actions in _rows(pipeline)]
        for before, after in pairwise(rows):
            _join(flow, before, after)
        for row in rows:
            for action, step in row:
                _behind(flow, found, pipeline, action, step)
    return flow


def _rows(pipeline: Node) -> Iterator[list[Mapping[str, Any]]]:
    """The actions that run at the same time, with the name of their stage."""
    for stage in blocks(pipeline.get("stage")):
        actions = [{**action, "stage": stage.get("name")} for action in blocks(stage.get("action"))]
        for order in sorted({int(action.get("run_order") or 1) for action in actions}):
            yield [action for action in actions if int(action.get("run_order") or 1) == order]


def _row(flow: Flow, found: Map, pipeline: Node, actions: Sequence[Mapping[str, Any]]) -> list[_Action]:
    row: list[_Action] = []
    for action in actions:
        provider = str(action.get("provider"))
        boxes = _boxes(found, pipeline, action.get("configuration"))
        own = next((box for box in boxes if box.kind in {"aws_codebuild_project", _GROUP}), None)
        first = own or next(iter(boxes), None)
        step = Step(
            id=f"action-{action['stage']}-{action.get('name')}",
            title=_title(str(action.get("name"))),
            label=f"{action['stage']}: {_LABELS.get(provider, provider)}",
            box=first.id if first and action.get("category") != "Approval" else "",
        )
        if action.get("category") == "Source":
            start = _source(action.get("configuration") or {})
            flow.lead(flow.add(start), flow.add(step), "a push" if provider == "CodeStarSourceConnection" else "")
        row.append((action, flow.add(step)))
    return row


def _source(configuration: Mapping[str, Any]) -> Step:
    if repository := configuration.get("FullRepositoryId"):
        branch = str(configuration.get("BranchName"))
        return Step(id="source", title=str(repository), label=f"repository, branch {branch}")
    return Step(id="source", title="A tested release", label=str(configuration.get("S3ObjectKey", "")))


def _join(flow: Flow, before: Sequence[_Action], after: Sequence[_Action]) -> None:
    """Lead from the actions of a row to those of the next one: by the artifacts that they hand over, if any."""
    artifacts = {
        (one.id, other.id): sorted(set(action.get("output_artifacts") or ()) & set(next_.get("input_artifacts") or ()))
        for action, one in before
        for next_, other in after
    }
    reached = {end for (_, end), names in artifacts.items() if names}
    for _, one in before:
        for _, other in after:
            if artifacts[one.id, other.id] or other.id not in reached:
                flow.lead(one, other)


def _behind(flow: Flow, found: Map, pipeline: Node, action: Mapping[str, Any], step: Step) -> None:
    """The images that an action makes, the services that it deploys, and how traffic is shifted."""
    configuration = action.get("configuration") or {}
    if step.box and action.get("output_artifacts") and action.get("category") != "Source":
        targets = {end for start, end in found.references if start == step.box}
        for box in found.of_kind(_REPOSITORY):
            if box.id in targets:
                flow.lead(step, _of_box(flow, box), "image")
    groups = {node.place: node for node in found.graph.follow(pipeline.stack, configuration, _GROUP)}
    for group in groups.values():
        texts = [_shift(config) for config in found.graph.targets(group, "deployment_config_name")]
        for service in found.graph.targets(group, "ecs_service", _SERVICE):
            if owner := found.owner(service):
                flow.lead(step, _of_box(flow, owner), *texts)
    if action["stage"] == _DEPLOY:
        for service in found.graph.follow(pipeline.stack, configuration, _SERVICE):
            if owner := found.owner(service):
                flow.lead(step, _of_box(flow, owner), "rolling update")


def _of_box(flow: Flow, box: Box) -> Step:
    return flow.add(Step(id=box.id, title=box.title, label=box.label, box=box.id))


def _shift(config: Node) -> str:
    routing = config.resource.block("traffic_routing_config")
    for kind, word in (("time_based_canary", "canary"), ("time_based_linear", "linear")):
        for block in blocks(routing.get(kind)):
            return f"{word} {block.get('percentage')} %, {block.get('interval')} min"
    return ""


def _boxes(found: Map, pipeline: Node, configuration: object) -> list[Box]:
    nodes = found.graph.follow(pipeline.stack, configuration)
    return [box for box in map(found.owner, nodes) if box]


def _title(name: str) -> str:
    words = name.replace("-", " ")
    return words[:1].upper() + words[1:]

"""What a listener answers to a request: its rules lead to a target group, and that to the image of a healthy task.

The caller has the emulator's lock.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from fnmatch import fnmatchcase
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from moto.ecs.models import ecs_backends
from moto.elbv2.models import elbv2_backends

from emulator.registry import REGISTRY
from emulator.releases import task_sets, traffic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

STATUSES: Final[dict[str, int]] = {}
"""What the tasks of an image answer, if it is not 200; for tests."""
FAILS_AFTER: Final[dict[str, int]] = {}
"""How many requests the tasks of an image answer before each further one gets 500; for tests."""
REGISTRY.resets += [STATUSES.clear, FAILS_AFTER.clear]
_CONDITIONS: Final = {"path-pattern": "PathPatternConfig", "host-header": "HostHeaderConfig"}


@dataclass(frozen=True)
class Answer:
    """The status, and the image of the task that answers; the load balancer's own text without one."""

    status: int
    text: str


def answer(listener: Any, path: str, host: str = "") -> Answer:
    """Answer a request for a path; without a host, conditions on hosts count as met."""
    asked = {"path-pattern": path.partition("?")[0], **({"host-header": host.lower()} if host else {})}
    rule = next(one for one in _in_order(listener) if _matches(one, asked))
    for action in rule.actions:
        fixed = action.data.get("FixedResponseConfig")
        if fixed:
            return Answer(int(fixed["StatusCode"]), str(fixed.get("MessageBody") or ""))
    weights = traffic.weights(rule.actions)
    if not sum(weights.values()):
        return Answer(HTTPStatus.SERVICE_UNAVAILABLE, "no target group")
    (arn,) = random.choices(list(weights), weights=list(weights.values()))  # noqa: S311  requests, not secrets
    tasks = [one for one in _task_sets(arn) for _ in range(task_sets.count_healthy(one))]
    if not tasks:
        return Answer(HTTPStatus.SERVICE_UNAVAILABLE, "no healthy target")
    image = task_sets.image(random.choice(tasks))  # noqa: S311  requests, not secrets
    return Answer(_status(image), image)


def dead_ends(listener: Any) -> Iterator[str]:
    """Each target group that a rule leads requests to, and that has no healthy target."""
    for rule in listener.rules.values():
        for arn, weight in traffic.weights(rule.actions).items():
            if weight and not any(map(task_sets.count_healthy, _task_sets(arn))):
                yield f"weight {weight} of port {listener.port} leads to {arn}, which has no healthy target"


def _status(image: str) -> int:
    """What a task of an image answers; one that fails after some requests answers these."""
    left = FAILS_AFTER.get(image)
    if left is not None:
        FAILS_AFTER[image] = max(0, left - 1)
        return HTTPStatus.OK if left else HTTPStatus.INTERNAL_SERVER_ERROR
    return STATUSES.get(image, HTTPStatus.OK)


def _in_order(listener: Any) -> Iterator[Any]:
    rules = list(listener.rules.values())
    yield from sorted((one for one in rules if not one.is_default), key=lambda one: int(one.priority))
    yield from (one for one in rules if one.is_default)


def _matches(rule: Any, asked: Mapping[str, str]) -> bool:
    """Whether all conditions on path and host match; the case matters in paths only.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
    """
    for condition in rule.conditions:
        kind = condition.get("Field")
        if kind not in asked:
            continue
        patterns = (condition.get(_CONDITIONS[kind]) or {}).get("Values") or condition.get("Values") or []
        if kind == "host-header":
            patterns = [pattern.lower() for pattern in patterns]
        if not any(fnmatchcase(asked[kind], pattern.replace("[", "[[]")) for pattern in patterns):
            return False
    return True


def _task_sets(group_arn: str) -> Iterator[Any]:
    """The task sets whose tasks are the targets of a group."""
    _, _, _, region, account, *_ = group_arn.split(":")
    if group_arn not in elbv2_backends[account][region].target_groups:
        return
    for service in ecs_backends[account][region].services.values():
        for task_set in task_sets.running(service):
            if task_sets.target_group_arn(task_set) == group_arn:
                yield task_set

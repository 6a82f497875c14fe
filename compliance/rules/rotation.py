"""Secrets change by themselves: by Secrets Manager, or by a function that a schedule calls."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from compliance.arguments import at, is_off
from compliance.evaluation import matches
from compliance.policies import Kind, allows_action, many, statements
from compliance.references import Place, of_same_environment, places, referred
from compliance.rule import Finding, rule_with_others

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_SECRET, _ROTATION = "aws_secretsmanager_secret", "aws_secretsmanager_secret_rotation"
_MOST_DAYS: Final = 90
"""As in the control SecretsManager.4 of Security Hub:
https://docs.aws.amazon.com/securityhub/latest/userguide/secretsmanager-controls.html"""
_RATE: Final = re.compile(r"rate\((?P<number>\d+) (?P<unit>minute|hour|day)s?\)")
_PER_DAY: Final = {"minute": 1440, "hour": 24, "day": 1}
_FIELDS, _MONTH = 6, 3
"""https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based"""
_WRITE: Final = "secretsmanager:PutSecretValue"
_CALLERS: Final = {"aws_scheduler_schedule": "target.arn", "aws_cloudwatch_event_target": "arn"}


@rule_with_others
def secret_rotates(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """A secret changes every 90 days or more often: Secrets Manager rotates it, or a function on a schedule does."""
    secrets = list(stack.all(_SECRET))
    if not secrets:
        return
    writers = [one for other in of_same_environment(stack, stacks) for one in _scheduled_writers(other, stacks)]
    for secret in secrets:
        rotations = [
            one
            for other in of_same_environment(stack, stacks)
            for one in other.all(_ROTATION)
            if Place.of(stack, secret) in places(one.get("secret_id"), other, stacks)
        ]
        for rotation in rotations:
            days = next((day for day in at(rotation.arguments, "rotation_rules.automatically_after_days")), None)
            expression = next((one for one in at(rotation.arguments, "rotation_rules.schedule_expression")), None)
            if not (_is_in_time(days) or _is_often(expression)):
                yield Finding.about(rotation, f"rotates every {days or expression or '?'} days; 90 or less is allowed")
        if not rotations and not any(_writes(owner, text, stack, secret, stacks) for owner, text in writers):
            yield Finding.about(secret, f"has no {_ROTATION}, and no function on a schedule may write it")


def _scheduled_writers(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[tuple[Stack, str]]:
    """The secrets, as policies name them, that functions may write that a schedule calls often enough."""
    for kind, path in _CALLERS.items():
        for caller in stack.all(kind):
            if is_off(caller.get("state")) or not _is_called_often(caller, stack, stacks):
                continue
            for value in at(caller.arguments, path):
                for owner, function in referred(value, stack, stacks):
                    roles = places(function.get("role"), owner, stacks)
                    for policy, statement in statements(owner, Kind.PERMISSIONS):
                        if places(policy.get("role"), owner, stacks) & roles and allows_action(statement, _WRITE):
                            yield from ((owner, text) for text in many(statement.get("Resource")))


def _is_called_often(caller: Resource, stack: Stack, stacks: Mapping[str, Stack]) -> bool:
    if caller.kind == "aws_scheduler_schedule":
        return _is_often(caller.get("schedule_expression"))
    rules = referred(caller.get("rule"), stack, stacks)
    return any(_is_often(one.get("schedule_expression")) and not is_off(one.get("state")) for _, one in rules)


def _writes(owner: Stack, text: str, stack: Stack, secret: Resource, stacks: Mapping[str, Stack]) -> bool:
    if "${" in text:
        return Place.of(stack, secret) in places(text, owner, stacks)
    name = str(secret.get("name") or secret.get("name_prefix") or "")
    return bool(name) and matches(text.partition(":secret:")[2] or text, f"{name}-AbCdEf")


def _is_in_time(days: object) -> bool:
    return isinstance(days, int) and 0 < days <= _MOST_DAYS


def _is_often(expression: object) -> bool:
    text = str(expression or "")
    if found := _RATE.fullmatch(text):
        return int(found["number"]) <= _MOST_DAYS * _PER_DAY[found["unit"]]
    fields = text.removeprefix("cron(").removesuffix(")").split()
    return text.startswith("cron(") and len(fields) == _FIELDS and fields[_MONTH] in {"*", "1/1", "1/2", "1/3"}

"""Reads a plan's JSON (`terraform show -json PLAN`): the resources before it and after it, also of modules.

https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from console.plan_file import PlanError, check_plan
from pricing.resource import Billable, Inventory, without_index

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_RESOURCE: Final = re.compile(r"^([a-z][a-z0-9_]*\.[\w-]+)")
_NOT_RESOURCES: Final = ("var.", "local.", "each.", "count.", "path.", "self.", "terraform.", "data.", "module.")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a plan changes."""

    before: Inventory
    after: Inventory
    actions: Mapping[str, str]
    """What happens to each changed resource, by its address: create, update, delete, replace, forget."""


def read_plan(content: Mapping[str, Any], *, region: str = "") -> Plan:
    """The resources before and after a plan.

    Args:
        content: The JSON.
        region: The region of resources whose provider does not say it.

    Raises:
        PlanError: It is not the JSON of a plan, has another version, or ended with an error.
    """
    check_plan(content, "the plan")
    if content.get("errored"):
        message = "the plan ended with an error and has only a part of the changes: its costs are not known; plan again"
        raise PlanError(message)
    changes = content.get("resource_changes") or []
    configuration = _Configuration(content, region)
    before, after, actions = [], [], {}
    for change in changes:
        if change.get("mode") != "managed":
            continue
        address = change["address"] + (f" (deposed {change['deposed']})" if change.get("deposed") else "")
        action = _action(change["change"]["actions"])
        if action:
            actions[address] = action
        old, new = change["change"].get("before"), change["change"].get("after")
        if isinstance(old, dict):
            before.append(configuration.billable(change, address, old))
        if isinstance(new, dict):
            after.append(configuration.billable(change, address, new, unknown=change["change"].get("after_unknown")))
        elif action == "forget" and isinstance(old, dict):
            after.append(before[-1])  # it stays in AWS, and on the bill
    return Plan(before=Inventory(tuple(before)), after=Inventory(tuple(after)), actions=actions)


def _action(actions: list[str]) -> str:
    if "create" in actions and ("delete" in actions or "forget" in actions):
        return "replace"
    action = actions[0] if actions else "no-op"
    return "" if action in {"no-op", "read"} else action


class _Configuration:
    """What the plan's configuration says: which resource refers to which, and the region of each provider."""

    def __init__(self, content: Mapping[str, Any], region: str) -> None:
        configuration: Mapping[str, Any] = content.get("configuration") or {}
        self._region = region
        self._variables = content.get("variables") or {}
        self._providers: Mapping[str, Any] = configuration.get("provider_config") or {}
        self._resources = dict(_resources(configuration.get("root_module") or {}))

    def billable(
        self, change: Mapping[str, Any], address: str, arguments: Mapping[str, Any], *, unknown: object = None
    ) -> Billable:
        configured = self._resources.get(without_index(change["address"]), {})
        module = without_index(str(change.get("module_address") or ""))
        expressions: Mapping[str, Any] = configured.get("expressions") or {}
        return Billable(
            address=address,
            kind=change["type"],
            region=self._region_of(configured, arguments),
            arguments=arguments,
            references={name: frozenset(_referred(value, module)) for name, value in expressions.items()},
            unknown=frozenset(name for name, value in unknown.items() if value is True)
            if isinstance(unknown, dict)
            else frozenset(),
        )

    def _region_of(self, configured: Mapping[str, Any], arguments: Mapping[str, Any]) -> str:
        if isinstance(arguments.get("region"), str):  # from version 6 of the provider on
            return str(arguments["region"])
        key = str(configured.get("provider_config_key") or "")
        provider = self._providers.get(key) or self._providers.get(key.rpartition(":")[2]) or {}
        expression = (provider.get("expressions") or {}).get("region") or {}
        if isinstance(expression.get("constant_value"), str):
            return str(expression["constant_value"])
        for reference in expression.get("references") or ():
            variable = self._variables.get(str(reference).removeprefix("var."))
            if isinstance(variable, dict) and isinstance(variable.get("value"), str):
                return str(variable["value"])
        parts = str(arguments.get("arn") or "").split(":")
        return (parts[3] if len(parts) > 3 else "") or self._region  # noqa: PLR2004 (the region of an ARN)


def _resources(module: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every resource of the configuration, by its address without index."""
    for resource in module.get("resources") or ():
        yield f"{prefix}{resource.get('address')}", resource
    for name, call in (module.get("module_calls") or {}).items():
        yield from _resources(call.get("module") or {}, f"{prefix}module.{name}.")


def _referred(expression: object, module: str) -> Iterator[str]:
    if isinstance(expression, list):
        for item in expression:
            yield from _referred(item, module)
    elif isinstance(expression, dict):
        references = expression.get("references")
        for reference in references if isinstance(references, list) else ():
            found = _RESOURCE.match(str(reference))
            if found and not str(reference).startswith(_NOT_RESOURCES):
                yield f"{module}.{found[1]}" if module else found[1]
        for name, item in expression.items():
            if name not in {"references", "constant_value"}:
                yield from _referred(item, module)

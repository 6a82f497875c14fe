"""Settings: each has a value that is safe, also where AWS's default is another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.arguments import at, is_set
from compliance.rule import Finding, rule
from compliance.safe_settings import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synthesis.manifest import Stack


@rule
def setting_is_safe(stack: Stack) -> Iterator[Finding]:
    """Settings that weaken by their default have a safe value: `compliance/safe_settings.py`."""
    for setting in SETTINGS:
        for resource in stack.all(setting.kind) if stack.is_protected or not setting.is_for_protected else ():
            if any(is_set(resource.get(one)) for one in setting.unless):
                continue
            if setting.only and resource.get(setting.only[0]) not in setting.only[1]:
                continue
            values = at(resource.arguments, setting.path) or [None]
            unsafe = [value for value in values if value not in setting.safe and "${" not in str(value)]
            if unsafe:
                shown = "not set" if unsafe[0] is None else str(unsafe[0])
                allowed = " or ".join(sorted(str(one) for one in setting.safe if one is not None))
                yield Finding.about(resource, f"{setting.path} is {shown}; it must be {allowed}")

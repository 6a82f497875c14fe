"""Resources that are created before the old one is destroyed do not have its name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from compliance.replacement import NAMELESS, REPLACING, fixed_name, is_created_first, replacing
from compliance.rule import Finding, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synthesis.manifest import Stack

# The hash at the end of its name cannot be read here: a test compares two states of a stack instead.
_HASHED: Final = frozenset({"aws_lb_target_group"})
_SEPARATOR: Final = re.compile(r"[^a-z0-9]+")


@rule
def replacement_has_another_name(stack: Stack) -> Iterator[Finding]:
    """The name of what is created before its old one is destroyed depends on all that forces the replacement."""
    for resource in stack.all():
        name = fixed_name(resource)
        if name is None or not is_created_first(resource) or resource.kind in NAMELESS:
            continue
        if resource.kind not in REPLACING:
            yield Finding.about(
                resource,
                f"is created before its old one is destroyed; add {resource.kind} to compliance/replacement.py",
            )
        elif resource.kind not in _HASHED:
            for argument, value in replacing(resource).items():
                # Whatever a reference means is new together with what refers to it.
                if "${" not in str(value) and _SEPARATOR.sub("-", str(value).lower()) not in name.lower():
                    yield Finding.about(
                        resource,
                        f"a change of {argument} creates a second one with the same name, which AWS refuses; "
                        f"put it in the name, use name_prefix, or add {argument} to ignore_changes",
                    )

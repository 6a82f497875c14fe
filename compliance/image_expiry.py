"""Which images a rule of ECR's lifecycle policy is about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


def selects(selection: Mapping[str, Any], tags: Collection[str]) -> bool:
    """Whether the selection of a rule matches an image with these tags: each pattern or prefix needs one that fits.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html (tagPatternList)
    """
    status = selection.get("tagStatus")
    if status == "any":
        return True
    if status == "untagged":
        return not tags
    prefixes = [f"{prefix}*" for prefix in selection.get("tagPrefixList") or ()]
    patterns = [*(selection.get("tagPatternList") or ()), *prefixes]
    return bool(patterns) and all(any(_fits(pattern, tag) for tag in tags) for pattern in patterns)


def _fits(pattern: str, tag: str) -> bool:
    """A pattern has no other sign than `*`, which stands for any characters."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), tag) is not None

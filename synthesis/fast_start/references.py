"""References are read once: `vpc.id` is the same `${aws_vpc.vpc.id}` however often it is read.

Stock, each read of an attribute is a round trip to Node that makes a new token for the same reference. Half of all
messages of a synthesis were such reads; the first answer is reused.
"""

from __future__ import annotations

from typing import Any, Final

import jsii

# References wherever a resource has them, and never the value that was set (that is `name_input`).
_REFERENCES: Final = frozenset({"arn", "arnSuffix", "id", "keyId", "name"})

_stock_get: Final = jsii.get


def install() -> None:
    """Replace jsii's own read by the cached one; a second call changes nothing."""
    jsii.get = _get


def _get(owner: Any, name: str) -> Any:  # noqa: ANN401 (as jsii declares it)
    if name not in _REFERENCES or not _is_resource(owner):
        return _stock_get(owner, name)
    cache: dict[str, Any] = owner.__dict__
    key = f"__reference_{name}"
    if key not in cache:
        cache[key] = _stock_get(owner, name)
    return cache[key]


def _is_resource(owner: object) -> bool:
    # Only the provider's own classes are tied to a Terraform attribute by that name.
    return getattr(owner, "__jsii_type__", "").startswith("@cdktf/provider-aws.")

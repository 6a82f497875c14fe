"""Small plans, as `terraform show -json` writes them."""

from __future__ import annotations

from typing import Any

REGION = {"aws": {"name": "aws", "expressions": {"region": {"constant_value": "us-east-1"}}}}


def change(
    address: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    *,
    actions: list[str] | None = None,
    **fields: Any,
) -> dict[str, Any]:
    """One entry of `resource_changes`, with the actions that follow from what there is."""
    found = ["create"] if before is None else ["delete"] if after is None else ["update"]
    module, _, name = address.rpartition("aws_")
    return {
        "address": address,
        "mode": "managed",
        "type": f"aws_{name.partition('.')[0]}",
        **({"module_address": module.rstrip(".")} if module else {}),
        "change": {
            "actions": actions or (["no-op"] if before == after else found),
            "before": before,
            "after": after,
            **fields,
        },
    }


def plan(*changes: dict[str, Any], configured: list[dict[str, Any]] | None = None, **fields: Any) -> dict[str, Any]:
    """A plan of these changes, of the provider in us-east-1.

    Args:
        changes: Of the resources.
        configured: The resources of the configuration; by default each changed one, without references.
        fields: What else the plan has, or has instead.
    """
    resources = configured or [
        {"address": one["address"], "provider_config_key": "aws", "expressions": {}} for one in changes
    ]
    return {
        "format_version": "1.2",
        "resource_changes": list(changes),
        "configuration": {"provider_config": REGION, "root_module": {"resources": resources}},
        **fields,
    }

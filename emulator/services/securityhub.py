"""AWS Security Hub: moto lacks the account's settings and the subscriptions to standards."""

from __future__ import annotations

from typing import Any

from moto.securityhub.models import SecurityHubBackend, securityhub_backends

from emulator.registry import Context, after, operation, patch
from emulator.store import Kind, Shape

STANDARDS: Kind[Shape] = Kind("standard", missing="ResourceNotFoundException")


@patch(SecurityHubBackend, "describe_hub")
def show_settings(original: Any, backend: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
    """Return the changed settings; in moto's response they are constant."""
    return {**original(backend, *args, **kwargs), **getattr(backend, "hub_settings", {})}


@operation("securityhub", "UpdateSecurityHubConfiguration")
def update_settings(params: Shape, context: Context) -> Shape:
    """Change the settings that DescribeHub returns."""
    backend = context.backend(securityhub_backends)
    # On moto's object, so that moto's reset deletes them too.
    backend.hub_settings = {**getattr(backend, "hub_settings", {}), **params}
    return {}


@operation("securityhub", "BatchEnableStandards")
def enable_standards(params: Shape, context: Context) -> Shape:
    """Subscribe to standards."""
    enabled = []
    for request in params["StandardsSubscriptionRequests"]:
        standard = request["StandardsArn"]
        arn = context.arn("subscription/" + standard.rpartition("::standards/")[2].rpartition(":ruleset/")[2])
        enabled.append(
            {
                "StandardsSubscriptionArn": arn,
                "StandardsArn": standard,
                "StandardsInput": request.get("StandardsInput") or {},
                "StandardsStatus": "READY",
            }
        )
        context.table(STANDARDS)[arn] = enabled[-1]
    return {"StandardsSubscriptions": enabled}


@operation("securityhub", "GetEnabledStandards")
def get_standards(params: Shape, context: Context) -> Shape:
    """List the subscriptions, or the named ones."""
    wanted = params.get("StandardsSubscriptionArns")
    held = context.table(STANDARDS).items()
    return {"StandardsSubscriptions": [one for arn, one in held if not wanted or arn in wanted]}


@operation("securityhub", "BatchDisableStandards")
def disable_standards(params: Shape, context: Context) -> Shape:
    """Unsubscribe."""
    table = context.table(STANDARDS)
    gone = [table.remove(arn) for arn in params["StandardsSubscriptionArns"]]
    return {"StandardsSubscriptions": [{**one, "StandardsStatus": "DELETING"} for one in gone]}


@after("securityhub", "DisableSecurityHub")
def forget_standards(_: Shape, context: Context) -> None:
    """Delete the subscriptions when Security Hub is disabled."""
    context.table(STANDARDS).clear()

"""AWS Budgets: moto lacks tags, subscribers of a notification and updates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.budgets.models import budgets_backends

from emulator.errors import AwsError
from emulator.registry import Context, after, operation
from emulator.tagging import tag_operations, to_map

if TYPE_CHECKING:
    from emulator.store import Shape

tag_operations("budgets", arn="ResourceARN", tags="ResourceTags", keys="ResourceTagKeys", missing="NotFoundException")

# AWS computes these; an update does not have them.
_COMPUTED = ("CalculatedSpend", "LastUpdatedTime", "TimePeriod")


@after("budgets", "CreateBudget")
def keep_tags(params: Shape, context: Context) -> None:
    """Store the tags, which moto drops."""
    arn = _arn(params["Budget"]["BudgetName"], context)
    context.tags(arn).update(to_map(params.get("ResourceTags")))


@after("budgets", "DeleteBudget")
def forget_tags(params: Shape, context: Context) -> None:
    """Delete the tags of a deleted budget."""
    context.store.forget_tags(_arn(params["BudgetName"], context))


@operation("budgets", "DescribeSubscribersForNotification")
def describe_subscribers(params: Shape, context: Context) -> Shape:
    """Return the subscribers of a notification."""
    return {"Subscribers": _notification(params, params["Notification"], context).subscribers}


@operation("budgets", "UpdateBudget")
def update_budget(params: Shape, context: Context) -> Shape:
    """Change the given members."""
    new = params["NewBudget"]
    changes = {key: value for key, value in new.items() if key not in _COMPUTED}
    _budget(new["BudgetName"], context).budget.update(changes)
    return {}


@operation("budgets", "UpdateNotification")
def update_notification(params: Shape, context: Context) -> Shape:
    """Replace a notification, which is found by its old value."""
    _notification(params, params["OldNotification"], context).details = params["NewNotification"]
    return {}


def _arn(name: str, context: Context) -> str:
    return context.arn(f"budget/{name}", region="")


def _budget(name: str, context: Context) -> Any:
    budgets = context.backend(budgets_backends, "aws").budgets[context.account]
    if name not in budgets:
        message = f"Unable to get budget: {name} - the budget doesn't exist."
        raise AwsError(code="NotFoundException", message=message)
    return budgets[name]


def _notification(params: Shape, wanted: Shape, context: Context) -> Any:
    for held in _budget(params["BudgetName"], context).notifications:
        details = held.details
        same_kind = all(details.get(key) == wanted[key] for key in ("NotificationType", "ComparisonOperator"))
        # The same number is 80 in one call and 80.0 in another.
        if same_kind and float(details["Threshold"]) == float(wanted["Threshold"]):
            return held
    raise AwsError(code="NotFoundException", message="Unable to find the notification.")

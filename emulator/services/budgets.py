"""AWS Budgets: moto lacks tags, subscribers of a notification, updates and the checks of amounts and subscribers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from moto.budgets.models import budgets_backends

from emulator.errors import AwsError
from emulator.registry import Context, after, guard, operation
from emulator.tagging import tag_operations, to_map
from emulator.topics import admits_publisher

if TYPE_CHECKING:
    from emulator.store import Shape

tag_operations("budgets", arn="ResourceARN", tags="ResourceTags", keys="ResourceTagKeys", missing="NotFoundException")

# AWS computes these; an update does not have them.
_COMPUTED = ("CalculatedSpend", "LastUpdatedTime", "TimePeriod")


# https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Spend.html
_AMOUNT = re.compile(r"([0-9]*\.)?[0-9]+")
# https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html
_NAME = re.compile(r"(?![^:\\]*/action/|(?i:.*<script>.*</script>.*))[^:\\]+")
# https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Notification.html
_MOST_NOTIFICATIONS = 10
_MOST_TOPICS = 1
_PUBLISHER = "budgets.amazonaws.com"


@guard("budgets", "CreateBudget", "UpdateBudget")
def refuse_malformed_budget(params: Shape, context: Context) -> None:
    """Refuse a name or an amount that the API's patterns do not allow, like a negative one."""
    budget = params.get("Budget") or params["NewBudget"]
    values = {"budgetName": (budget["BudgetName"], _NAME)}
    if "BudgetLimit" in budget:
        values["budgetLimit.amount"] = (budget["BudgetLimit"]["Amount"], _AMOUNT)
    for place, (value, pattern) in values.items():
        if not pattern.fullmatch(value):
            message = (
                f"1 validation error detected: Value '{value}' at '{place}' failed to satisfy constraint: Member must "
                f"satisfy regular expression pattern: {pattern.pattern}"
            )
            raise AwsError(code="ValidationException", message=message)
    for one in params.get("NotificationsWithSubscribers") or ():
        _check_subscribers(one["Subscribers"], budget["BudgetName"], context)


@guard("budgets", "CreateNotification")
def refuse_notification(params: Shape, context: Context) -> None:
    """Refuse a second notification of the same kind and threshold, an eleventh one, and wrong subscribers.

    https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_CreateNotification.html
    """
    held = _budget(params["BudgetName"], context).notifications
    if any(_is_same(one.details, params["Notification"]) for one in held):
        message = "Unable to create notification - the notification already exists."
        raise AwsError(code="DuplicateRecordException", message=message)
    if len(held) >= _MOST_NOTIFICATIONS:
        message = f"Unable to create notification - a budget can have {_MOST_NOTIFICATIONS} notifications."
        raise AwsError(code="CreationLimitExceededException", message=message)
    _check_subscribers(params["Subscribers"], params["BudgetName"], context)


@guard("budgets", "CreateSubscriber")
def refuse_subscriber(params: Shape, context: Context) -> None:
    """Refuse a second topic, and one to which AWS Budgets may not publish."""
    held = _notification(params, params["Notification"], context).subscribers
    _check_subscribers([*held, params["Subscriber"]], params["BudgetName"], context)


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
        if _is_same(held.details, wanted):
            return held
    raise AwsError(code="NotFoundException", message="Unable to find the notification.")


def _is_same(details: Shape, wanted: Shape) -> bool:
    same_kind = all(details.get(key) == wanted[key] for key in ("NotificationType", "ComparisonOperator"))
    # The same number is 80 in one call and 80.0 in another.
    return same_kind and float(details["Threshold"]) == float(wanted["Threshold"])


def _check_subscribers(subscribers: list[Shape], budget: str, context: Context) -> None:
    """Refuse a second topic, and one to which AWS Budgets may not publish.

    The first: https://github.com/aprin-labs/archimedes/pull/1712 has AWS's message. The second, with the message of the
    console: https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
    """
    topics = [one["Address"] for one in subscribers if one["SubscriptionType"] == "SNS"]
    if len(topics) > _MOST_TOPICS:
        message = f"one notification can only have {_MOST_TOPICS} subscribers with type of SNS"
        raise AwsError(code="CreationLimitExceededException", message=message)
    for topic in topics:
        if not admits_publisher(topic, _PUBLISHER, context, source=_arn(budget, context)):
            raise AwsError(code="InvalidParameterException", message=f"Invalid SNS topic: {topic}")

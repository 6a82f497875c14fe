"""Event subscriptions of Amazon RDS and Amazon DocumentDB: moto accepts any topic, source and category.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateEventSubscription.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.rds.models import rds_backends
from moto.sns.models import sns_backends

from emulator.errors import AwsError
from emulator.policy import as_list, matches_pattern, statements
from emulator.registry import Context, guard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.store import Shape

# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html
# https://docs.aws.amazon.com/documentdb/latest/developerguide/event-subscriptions.categories-messages.html
CATEGORIES: Final[Mapping[str, frozenset[str]]] = {
    "db-instance": frozenset(
        {
            *("availability", "backtrack", "backup", "configuration change", "creation", "deletion", "failover"),
            *("failure", "low storage", "maintenance", "notification", "read replica", "recovery", "restoration"),
            *("security", "security patching"),
        }
    ),
    "db-cluster": frozenset(
        {
            *("configuration change", "creation", "deletion", "failover", "failure", "global failover", "maintenance"),
            *("migration", "notification", "read replica", "serverless"),
        }
    ),
    "db-proxy": frozenset({"configuration change", "creation", "deletion", "failure"}),
}
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
_MOST: Final = 20
_PUBLISHER: Final = "events.rds.amazonaws.com"


@guard("rds", "CreateEventSubscription")
def refuse_another_subscription(_: Shape, context: Context) -> None:
    """Refuse more subscriptions than a region may have."""
    if len(context.backend(rds_backends).event_subscriptions) >= _MOST:
        raise AwsError(
            code="EventSubscriptionQuotaExceeded", message="You have reached the maximum number of event subscriptions."
        )


@guard("rds", "CreateEventSubscription", "ModifyEventSubscription")
def refuse_subscription(params: Shape, context: Context) -> None:
    """Refuse a topic that the service cannot publish to, an unknown source, and a category that its type lacks."""
    topic = params.get("SnsTopicArn")
    if topic:
        _require_publishable(topic, context)
    source_type = str(params.get("SourceType"))
    for category in params.get("EventCategories") or []:
        if source_type in CATEGORIES and category not in CATEGORIES[source_type]:
            raise AwsError(code="SubscriptionCategoryNotFound", message="The supplied category does not exist.")
    for source in params.get("SourceIds") or []:
        if source_type in CATEGORIES and source not in _sources(source_type, context):
            raise AwsError(code="SourceNotFound", message=f"Could not find source: {source}")


def _require_publishable(arn: str, context: Context) -> None:
    topic = context.backend(sns_backends).topics.get(arn)
    if topic is None:
        raise AwsError(code="SNSTopicArnNotFound", message="The SNS topic ARN does not exist.")
    if not any(_allows_publish(statement) for statement in statements(topic.policy)):
        raise AwsError(code="SNSNoAuthorization", message="You do not have permission to publish to the SNS topic ARN.")


def _allows_publish(statement: Mapping[str, Any]) -> bool:
    """Whether it lets RDS publish, as the policy of a new topic does; conditions on the source are not evaluated.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.GrantingPermissions.html
    """
    actions = [action.lower() for action in as_list(statement.get("Action"))]
    return (
        statement["Effect"] == "Allow"
        and _is_rds(statement.get("Principal"))
        and any(matches_pattern(action, "sns:publish") for action in actions)
    )


def _is_rds(principal: Any) -> bool:
    """Whether it is RDS, alone or among others, or anybody."""
    if not isinstance(principal, dict):
        return bool(principal == "*")
    return "*" in as_list(principal.get("AWS", [])) or _PUBLISHER in as_list(principal.get("Service", []))


def _sources(source_type: str, context: Context) -> Mapping[str, object]:
    backend = context.backend(rds_backends)
    held: Mapping[str, Mapping[str, object]] = {
        "db-instance": backend.databases,
        "db-cluster": backend.clusters,
        "db-proxy": backend.db_proxies,
    }
    return held[source_type]

"""What RDS and DocumentDB report of their own accord: failures, failovers, storage, maintenance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.db_event_subscription import DbEventSubscription
from cdktf_cdktf_provider_aws.docdb_event_subscription import DocdbEventSubscription
from constructs import Construct

from modules.label import Label, NameLimit
from modules.topic import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modules.topic import Topics

PUBLISHER: Final = "events.rds.amazonaws.com"
"""Of both engines: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.GrantingPermissions.html"""
_SID: Final = "AllowDatabaseEvents"


@dataclass(frozen=True, kw_only=True)
class EventSource:
    """What sends events, and who receives which categories.

    All others say what an apply or a backup does: backup, configuration change, creation.
    """

    type: str
    """`db-instance`, `db-cluster` or `db-proxy`."""
    categories: Mapping[Severity, tuple[str, ...]]


# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html
POSTGRES_INSTANCE: Final = EventSource(
    type="db-instance",
    categories={
        # `failure` is an instance that needs to be restored, and storage that cannot grow any more.
        Severity.CRITICAL: ("failure", "low storage"),
        Severity.WARNING: ("deletion", "failover", "read replica", "recovery"),
        # `availability` is each restart; an instance that does not come back sets off the alarm on its absence.
        Severity.INFO: ("availability", "maintenance", "notification", "security patching"),
    },
)
POSTGRES_PROXY: Final = EventSource(type="db-proxy", categories={Severity.CRITICAL: ("failure",)})
# https://docs.aws.amazon.com/documentdb/latest/developerguide/event-subscriptions.categories-messages.html
DOCUMENTDB_INSTANCE: Final = EventSource(
    type="db-instance",
    categories={
        Severity.CRITICAL: ("failure",),
        Severity.WARNING: ("deletion", "recovery"),
        Severity.INFO: ("availability", "notification", "security patching"),
    },
)
DOCUMENTDB_CLUSTER: Final = EventSource(
    type="db-cluster",
    categories={
        Severity.WARNING: ("deletion", "failover"),
        Severity.INFO: ("maintenance", "notification"),
    },
)


class DatabaseEvents(Construct):
    """A subscription for each severity that has a topic.

    A region has 20 of them: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        topics: Topics,
        name: str,
        source: EventSource,
        source_ids: Sequence[str],
        is_documentdb: bool = False,
    ) -> None:
        """Create the subscriptions.

        Args:
            label: Names them.
            topics: Their receivers; `allow_database_events` lets the service publish to them.
            name: Component of their names.
            source: What sends the events.
            source_ids: The instances, clusters or proxies, as references to them.
            is_documentdb: Whether they are made by DocumentDB's API, which is RDS's own.
        """
        super().__init__(scope, id_)
        for severity, categories in source.categories.items():
            topic = topics.by_severity.get(severity)
            if topic is None:
                continue
            full_name = label.name(f"{name}-{severity.value}", limit=NameLimit.EVENT_SUBSCRIPTION)
            if is_documentdb:
                DocdbEventSubscription(
                    self,
                    severity.value,
                    name=full_name,
                    sns_topic_arn=topic.arn,
                    source_type=source.type,
                    source_ids=list(source_ids),
                    event_categories=list(categories),
                )
            else:
                DbEventSubscription(
                    self,
                    severity.value,
                    name=full_name,
                    sns_topic=topic.arn,
                    source_type=source.type,
                    source_ids=list(source_ids),
                    event_categories=list(categories),
                )


def allow_database_events(topics: Topics, *, label: Label) -> None:
    """Let RDS and DocumentDB publish to the topics of a region, for the databases of this environment."""
    sources = [label.arn("rds", f"{kind}:{label.prefix}-*") for kind in ("db", "cluster", "es")]
    sources.append(label.arn("rds", "db-proxy:prx-*"))  # a proxy's ARN has an id instead of its name
    for topic in topics.by_severity.values():
        topic.allow_publisher(PUBLISHER, sid=_SID, source_arns=sources)

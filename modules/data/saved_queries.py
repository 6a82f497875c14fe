"""Queries of the databases' logs that people need, saved in CloudWatch Logs Insights under `<prefix>/<database>/`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.cloudwatch_query_definition import CloudwatchQueryDefinition
from constructs import Construct

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modules.label import Label
    from modules.log_group import LogGroup

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
POSTGRES: Final[Mapping[str, str]] = {
    # By the text of the statement: the values are not in it, if the application binds them.
    "slow-statements": r"""filter @message like /\]:LOG:  duration: /
| parse @message /duration: (?<milliseconds>[\d.]+) ms  \w+[^:]*: (?<statement>[^\n]{1,300})/
| stats count(*) as times, avg(milliseconds) as average, max(milliseconds) as longest,
    sum(milliseconds) as total by statement
| sort total desc
| limit 50""",
    # Rows that no one can see and autovacuum may not remove, mostly because a transaction is open for long.
    "dead-rows": r"""filter @message like /dead but not yet removable/
| parse @message /automatic (?:aggressive )?vacuum .*table "(?<table_name>[^"]+)"/
| parse @message /tuples: (?<removed>\d+) removed, (?<remaining>\d+) remain, (?<dead>\d+) are dead/
| stats max(dead) as most_dead, latest(remaining) as rows_left, sum(removed) as rows_removed, count(*) as runs
    by table_name
| sort most_dead desc""",
    "connections-by-user": r"""filter @message like /connection authorized: /
| parse @message /connection authorized: user=(?<user_name>\S+) database=(?<database_name>\S+)/
| stats count(*) as connections by user_name, database_name, bin(5m)
| sort connections desc""",
    "failed-sign-ins": r"""filter @message like /FATAL: /
| parse @message /FATAL:  (?<reason>[^\n]{1,200})/
| stats count(*) as times by reason
| sort times desc""",
    "lock-waits": r"""filter @message like /still waiting for /
| parse @message /still waiting for (?<lock>\w+) on (?<object>.+?) after (?<milliseconds>[\d.]+) ms/
| stats count(*) as times, max(milliseconds) as longest by lock, object
| sort longest desc""",
}
"""Names and texts for PostgreSQL's log.

Plans are not logged, because they have the values: docs/data.md says how to find a missing index.
"""
DOCUMENTDB_PROFILER: Final[Mapping[str, str]] = {
    "slow-operations": """fields @timestamp, op, ns, millis, planSummary, nreturned, user
| sort millis desc
| limit 50""",
    "missing-indexes": """filter planSummary = "COLLSCAN"
| stats count(*) as times, avg(millis) as average, max(millis) as longest, sum(millis) as total by ns, op
| sort total desc""",
}
"""Names and texts for the profiler's log of DocumentDB.

https://docs.aws.amazon.com/documentdb/latest/developerguide/profiling.html#profiling.common-queries
"""
DOCUMENTDB_AUDIT: Final[Mapping[str, str]] = {
    "connections-by-user": """filter atype = "authenticate"
| stats count(*) as connections by param.user, param.success, bin(5m)
| sort connections desc""",
}
"""Names and texts for the audit log of DocumentDB.

https://docs.aws.amazon.com/documentdb/latest/developerguide/event-auditing.html
"""


class SavedQueries(Construct):
    """The queries of one log or several, in the folder of their database."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        folder: str,
        queries: Mapping[str, str],
        logs: list[LogGroup],
    ) -> None:
        super().__init__(scope, id_)
        for name, text in queries.items():
            CloudwatchQueryDefinition(
                self,
                name,
                name=f"{label.prefix}/{folder}/{name}",
                query_string=text,
                log_group_names=[group.id for group in logs],
            )

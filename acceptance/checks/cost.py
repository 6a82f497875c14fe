"""Budgets and reports of unusual costs whose messages arrive."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from config.names import NameLimit

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3

    from config.environment import Environment

_GLOBAL_REGION: Final = "us-east-1"
"""Of the endpoints of AWS Budgets and Cost Explorer."""
_TOPIC_CONTEXT: Final = "kms:EncryptionContext:aws:sns:topicArn"


def check_the_budget_notifies_at_each_threshold(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """Terraform creates each notification with a call of its own, after the budget."""
    if environment.cost is None or environment.cost.budget is None:
        return
    settings = environment.cost.budget
    budgets = session.client("budgets", region_name=_GLOBAL_REGION)
    name = environment.names.name("monthly", limit=NameLimit.BUDGET)
    budget: dict[str, Any] = {"AccountId": environment.account_id, "BudgetName": name}
    limit = budgets.describe_budget(**budget)["Budget"]["BudgetLimit"]
    if float(limit["Amount"]) != settings.monthly_usd:
        yield f"{name} is {limit['Amount']} {limit['Unit']}, not {settings.monthly_usd} USD"
    wanted = {
        *(("ACTUAL", float(percent)) for percent in settings.actual_percent),
        *(("FORECASTED", float(percent)) for percent in settings.forecast_percent),
    }
    found = budgets.describe_notifications_for_budget(**budget)["Notifications"]
    by_kind = {(one["NotificationType"], float(one["Threshold"])): one for one in found}
    if by_kind.keys() != wanted:
        yield f"{name} notifies at {sorted(by_kind)}, not at {sorted(wanted)}"
    for kind, notification in by_kind.items():
        subscribers = budgets.describe_subscribers_for_notification(**budget, Notification=notification)["Subscribers"]
        if [one["Address"] for one in subscribers] != [_topic(environment)]:
            yield f"{name} at {kind} does not notify {_topic(environment)} alone"


def check_aws_may_report_costs(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """A topic or a key that is closed to these services loses their messages, and nothing says so."""
    if environment.cost is None:
        return
    services = {
        "budgets.amazonaws.com": environment.cost.budget,
        "costalerts.amazonaws.com": environment.cost.anomaly_detection,
    }
    publishers = [service for service, settings in services.items() if settings]
    if not publishers:
        return
    topic = _topic(environment)
    attributes = session.client("sns", region_name=environment.region).get_topic_attributes(TopicArn=topic)[
        "Attributes"
    ]
    kms = session.client("kms", region_name=environment.region)
    key_policy = kms.get_key_policy(KeyId=attributes["KmsMasterKeyId"], PolicyName="default")["Policy"]
    for service in publishers:
        if not _allows(attributes["Policy"], service, "sns:Publish", topic):
            yield f"{topic} does not allow {service} to publish"
        if not all(_allows(key_policy, service, action, topic) for action in ("kms:GenerateDataKey*", "kms:Decrypt")):
            yield f"the key of {topic} does not allow {service} to encrypt"


def _topic(environment: Environment) -> str:
    name = environment.names.name("warning", limit=NameLimit.SNS_TOPIC)
    return f"arn:aws:sns:{environment.region}:{environment.account_id}:{name}"


def _allows(policy: str, service: str, action: str, topic: str) -> bool:
    """Whether a policy allows a service an action, and a key's policy for messages of this topic."""
    statements: list[dict[str, Any]] = json.loads(policy)["Statement"]
    return any(
        statement["Effect"] == "Allow"
        and statement["Principal"] == {"Service": service}
        and action in statement["Action"]
        and statement.get("Condition", {}).get("StringEquals", {}).get(_TOPIC_CONTEXT, topic) == topic
        for statement in statements
    )

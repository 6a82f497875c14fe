"""SNS topics: one per severity, encrypted; only listed publishers may publish."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_policy import SnsTopicPolicy
from cdktf_cdktf_provider_aws.sns_topic_subscription import SnsTopicSubscription
from constructs import Construct

from modules.key import PUBLISHER_KEY_ACTIONS, Key
from modules.label import Label, NameLimit
from modules.policy import Condition, PolicyDocument, Principal, Statement

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modules.suppressor import Suppressor


# https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html
_POLICY_LIMIT: Final = 30_720
_ALARMS: Final = "cloudwatch.amazonaws.com"
_ID_LENGTH: Final = 8


class Severity(StrEnum):
    """How soon a person must react."""

    CRITICAL = "critical"
    """At once, also at night."""
    WARNING = "warning"
    """During working hours."""


def topic_name(label: Label, name: str) -> str:
    """Name of a topic, for code that needs it without the topic."""
    return label.name(name, limit=NameLimit.SNS_TOPIC)


class Topic(Construct):
    """A topic to which only alarms of this environment may publish, and only over TLS."""

    def __init__(self, scope: Construct, id_: str, *, label: Label, name: str, key: Key) -> None:
        super().__init__(scope, id_)
        self._topic = SnsTopic(
            self,
            "Default",
            name=topic_name(label, name),
            kms_master_key_id=key.arn,
            signature_version=2,  # SHA-256; version 1 is SHA-1
        )
        alarms = label.arn("cloudwatch", f"alarm:{label.prefix}-*")
        conditions = (
            Condition(operator="StringEquals", key="aws:SourceAccount", values=(label.account_id,)),
            Condition(operator="ArnLike", key="aws:SourceArn", values=(alarms,)),
        )
        # Without permission for the key, messages are lost and only the history of the alarm shows it:
        # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
        key.allow_service(_ALARMS, sid="AllowAlarms", conditions=conditions, actions=PUBLISHER_KEY_ACTIONS)
        document = PolicyDocument(self, limit=_POLICY_LIMIT)
        document.add(
            Statement(
                sid="AllowAlarms",
                principal=Principal.service(_ALARMS),
                actions=("sns:Publish",),
                resources=(self.arn,),
                conditions=conditions,
            ),
            Statement(
                sid="DenyInsecureTransport",
                effect="Deny",
                principal=Principal.anyone(),
                actions=("sns:Publish",),
                resources=(self.arn,),
                conditions=(Condition(operator="Bool", key="aws:SecureTransport", values=("false",)),),
            ),
        )
        SnsTopicPolicy(self, "policy", arn=self.arn, policy=document.text)

    @cached_property
    def arn(self) -> str:
        """ARN of the topic."""
        return self._topic.arn

    def subscribe_email(self, address: str) -> None:
        """Subscribe an email address; its owner must confirm a message from AWS."""
        self._subscribe("email", address)

    def subscribe_https(self, url: str) -> None:
        """Subscribe an endpoint that confirms automatically, as on-call services do."""
        self._subscribe("https", url)

    def _subscribe(self, protocol: str, endpoint: str) -> None:
        SnsTopicSubscription(
            self,
            # The id depends on the endpoint, so that a new address does not replace other subscriptions.
            f"{protocol}-{hashlib.sha256(endpoint.encode()).hexdigest()[:_ID_LENGTH]}",
            topic_arn=self.arn,
            protocol=protocol,
            endpoint=endpoint,
            # The owner of an email address confirms later; Terraform does not wait for it.
            endpoint_auto_confirms=True if protocol == "https" else None,
        )


@dataclass(frozen=True, kw_only=True)
class Topics:
    """The topics of one region, by severity."""

    region: str
    by_severity: Mapping[Severity, Topic]
    suppressor: Suppressor | None = None
    """What keeps alarms silent while the environment sleeps; None if it never does."""

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

from modules.errors import WiringError
from modules.key import PUBLISHER_KEY_ACTIONS, Key, KeyUse
from modules.label import Label, NameLimit
from modules.policy import Condition, Grantable, PolicyDocument, Principal, Statement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modules.suppressor import Suppressor


# https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html
_POLICY_LIMIT: Final = 30_720
_ALARMS: Final = "cloudwatch.amazonaws.com"
EVENTS: Final = "events.amazonaws.com"
_SENDS_NO_SOURCE: Final = frozenset({EVENTS})
"""Services that do not say on whose behalf they publish: a policy with a condition on the source loses the messages.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
"""
_ID_LENGTH: Final = 8


class Severity(StrEnum):
    """How soon a person must react."""

    CRITICAL = "critical"
    """At once, also at night."""
    WARNING = "warning"
    """During working hours."""
    INFO = "info"
    """Never: it says what has happened. There is a topic only if the environment has receivers for it."""


def topic_name(label: Label, name: str) -> str:
    """Name of a topic, for code that needs it without the topic."""
    return label.name(name, limit=NameLimit.SNS_TOPIC)


class Topic(Construct):
    """A topic to which alarms of this environment may publish, and listed services, and only over TLS."""

    def __init__(self, scope: Construct, id_: str, *, label: Label, name: str, key: Key) -> None:
        super().__init__(scope, id_)
        self._label = label
        self._key = key
        full_name = topic_name(label, name)
        self._literal_arn = label.arn("sns", full_name)  # for the key, which exists before the topic
        self._topic = SnsTopic(
            self,
            "Default",
            name=full_name,
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
        self._policy = PolicyDocument(self, limit=_POLICY_LIMIT)
        self._policy.add(
            self._publish(_ALARMS, sid="AllowAlarms", conditions=conditions),
            Statement(
                sid="DenyInsecureTransport",
                effect="Deny",
                principal=Principal.anyone(),
                actions=("sns:Publish",),
                resources=(self.arn,),
                conditions=(Condition(operator="Bool", key="aws:SecureTransport", values=("false",)),),
            ),
        )
        SnsTopicPolicy(self, "policy", arn=self.arn, policy=self._policy.text)

    @cached_property
    def arn(self) -> str:
        """ARN of the topic."""
        return self._topic.arn

    def allow_publisher(self, service: str, *, sid: str, source_arns: Sequence[str]) -> None:
        """Allow an AWS service to publish on behalf of resources of this account, and to use the key for that.

        The key's condition is on the topic, which SNS itself sends, because not every service sends the source:
        https://docs.aws.amazon.com/gamelift/latest/flexmatchguide/queue-notification-sns-sse.html

        Args:
            service: Its service principal.
            sid: Of both statements; one for each service.
            source_arns: The resources, with wildcards, by which the service publishes; none for EventBridge, which
                cannot be restricted to the rules of one account.

        Raises:
            WiringError: There are no sources, or the service does not send them.
        """
        if (service in _SENDS_NO_SOURCE) == bool(source_arns):
            allowed = "must be empty: it sends no source" if source_arns else "must name at least one resource"
            raise WiringError(self, f"source_arns of {service} {allowed}")
        source = (
            Condition(operator="StringEquals", key="aws:SourceAccount", values=(self._label.account_id,)),
            Condition(operator="ArnLike", key="aws:SourceArn", values=tuple(source_arns)),
        )
        self._policy.add(self._publish(service, sid=sid, conditions=source if source_arns else ()))
        context = Condition(
            operator="StringEquals", key="kms:EncryptionContext:aws:sns:topicArn", values=(self._literal_arn,)
        )
        self._key.allow_service(service, sid=sid, conditions=(context,), actions=PUBLISHER_KEY_ACTIONS)

    def grant_publish(self, grantee: Grantable) -> None:
        """Allow a role of this account to publish, and to use the key for that.

        https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#enable-compatibility-event-sources-encrypted-topics
        """
        grantee.add_to_policy(Statement(sid="Notify", actions=("sns:Publish",), resources=(self.arn,)))
        self._key.grant_encrypt_decrypt(grantee, KeyUse.topic(self._literal_arn))

    def _publish(self, service: str, *, sid: str, conditions: tuple[Condition, ...]) -> Statement:
        return Statement(
            sid=sid,
            principal=Principal.service(service),
            actions=("sns:Publish",),
            resources=(self.arn,),
            conditions=conditions,
        )

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

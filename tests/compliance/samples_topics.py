"""Samples for the rule on topics, their keys and who may use both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.compliance.samples import Sample, backend, changed, policy, reads, sample, stack, without

if TYPE_CHECKING:
    from synthesis.manifest import Stack

_SERVICE = {"Service": "cloudwatch.amazonaws.com"}
_USE = ["kms:GenerateDataKey*", "kms:Decrypt"]
SNS_TOPIC: dict[str, dict[str, Any]] = {
    "aws_sns_topic.critical": {"kms_master_key_id": "${aws_kms_key.topics.arn}"},
    "aws_sns_topic_policy.critical": {
        "arn": "${aws_sns_topic.critical.arn}",
        "policy": policy({"Effect": "Allow", "Principal": _SERVICE, "Action": "sns:Publish"}),
    },
    "aws_kms_key.topics": {"policy": policy({"Effect": "Allow", "Principal": _SERVICE, "Action": _USE})},
}


def _topic(service: str, *statements: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """A topic to which a service may publish, and a key with these statements for the service."""
    principal = {"Service": service}
    publish = {"Effect": "Allow", "Principal": principal, "Action": "sns:Publish"}
    use = [{"Effect": "Allow", "Principal": principal, **statement} for statement in statements]
    return {
        "aws_sns_topic.critical": {"name": "critical", "kms_master_key_id": "${aws_kms_alias.topics.target_key_arn}"},
        "aws_sns_topic_policy.critical": {"arn": "${aws_sns_topic.critical.arn}", "policy": policy(publish)},
        "aws_kms_alias.topics": {"target_key_id": "${aws_kms_key.topics.id}"},
        "aws_kms_key.topics": {"policy": policy(*use)},
    }


_ALARMS, _EVENTS = "cloudwatch.amazonaws.com", "events.amazonaws.com"
_FROM_HERE = {"StringEquals": {"aws:SourceAccount": "444444444444"}}
_FROM_RULE = {"ArnLike": {"AWS:SourceArn": "arn:aws:events:us-east-1:444444444444:rule/*"}}
_FROM_TOPIC = {
    "StringEquals": {"kms:EncryptionContext:aws:sns:topicArn": "arn:aws:sns:us-east-1:444444444444:critical"}
}
_FROM_OTHER = {"StringEquals": {"kms:EncryptionContext:aws:sns:topicArn": "arn:aws:sns:us-east-1:444444444444:warning"}}
_TARGET = {
    **_topic(_EVENTS, {"Action": _USE}),
    "aws_cloudwatch_event_target.critical": {"arn": "${aws_sns_topic.critical.arn}"},
}


def _publish(**statement: Any) -> str:
    return policy({"Effect": "Allow", "Principal": {"Service": _EVENTS}, "Action": "sns:Publish", **statement})


_REMOTE = "${data.terraform_remote_state.keys.outputs.topics}"


def _key_stack(actions: list[str]) -> Stack:
    return stack(
        {"aws_kms_key.topics": {"policy": policy({"Effect": "Allow", "Principal": _SERVICE, "Action": actions})}},
        layer="keys",
        terraform=backend("keys"),
        output={"topics": {"value": "${aws_kms_key.topics.arn}"}},
    )


_REMOTE_TOPIC = changed(without(SNS_TOPIC, "aws_kms_key.topics"), "aws_sns_topic.critical", kms_master_key_id=_REMOTE)
SAMPLES = (
    *(
        sample(
            "topic-requires-no-source-of-eventbridge",
            _TARGET,
            changed(_TARGET, "aws_sns_topic_policy.critical", policy=_publish(Condition=condition)),
            says=f"allows events.amazonaws.com to publish only under {key}",
        )
        for condition, key in ((_FROM_HERE, "aws:sourceaccount"), (_FROM_RULE, "aws:sourcearn"))
    ),
    sample(
        "topic-accepts-its-event-rules",
        _TARGET,
        changed(_TARGET, "aws_sns_topic_policy.critical", policy=_publish(Principal=_SERVICE)),
        says="aws_sns_topic.critical does not allow events.amazonaws.com to publish",
        at="aws_cloudwatch_event_target.critical",
    ),
    *(
        sample(
            "topic-key-allows-its-publishers",
            _topic(service, *good),
            _topic(service, *bad),
            says=f"allows {service} to publish, and aws_kms_key.topics {says}",
        )
        for service, good, bad, says in (
            (_ALARMS, [{"Action": "kms:*"}], [{"Action": "kms:Decrypt"}], "does not allow it kms:GenerateDataKey*"),
            (
                _ALARMS,
                [{"Action": "kms:decrypt"}, {"Action": ["kms:GenerateDataKey*"], "Condition": _FROM_HERE}],
                [{"Action": ["kms:GenerateDataKey*", "kms:Encrypt"]}],
                "does not allow it kms:Decrypt",
            ),
            (
                _EVENTS,
                [{"Action": _USE}],
                [{"Action": _USE, "Condition": _FROM_HERE}],
                "allows it kms:Decrypt only under aws:sourceaccount",
            ),
            (
                _EVENTS,
                [{"Action": _USE}, {"Action": _USE, "Condition": _FROM_RULE}],
                [{"Action": _USE, "Condition": _FROM_RULE}],
                "allows it kms:GenerateDataKey* only under aws:sourcearn",
            ),
            (
                _EVENTS,
                [{"Action": _USE, "Condition": _FROM_TOPIC}],
                [{"Action": _USE, "Condition": _FROM_OTHER}],
                "does not allow it kms:Decrypt",
            ),
        )
    ),
    *(
        sample(
            "topic-key-allows-its-publishers",
            _REMOTE_TOPIC,
            changed(SNS_TOPIC, "aws_sns_topic.critical", kms_master_key_id=value),
            says=f"kms_master_key_id: {value} does not refer to a key of a stack",
            others=(_key_stack(_USE),),
            data=reads("keys"),
        )
        for value in (
            "arn:aws:kms:us-east-1:444444444444:key/1",
            "${data.aws_kms_key.topics.arn}",
            "${data.terraform_remote_state.keys.outputs.missing}",
        )
    ),
    Sample(
        rule="topic-key-allows-its-publishers",
        good=stack(SNS_TOPIC),
        bad=stack(_REMOTE_TOPIC, data=reads("keys")),
        at="aws_sns_topic.critical",
        says="does not allow it kms:GenerateDataKey*",
        others=(_key_stack(["kms:Decrypt"]),),
    ),
    sample(
        "topic-key-allows-its-publishers",
        {
            **changed(SNS_TOPIC, "aws_kms_key.topics", policy=None),
            "aws_kms_key_policy.topics": {
                "key_id": "${aws_kms_key.topics.id}",
                "policy": SNS_TOPIC["aws_kms_key.topics"]["policy"],
            },
        },
        changed(SNS_TOPIC, "aws_kms_key.topics", policy=None),
        says="does not allow it kms:Decrypt",
    ),
    sample(
        "topic-key-allows-its-publishers",
        SNS_TOPIC,
        changed(SNS_TOPIC, "aws_kms_key.topics", policy=policy({"Effect": "Allow", "Principal": {"AWS": "1"}})),
        says="allows cloudwatch.amazonaws.com to publish, and aws_kms_key.topics does not allow it kms:Decrypt",
        at="aws_sns_topic.critical",
    ),
)

"""Samples for the rules on trails, recorders, detectors and alarms."""

from __future__ import annotations

import json
from typing import Any

from tests.compliance.samples import backend, changed, reads, sample, stack, without


def _filter(namespace: str) -> dict[str, Any]:
    return {"metric_transformation": {"namespace": namespace, "name": "root"}}


def _publisher(namespace: str) -> str:
    """The policy of a role that may publish metrics in a namespace."""
    condition = {"StringEquals": {"cloudwatch:namespace": namespace}}
    statement = {"Effect": "Allow", "Action": "cloudwatch:PutMetricData", "Resource": "*", "Condition": condition}
    return json.dumps({"Statement": [statement]})


TRAIL: dict[str, dict[str, Any]] = {
    "aws_cloudtrail.audit": {
        "is_multi_region_trail": True,
        "include_global_service_events": True,
        "enable_log_file_validation": True,
        "enable_logging": True,
        "cloud_watch_logs_group_arn": "arn:*",
    }
}
RECORDER: dict[str, dict[str, Any]] = {
    "aws_config_configuration_recorder.all": {"recording_group": {"all_supported": True}},
    "aws_config_configuration_recorder_status.on": {
        "name": "${aws_config_configuration_recorder.all.name}",
        "is_enabled": True,
    },
}
DETECTOR: dict[str, dict[str, Any]] = {"aws_guardduty_detector.all": {"enable": True}}
FINDINGS: dict[str, dict[str, Any]] = {
    **DETECTOR,
    "aws_cloudwatch_event_rule.findings": {"event_pattern": '{"source": ["aws.guardduty"]}'},
    "aws_cloudwatch_event_target.log": {"rule": "${aws_cloudwatch_event_rule.findings.name}"},
}
FORWARDED: dict[str, dict[str, Any]] = {
    address: arguments
    for name in ("one", "two")
    for address, arguments in (
        (f"aws_cloudwatch_log_group.{name}", {"name": name}),
        (
            f"aws_cloudwatch_log_subscription_filter.{name}",
            {
                "log_group_name": f"${{aws_cloudwatch_log_group.{name}.name}}",
                "destination_arn": "arn:aws:logs:us-east-1:999999999999:destination:logs",
            },
        ),
    )
}
ALARM: dict[str, dict[str, Any]] = {
    "aws_cloudwatch_metric_alarm.root": {"namespace": "audit", "metric_name": "root"},
    "aws_cloudwatch_metric_alarm.cpu": {"namespace": "AWS/RDS", "metric_name": "CPUUtilization"},
    "aws_cloudwatch_metric_alarm.tasks": {"namespace": "ECS/ContainerInsights", "metric_name": "RunningTaskCount"},
    "aws_cloudwatch_metric_alarm.share": {
        "metric_query": [
            {"id": "share", "expression": "100 * root / calls"},
            {"id": "root", "metric": {"namespace": "audit", "metric_name": "root"}},
            {"id": "calls", "metric": [{"namespace": "AWS/ApplicationELB", "metric_name": "RequestCount"}]},
        ]
    },
    "aws_cloudwatch_log_metric_filter.root": {"metric_transformation": {"namespace": "audit", "name": "root"}},
}
ACCOUNT: dict[str, dict[str, Any]] = {
    "aws_s3_account_public_access_block.all": {
        "block_public_acls": True,
        "block_public_policy": True,
        "ignore_public_acls": True,
        "restrict_public_buckets": True,
    },
    "aws_ebs_encryption_by_default.all": {"enabled": True},
}

NOTIFYING: dict[str, dict[str, Any]] = {
    "aws_cloudwatch_metric_alarm.cpu": {
        "alarm_actions": ["${aws_sns_topic.critical.arn}"],
        "treat_missing_data": "breaching",
    },
    "aws_sns_topic.critical": {"name": "critical"},
    "aws_sns_topic_subscription.on-call": {"topic_arn": "${aws_sns_topic.critical.arn}", "protocol": "email"},
}


def _notifying(argument: str, action: str) -> dict[str, dict[str, Any]]:
    receiver = {"alarm_actions": ["${aws_sns_topic.critical.arn}"], argument: [action]}
    return {
        "aws_cloudwatch_metric_alarm.cpu": receiver,
        "aws_sns_topic.critical": {},
        "aws_sqs_queue.failed": {},
    }


_TOPIC_STACKS = tuple(
    stack(
        {"aws_sns_topic.critical": {}, "aws_kms_key.key": {}},
        layer=layer,
        region=region,
        terraform=backend(layer),
        output={
            "critical": {"value": "${aws_sns_topic.critical.arn}"},
            "key": {"value": "${aws_kms_key.key.arn}"},
        },
    )
    for layer, region in (("notifications", "us-east-1"), ("notifications-eu-west-1", "eu-west-1"))
)


def _through_composite(named: str, *, negated: bool = False) -> dict[str, Any]:
    return {
        **changed(NOTIFYING, "aws_cloudwatch_metric_alarm.cpu", alarm_actions=None),
        "aws_cloudwatch_composite_alarm.all": {
            "alarm_rule": f'ALARM("other") AND {"NOT " if negated else ""}ALARM("{named}")',
            "alarm_actions": ["${aws_sns_topic.critical.arn}"],
        },
    }


SAMPLES = (
    sample(
        "log-groups-are-all-forwarded",
        FORWARDED,
        without(FORWARDED, "aws_cloudwatch_log_subscription_filter.two"),
        says="is not forwarded, and other log groups of the environment are",
        at="aws_cloudwatch_log_group.two",
    ),
    sample(
        "log-groups-are-all-forwarded",
        {"aws_cloudwatch_log_group.one": {"name": "one"}},
        changed(
            FORWARDED,
            "aws_cloudwatch_log_subscription_filter.one",
            destination_arn="arn:aws:logs:eu-west-1:999999999999:destination:logs",
        ),
        says="destination_arn is not in us-east-1, like the log group",
        at="aws_cloudwatch_log_subscription_filter.one",
    ),
    sample(
        "alarm-has-a-receiver",
        NOTIFYING,
        changed(NOTIFYING, "aws_cloudwatch_metric_alarm.cpu", alarm_actions=[]),
        says="alarm_actions is empty",
    ),
    sample(
        "alarm-has-a-receiver",
        _through_composite("${aws_cloudwatch_metric_alarm.cpu.alarm_name}"),
        _through_composite("another"),
        says="no composite alarm that notifies names it",
    ),
    sample(
        "alarm-has-a-receiver",
        _through_composite("${aws_cloudwatch_metric_alarm.cpu.alarm_name}"),
        _through_composite("${aws_cloudwatch_metric_alarm.cpu.alarm_name}", negated=True),
        says="no composite alarm that notifies names it",
    ),
    sample(
        "alarm-has-a-receiver",
        {"aws_cloudwatch_metric_alarm.asleep": {"tags": {"Purpose": "suppressor"}}},
        {"aws_cloudwatch_metric_alarm.asleep": {"tags": {"Purpose": "another"}}},
        says="no composite alarm that notifies names it",
    ),
    *(
        sample(
            "alarm-has-a-receiver",
            _notifying("alarm_actions", "${data.terraform_remote_state.notifications.outputs.critical}"),
            _notifying(argument, action),
            says=f"{argument}: {action} does not refer to an aws_sns_topic of a stack in us-east-1",
            others=_TOPIC_STACKS,
            data=reads("notifications", "notifications-eu-west-1", "missing"),
        )
        for argument, action in (
            ("alarm_actions", "arn:aws:sns:us-east-1:444444444444:critical"),
            ("ok_actions", "arn:aws:sns:us-east-1:444444444444:critical"),
            ("insufficient_data_actions", "arn:aws:sns:us-east-1:444444444444:critical"),
            ("alarm_actions", "${aws_sns_topic.missing.arn}"),
            ("alarm_actions", "${aws_sqs_queue.failed.arn}"),
            ("alarm_actions", "${data.aws_sns_topic.critical.arn}"),
            ("alarm_actions", "${data.terraform_remote_state.notifications.outputs.missing}"),
            ("alarm_actions", "${data.terraform_remote_state.notifications.outputs.key}"),
            ("alarm_actions", "${data.terraform_remote_state.notifications-eu-west-1.outputs.critical}"),
            ("alarm_actions", "${data.terraform_remote_state.missing.outputs.critical}"),
            ("alarm_actions", "${data.terraform_remote_state.unknown.outputs.critical}"),
        )
    ),
    sample(
        "alarm-sets-missing-data",
        NOTIFYING,
        changed(NOTIFYING, "aws_cloudwatch_metric_alarm.cpu", treat_missing_data=None),
        says="treat_missing_data is not set",
    ),
    sample(
        "topic-has-a-subscription",
        NOTIFYING,
        without(NOTIFYING, "aws_sns_topic_subscription.on-call"),
        says="no aws_sns_topic_subscription on it",
        at="aws_sns_topic.critical",
    ),
    sample(
        "trail-is-complete",
        TRAIL,
        changed(TRAIL, "aws_cloudtrail.audit", is_multi_region_trail=False),
        says="is_multi_region_trail is off",
    ),
    sample(
        "trail-is-complete",
        TRAIL,
        changed(TRAIL, "aws_cloudtrail.audit", cloud_watch_logs_group_arn=None),
        says="no log group",
    ),
    sample(
        "recorder-is-complete",
        RECORDER,
        changed(RECORDER, "aws_config_configuration_recorder.all", recording_group=None),
        says="all types",
    ),
    sample(
        "recorder-is-complete",
        RECORDER,
        without(RECORDER, "aws_config_configuration_recorder_status.on"),
        says="not switched on",
    ),
    sample(
        "detector-is-on", DETECTOR, changed(DETECTOR, "aws_guardduty_detector.all", enable=False), says="enable is off"
    ),
    *(
        sample("detector-findings-are-passed-on", FINDINGS, bad, says="takes its findings")
        for bad in (
            DETECTOR,
            without(FINDINGS, "aws_cloudwatch_event_target.log"),
            changed(FINDINGS, "aws_cloudwatch_event_rule.findings", event_pattern='{"source": ["aws.config"]}'),
        )
    ),
    sample(
        "alarm-metric-exists",
        ALARM,
        changed(ALARM, "aws_cloudwatch_metric_alarm.root", metric_name="rot"),
        says="no metric filter of us-east-1 creates rot in audit",
    ),
    sample(
        "alarm-metric-exists",
        ALARM,
        changed(ALARM, "aws_cloudwatch_metric_alarm.root", namespace="adit"),
        says="no metric filter of us-east-1 creates root in adit",
    ),
    sample(
        "alarm-metric-exists",
        ALARM,
        changed(
            ALARM,
            "aws_cloudwatch_metric_alarm.share",
            metric_query=[{"id": "root", "metric": [{"namespace": "audit", "metric_name": "rot"}]}],
        ),
        at="aws_cloudwatch_metric_alarm.share",
        says="no metric filter of us-east-1 creates rot in audit",
    ),
    sample(
        "alarm-metric-exists",
        {"aws_cloudwatch_metric_alarm.root": {"namespace": "other", "metric_name": "root"}},
        {"aws_cloudwatch_metric_alarm.root": {"namespace": "elsewhere", "metric_name": "root"}},
        says="no metric filter of us-east-1 creates root in elsewhere",
        others=(
            stack({"aws_cloudwatch_log_metric_filter.root": _filter("other")}, layer="security"),
            stack({"aws_cloudwatch_log_metric_filter.root": _filter("elsewhere")}, layer="edge", region="eu-west-1"),
            stack({"aws_cloudwatch_log_metric_filter.root": _filter("elsewhere")}, environment="prod"),
        ),
    ),
    sample(
        "alarm-metric-exists",
        {"aws_cloudwatch_metric_alarm.asleep": {"namespace": "sleep", "metric_name": "Asleep"}},
        {"aws_cloudwatch_metric_alarm.asleep": {"namespace": "slep", "metric_name": "Asleep"}},
        says="no metric filter of us-east-1 creates Asleep in slep, and no role may publish there",
        others=(stack({"aws_iam_role_policy.publisher": {"policy": _publisher("sleep")}}, layer="cost"),),
    ),
    sample(
        "alarm-actions-are-enabled",
        ALARM,
        changed(ALARM, "aws_cloudwatch_metric_alarm.root", actions_enabled=False),
        says="actions_enabled is off",
    ),
    sample(
        "account-blocks-public-access",
        ACCOUNT,
        changed(ACCOUNT, "aws_s3_account_public_access_block.all", block_public_policy=None),
        says="block_public_policy is off",
    ),
    sample(
        "account-blocks-public-access",
        ACCOUNT,
        changed(ACCOUNT, "aws_ebs_encryption_by_default.all", enabled=False),
        at="aws_ebs_encryption_by_default.all",
        says="enabled is off",
    ),
)

"""Samples for the rules on trails, recorders, detectors and alarms."""

from __future__ import annotations

import json
from typing import Any

from tests.compliance.samples import backend, changed, reads, sample, stack, without


def _filter(namespace: str) -> dict[str, Any]:
    return {"metric_transformation": {"namespace": namespace, "name": "root"}}


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
FAILURES: dict[str, dict[str, Any]] = {
    "aws_sqs_queue.failed": {"name": "failed"},
    "aws_lambda_function.rotation": {"dead_letter_config": {"target_arn": "${aws_sqs_queue.failed.arn}"}},
    "aws_scheduler_schedule.daily": {
        "target": {"dead_letter_config": {"arn": "${aws_sqs_queue.failed.arn}"}},
    },
    "aws_cloudwatch_metric_alarm.failed": {
        "metric_name": "ApproximateNumberOfMessagesVisible",
        "dimensions": {"QueueName": "${aws_sqs_queue.failed.name}"},
    },
}
_QUEUE = "${aws_sqs_queue.failed.arn}"
_FAILURE_TARGETS: dict[str, dict[str, Any]] = {
    "aws_cloudwatch_event_target.nightly": {"dead_letter_config": {"arn": _QUEUE}},
    "aws_lambda_event_source_mapping.jobs": {"destination_config": [{"on_failure": [{"destination_arn": _QUEUE}]}]},
    "aws_lambda_function_event_invoke_config.jobs": {"destination_config": {"on_failure": {"destination": _QUEUE}}},
    "aws_sns_topic_subscription.jobs": {"redrive_policy": json.dumps({"deadLetterTargetArn": _QUEUE})},
    "aws_sqs_queue_redrive_policy.jobs": {"redrive_policy": json.dumps({"deadLetterTargetArn": _QUEUE})},
}
_ON_FAILURES = {
    "aws_sqs_queue.failed": FAILURES["aws_sqs_queue.failed"],
    "aws_cloudwatch_metric_alarm.failed": FAILURES["aws_cloudwatch_metric_alarm.failed"],
}
_OTHER_STACK_FAILS = stack(
    {
        "aws_lambda_function.jobs": {
            "dead_letter_config": {"target_arn": "${data.terraform_remote_state.unit.outputs.failed}"}
        }
    },
    layer="jobs",
    data=reads("unit"),
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
    *(
        sample(
            "dead-letter-queue-has-an-alarm",
            {**_ON_FAILURES, address: arguments},
            {"aws_sqs_queue.failed": {}, address: arguments},
            says="no alarm watches its ApproximateNumberOfMessagesVisible",
        )
        for address, arguments in _FAILURE_TARGETS.items()
    ),
    sample(
        "dead-letter-queue-has-an-alarm",
        _ON_FAILURES,
        without(_ON_FAILURES, "aws_cloudwatch_metric_alarm.failed"),
        says="no alarm watches its ApproximateNumberOfMessagesVisible",
        others=(_OTHER_STACK_FAILS,),
        terraform=backend("unit"),
        output={"failed": {"value": _QUEUE}},
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
        "dead-letter-queue-has-an-alarm",
        FAILURES,
        without(FAILURES, "aws_cloudwatch_metric_alarm.failed"),
        says="no alarm watches its ApproximateNumberOfMessagesVisible",
    ),
    sample(
        "dead-letter-queue-has-an-alarm",
        FAILURES,
        changed(
            without(FAILURES, "aws_lambda_function.rotation"),
            "aws_cloudwatch_metric_alarm.failed",
            metric_name="NumberOfMessagesSent",
        ),
        says="no alarm watches its ApproximateNumberOfMessagesVisible",
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

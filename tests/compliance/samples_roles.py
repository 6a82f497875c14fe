"""Samples for the rules on boundaries, on roles of services, and on what an account has once."""

from __future__ import annotations

from typing import Any

from tests.compliance.samples import ACCOUNT, Sample, changed, policy, sample, stack

_ARN = f"arn:aws:iam::{ACCOUNT}:policy/acme-test-workload-boundary"
_ROLE, _POLICY, _BOUNDARY = "aws_iam_role.r", "aws_iam_role_policy.p", "aws_iam_policy.b"
_ALLOW = {"Effect": "Allow", "Resource": "*"}
_TRUST = policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}})
_OF_ROLE = "${aws_iam_role.r.id}"
_GOOD: dict[str, dict[str, Any]] = {
    _ROLE: {"assume_role_policy": _TRUST, "permissions_boundary": _ARN},
    _POLICY: {
        "role": _OF_ROLE,
        "policy": policy({**_ALLOW, "Action": ["s3:GetObject*"], "Resource": "${aws_x.y.arn}"}),
    },
    _BOUNDARY: {
        "name": "acme-test-workload-boundary",
        "policy": policy(
            {**_ALLOW, "Action": ["s3:Get*", "iam:Get*"]}, {**_ALLOW, "Effect": "Deny", "Action": "iam:GetUser"}
        ),
    },
}
_PROVIDER: dict[str, Any] = {"provider": {"aws": [{"allowed_account_ids": [ACCOUNT]}]}}
_PROVIDER_WITH_REGION: dict[str, Any] = {
    "provider": {"aws": [{"allowed_account_ids": [ACCOUNT], "region": "us-east-1"}]}
}
_BOUND = {"StringEquals": {"iam:PermissionsBoundary": _ARN}}
_KEEP = {"Effect": "Deny", "Action": "iam:DeleteRolePermissionsBoundary", "Resource": "*"}
_CHANGES = {_POLICY: {"policy": policy({**_ALLOW, "Action": "iam:CreateRole", "Condition": _BOUND}, _KEEP)}}


def _boundary(rule: str, address: str, says: str, at: str | None = None, **arguments: object) -> Sample:
    return sample(rule, _GOOD, changed(_GOOD, address, **arguments), at=at or address, says=says, **_PROVIDER)


def _queue(name: str) -> dict[str, dict[str, Any]]:
    """A role that sends to a queue, within a boundary that allows it for the names of one environment."""
    own = {"Effect": "Allow", "Action": "sqs:*", "Resource": f"arn:aws:sqs:*:{ACCOUNT}:acme-test-*"}
    sends = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "${aws_sqs_queue.q.arn}"}
    good = changed(_GOOD, _BOUNDARY, policy=policy(own))
    return {**changed(good, _POLICY, policy=policy(sends)), "aws_sqs_queue.q": {"name": name}}


def _changes(says: str, *statements: dict[str, Any]) -> Sample:
    return sample("role-changes-require-a-boundary", _CHANGES, {_POLICY: {"policy": policy(*statements)}}, says=says)


def _use(kind: str, arguments: dict[str, Any], actions: list[str], missing: str) -> Sample:
    user = {f"{kind}.u": arguments, _ROLE: {}}
    good = {**user, _POLICY: {"role": _OF_ROLE, "policy": policy({**_ALLOW, "Action": actions})}}
    fewer = [action for action in actions if action != missing]
    bad = {**user, _POLICY: {"role": _OF_ROLE, "policy": policy({**_ALLOW, "Action": fewer or ["x:Y"]})}}
    return sample("service-role-has-minimum-actions", good, bad, says=f"aws_iam_role.r does not allow {missing}: https")


_ROLE_ARN = "${aws_iam_role.r.arn}"
_LOGS = ["logs:CreateLogStream", "logs:PutLogEvents"]
_LAMBDA = {"role": _ROLE_ARN, "dead_letter_config": {"target_arn": "q"}}
_TARGET = {"role_arn": _ROLE_ARN, "dead_letter_config": {"arn": "q"}}
_FEATURES = {
    f"aws_guardduty_detector_feature.{name}": {"detector_id": "${aws_guardduty_detector.d.id}", "name": name}
    for name in (
        "EBS_MALWARE_PROTECTION",
        "EKS_AUDIT_LOGS",
        "LAMBDA_NETWORK_LOGS",
        "RDS_LOGIN_EVENTS",
        "S3_DATA_EVENTS",
    )
}
_RUNTIME = "aws_guardduty_detector_feature.runtime"
_AGENTS = ("EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT")
_DETECTOR: dict[str, dict[str, Any]] = {
    "aws_guardduty_detector.d": {},
    **_FEATURES,
    _RUNTIME: {
        "detector_id": "${aws_guardduty_detector.d.id}",
        "name": "RUNTIME_MONITORING",
        "additional_configuration": [{"name": name} for name in _AGENTS],
    },
}
_GROUP = {"name": "/acme/test/api", "kms_key_id": "${aws_kms_key.k.arn}"}
_LOG_GROUPS = "arn:aws:logs:us-east-1:444444444444:log-group"


def _key(name: str | None) -> dict[str, dict[str, Any]]:
    condition = {} if name is None else {"Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": name}}}
    logs = {**_ALLOW, "Action": "kms:Decrypt", "Principal": {"Service": "logs.us-east-1.amazonaws.com"}, **condition}
    return {"aws_kms_key.k": {"policy": policy(logs)}}


def _topic(service: str) -> dict[str, dict[str, Any]]:
    condition = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    publish = {**_ALLOW, "Action": "sns:Publish", "Principal": {"Service": service}, "Condition": condition}
    return {"aws_sns_topic_policy.t": {"policy": policy(publish)}}


SAMPLES = (
    _boundary("role-has-a-boundary", _ROLE, "permissions_boundary is not set", permissions_boundary=None),
    _boundary(
        "role-has-a-boundary", _ROLE, f"use {_ARN}", permissions_boundary="arn:aws:iam::aws:policy/PowerUserAccess"
    ),
    Sample(
        rule="role-has-a-boundary",
        good=stack({_ROLE: {"permissions_boundary": _ARN}}, **_PROVIDER),
        bad=stack({_ROLE: {"permissions_boundary": f"{_ARN}-2"}}, **_PROVIDER),
        others=(stack({_BOUNDARY: _GOOD[_BOUNDARY]}, layer="state"),),
        at=_ROLE,
        says=f"use {_ARN}",
    ),
    _changes("allows iam:CreateRole without StringEquals", {**_ALLOW, "Action": "iam:CreateRole"}, _KEEP),
    _changes("allows iam:AttachRolePolicy without StringEquals", {**_ALLOW, "Action": "*"}, _KEEP),
    _changes("allows iam:AttachRolePolicy without StringEquals", {**_ALLOW, "NotAction": "s3:*"}, _KEEP),
    _changes("allows iam:CreateAccessKey, which no", {**_ALLOW, "Action": "iam:CreateAccess*"}),
    _changes("does not deny iam:DeleteRole", {**_ALLOW, "Action": "iam:PutRolePolicy", "Condition": _BOUND}),
    sample(
        "boundary-is-not-a-grant",
        {"aws_iam_role_policy_attachment.a": {"policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}},
        {"aws_iam_role_policy_attachment.a": {"policy_arn": _ARN}},
        says="which is a boundary",
    ),
    _boundary(
        "boundary-allows-what-the-role-needs",
        _POLICY,
        "allows s3:PutObject on *, and the boundary aws_iam_policy.b does not",
        policy=policy({**_ALLOW, "Action": ["s3:GetObject", "s3:PutObject"]}),
    ),
    _boundary(
        "boundary-allows-what-the-role-needs",
        _BOUNDARY,
        "allows s3:GetObject* on ${aws_x.y.arn}, and the boundary",
        at=_POLICY,
        policy=policy({**_ALLOW, "Action": "sqs:*"}),
    ),
    sample(
        "boundary-allows-what-the-role-needs",
        _queue("acme-test-jobs"),
        _queue("jobs"),
        at=_POLICY,
        says=f"allows sqs:SendMessage on arn:aws:sqs:us-east-1:{ACCOUNT}:jobs, and the boundary",
        **_PROVIDER_WITH_REGION,
    ),
    sample(
        "boundary-allows-what-the-role-needs",
        _queue("acme-test-jobs"),
        changed(_queue("acme-test-jobs"), _POLICY, policy=policy({**_ALLOW, "Action": "sqs:SendMessage"})),
        at=_POLICY,
        says="allows sqs:SendMessage on *, and the boundary",
        **_PROVIDER_WITH_REGION,
    ),
    _boundary("policy-fits-its-quota", _BOUNDARY, "IAM allows 6144", policy=policy({"Sid": "x" * 6_144})),
    _boundary("policy-fits-its-quota", _ROLE, "IAM allows 2048", assume_role_policy=policy({"Sid": "x" * 2_048})),
    _boundary(
        "policy-fits-its-quota",
        _POLICY,
        "IAM allows 10240",
        at=_ROLE,
        policy=policy({"Resource": ["${aws_x.y.arn}"] * 100, "Sid": "x" * 1_000}),
    ),
    sample(
        "policy-fits-its-quota",
        _GOOD,
        {**_GOOD, **{f"aws_iam_role_policy_attachment.a{index}": {"role": _OF_ROLE} for index in range(11)}},
        at=_ROLE,
        says="has 11 managed policies; IAM allows 10",
    ),
    _use("aws_cloudtrail", {"cloud_watch_logs_role_arn": _ROLE_ARN}, _LOGS, "logs:PutLogEvents"),
    _use(
        "aws_flow_log",
        {"iam_role_arn": _ROLE_ARN},
        [*_LOGS, "logs:DescribeLogGroups", "logs:DescribeLogStreams"],
        "logs:DescribeLogGroups",
    ),
    _use("aws_lambda_function", _LAMBDA, [*_LOGS, "sqs:SendMessage"], "sqs:SendMessage"),
    _use(
        "aws_lambda_function",
        {"role": _ROLE_ARN, "vpc_config": {"subnet_ids": ["s"]}},
        [
            *_LOGS,
            "ec2:*PrivateIpAddresses",
            "ec2:Describe*",
            "ec2:DeleteNetworkInterface",
            "ec2:CreateNetworkInterface",
        ],
        "ec2:CreateNetworkInterface",
    ),
    _use("aws_codebuild_project", {"service_role": _ROLE_ARN}, [*_LOGS, "s3:Get*", "s3:PutObject"], "s3:PutObject"),
    _use(
        "aws_codebuild_project",
        {"service_role": _ROLE_ARN, "vpc_config": {"subnets": ["s"]}},
        [*_LOGS, "s3:*", "ec2:Describe*", "ec2:DeleteNetworkInterface", "ec2:CreateNetworkInterface*"],
        "ec2:DeleteNetworkInterface",
    ),
    _use("aws_scheduler_schedule", {"target": _TARGET}, ["lambda:Invoke*", "sqs:SendMessage"], "sqs:SendMessage"),
    _use("aws_scheduler_schedule", {"target": _TARGET}, ["lambda:InvokeFunction", "sqs:*"], "lambda:InvokeFunction"),
    sample(
        "service-sends-what-is-required",
        _topic("cloudwatch.amazonaws.com"),
        _topic("rds.amazonaws.com"),
        says="requires aws:sourceaccount of rds.amazonaws.com, and no page is known",
    ),
    sample(
        "detector-sets-every-feature",
        _DETECTOR,
        {address: arguments for address, arguments in _DETECTOR.items() if "EKS_AUDIT" not in address},
        says="no aws_guardduty_detector_feature sets EKS_AUDIT_LOGS",
    ),
    sample(
        "detector-sets-every-feature",
        _DETECTOR,
        changed(_DETECTOR, _RUNTIME, additional_configuration=[{"name": _AGENTS[0]}]),
        at=_RUNTIME,
        says="does not set ECS_FARGATE_AGENT_MANAGEMENT, EC2",
    ),
    sample(
        "account-singleton-is-not-created",
        {},
        {"aws_iam_service_linked_role.config": {"aws_service_name": "config.amazonaws.com"}},
        says="creates the role of config.amazonaws.com",
    ),
    sample(
        "key-names-its-log-groups",
        {**_key(f"{_LOG_GROUPS}:/acme/test/*"), **_key(f"{_LOG_GROUPS}:/aws/*/acme-test-*")},
        _key(f"{_LOG_GROUPS}:*"),
        says="also of other environments",
    ),
    sample(
        "key-names-its-log-groups",
        _key(f"{_LOG_GROUPS}:aws-waf-logs-acme-test-*"),
        _key(f"{_LOG_GROUPS}:aws-waf-logs-*"),
        says="also of other environments",
    ),
    sample(
        "defaults-are-written-out",
        {"aws_lb_listener.l": {"protocol": "HTTPS", "ssl_policy": "x"}, "aws_lb_listener.m": {"protocol": "HTTP"}},
        {"aws_lb_listener.l": {"protocol": "HTTPS"}},
        says="does not set ssl_policy",
    ),
    sample(
        "defaults-are-written-out",
        {"aws_subnet.s": {"map_public_ip_on_launch": False}},
        {"aws_subnet.s": {}},
        says="does not set map_public_ip_on_launch",
    ),
    sample("key-names-its-log-groups", _key(f"{_LOG_GROUPS}:/acme/test/*"), _key(None), says="without the condition"),
    sample(
        "log-group-key-allows-it",
        {"aws_cloudwatch_log_group.g": _GROUP, **_key(f"{_LOG_GROUPS}:/acme/test/*")},
        {"aws_cloudwatch_log_group.g": _GROUP, **_key(f"{_LOG_GROUPS}:/acme/other/*")},
        says="aws_kms_key.k does not allow CloudWatch Logs",
    ),
)

"""Samples for the rules on IAM."""

from __future__ import annotations

from typing import Any

from tests.compliance.samples import ACCOUNT, Sample, policy, sample

_P, _T, _K = "aws_iam_role_policy.p", "aws_iam_role.r", "aws_kms_key.k"
_ALLOW = {"Effect": "Allow"}
_BUCKET = {**_ALLOW, "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::assets/*"}
_TOKEN = {**_ALLOW, "Action": "ecr:GetAuthorizationToken", "Resource": "*"}
_PASS = {
    **_ALLOW,
    "Action": "iam:PassRole",
    "Resource": f"arn:aws:iam::{ACCOUNT}:role/task",
    "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
}
_DENY_ALL = {"Effect": "Deny", "Action": "*", "Resource": "*"}
_OF_ACCOUNT = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
_SERVICE = {**_ALLOW, "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}
_OIDC = {
    **_ALLOW,
    "Action": "sts:AssumeRoleWithWebIdentity",
    "Principal": {"Federated": "${aws_iam_openid_connect_provider.github.arn}"},
}
_AUDIENCE = {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}
_SUBJECT = {"token.actions.githubusercontent.com:sub": "repo:acme/infra:ref:refs/heads/main"}
_KEY = {**_ALLOW, "Action": "kms:*", "Resource": "*", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}


def _may(rule: str, statement: dict[str, Any], *, says: str) -> Sample:
    good = {_P: {"policy": policy(_BUCKET, _TOKEN, _PASS, _DENY_ALL)}}
    return sample(rule, good, {_P: {"policy": policy(_BUCKET, {**_ALLOW, **statement})}}, says=says)


def _trust(rule: str, statement: dict[str, Any], *, says: str) -> Sample:
    oidc = {**_OIDC, "Condition": {"StringEquals": {**_AUDIENCE, **_SUBJECT}}}
    good = {_T: {"assume_role_policy": policy({**_SERVICE, "Condition": _OF_ACCOUNT}, oidc)}}
    return sample(rule, good, {_T: {"assume_role_policy": policy(statement)}}, says=says)


def _key(rule: str, statement: dict[str, Any], *, says: str) -> Sample:
    logs = {**_KEY, "Principal": {"Service": "logs.amazonaws.com"}, "Condition": _OF_ACCOUNT}
    any_of_account = {**_KEY, "Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}}
    deny_everyone = {**_DENY_ALL, "Principal": "*"}
    good = {_K: {"policy": policy(_KEY, logs, any_of_account, deny_everyone)}}
    return sample(rule, good, {_K: {"policy": policy(_KEY, statement)}}, says=says)


_INTERFACES = {**_ALLOW, "Action": ["ec2:CreateNetworkInterface"], "Resource": "*"}
_BY_CODE = {"ArnEquals": {"lambda:SourceFunctionArn": "arn"}}
_TASKS = {
    **_ALLOW,
    "Action": "ecs:ListTasks",
    "Resource": "*",
    "Condition": {"ArnEquals": {"ecs:cluster": "arn"}},
}
_READABLE = {_P: {"policy": policy(_BUCKET)}}
_ATTACHED = "aws_iam_role_policy_attachment.a"
_READ_ONLY = {_ATTACHED: {"policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}

_EVENTS = "events.amazonaws.com"
_PUBLISH = {"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"}

SAMPLES = (
    sample("policy-can-be-read", _READABLE, {_P: {"policy": "${file(x)}"}}, says="is not known before a plan"),
    _may("role-names-its-actions", {"Action": "*", "Resource": "arn"}, says="allows the action *"),
    _may("role-names-its-actions", {"Action": ["s3:*"], "Resource": "arn"}, says="allows the action s3:*"),
    _may("role-names-its-actions", {"NotAction": "iam:*", "Resource": "arn"}, says="NotAction"),
    _may("role-names-its-resources", {"Action": "kms:Decrypt", "Resource": ["*"]}, says="kms:Decrypt"),
    _may("role-names-its-resources", {"Action": "ecs:ListTasks", "Resource": "*"}, says="ecs:ListTasks"),
    _may(
        "role-names-its-resources",
        {"Action": "rds:DescribeDBInstanceAutomatedBackups", "Resource": "*"},
        says="rds:DescribeDBInstanceAutomatedBackups",
    ),
    _may("role-names-its-resources", {"Action": "s3:GetObject", "NotResource": "arn"}, says="NotResource"),
    sample(
        "role-names-its-resources",
        {_P: {"policy": policy(_INTERFACES, _TASKS)}},
        {_P: {"policy": policy({**_TASKS, "Condition": _OF_ACCOUNT})}},
        says="ecs:ListTasks",
    ),
    sample(
        "network-interfaces-are-for-lambda",
        {_P: {"policy": policy(_INTERFACES, {**_INTERFACES, "Effect": "Deny", "Condition": _BY_CODE})}},
        {_P: {"policy": policy(_INTERFACES, {**_INTERFACES, "Effect": "Deny", "Condition": _OF_ACCOUNT})}},
        says="allows ec2:CreateNetworkInterface, and does not deny it",
    ),
    _may(
        "network-interfaces-are-for-lambda",
        {"Action": "ec2:*NetworkInterface", "Resource": "arn"},
        says="allows ec2:*NetworkInterface",
    ),
    sample(
        "role-is-not-an-administrator",
        _READ_ONLY,
        {_ATTACHED: {"policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"}},
        says="AdministratorAccess",
    ),
    sample(
        "role-is-not-an-administrator",
        {_T: {"managed_policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]}},
        {_T: {"managed_policy_arns": ["arn:aws:iam::aws:policy/AmazonS3FullAccess"]}},
        says="AmazonS3FullAccess",
    ),
    *(
        sample(
            "role-is-not-an-administrator",
            {"aws_new_attachment.a": {name: "arn:aws:iam::aws:policy/ReadOnlyAccess"}},
            {"aws_new_attachment.a": {name: arn}},
            says=arn,
            data={"aws_iam_policy": {"a": {"name": "AdministratorAccess"}}},
        )
        for name, arn in (
            ("policy_arns", "arn:aws:iam::aws:policy/job-function/SystemAdministrator"),
            ("managed_policy_arn", "arn:aws-us-gov:iam::aws:policy/IAMFullAccess"),
            ("policy_arn", "${data.aws_iam_policy.a.arn}"),
        )
    ),
    _may("pass-role-names-services", {"Action": "iam:*", "Resource": "*"}, says="iam:PassedToService"),
    _trust("service-trust-names-account", _SERVICE, says="ecs-tasks.amazonaws.com may assume it"),
    _trust(
        "service-trust-names-account",
        {**_SERVICE, "Principal": {"Service": "rds.amazonaws.com"}, "Condition": _OF_ACCOUNT},
        says="which rds.amazonaws.com may not send: https://",
    ),
    _trust(
        "service-trust-names-account",
        {**_SERVICE, "Principal": {"Service": "new.amazonaws.com"}},
        says="new.amazonaws.com is in no table",
    ),
    _trust(
        "oidc-trust-names-subject",
        {**_OIDC, "Condition": {"StringEquals": _AUDIENCE}},
        says="no exact sub",
    ),
    _trust(
        "oidc-trust-names-subject",
        {**_OIDC, "Condition": {"StringEquals": _SUBJECT, "StringLike": _AUDIENCE}},
        says="no exact aud",
    ),
    _trust("policy-is-not-public", {**_SERVICE, "Principal": {"AWS": "*"}}, says="allows every principal"),
    _key("policy-is-not-public", {**_KEY, "Principal": "*"}, says="allows every principal"),
    _key("policy-is-not-public", {**_ALLOW, "Action": "kms:*", "NotPrincipal": {"AWS": "x"}}, says="every principal"),
    sample(
        "policy-is-not-public",
        {"aws_lambda_permission.p": {"principal": "events.amazonaws.com"}},
        {"aws_lambda_permission.p": {"principal": "*"}},
        says="every principal to call",
    ),
    _key(
        "service-principal-is-restricted",
        {**_KEY, "Principal": {"Service": "sns.amazonaws.com"}},
        says="allows sns.amazonaws.com for every account",
    ),
    *(
        sample(
            "service-principal-is-restricted",
            {"aws_sns_topic_policy.t": {"policy": policy({**_PUBLISH, "Principal": {"Service": _EVENTS}})}},
            {"aws_sns_topic_policy.t": {"policy": policy({**_PUBLISH, **changes})}},
            says="for every account",
        )
        for changes in (
            {"Principal": {"Service": "s3.amazonaws.com"}},
            {"Principal": {"Service": [_EVENTS, "s3.amazonaws.com"]}},
            {"Principal": {"Service": _EVENTS}, "Action": ["sns:Publish", "sns:Subscribe"]},
        )
    ),
    sample("stack-has-no-iam-users", _READABLE, {"aws_iam_user.ci": {}}, says="use a role"),
)

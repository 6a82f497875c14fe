"""Samples for the rules on what policies mean; test_policy_meaning.py has their forms, places and weakenings."""

from __future__ import annotations

from typing import Any, Final

from tests.compliance.samples import ACCOUNT, Sample, backend, policy, reads, sample, stack

_ALLOW: Final = {"Effect": "Allow"}
_QUEUE: Final = "aws_sqs_queue_policy.q"
_FOREIGN: Final = "999999999999"
_OWN: Final[dict[str, Any]] = {"provider": {"aws": [{"allowed_account_ids": [ACCOUNT]}]}}
_USE: Final = {**_ALLOW, "Action": "sqs:SendMessage", "Resource": "*", "Principal": {"AWS": ACCOUNT}}


def _entry(rule: str, statement: dict[str, Any], says: str, **blocks: Any) -> Sample:
    good, bad = ({_QUEUE: {"policy": policy(one)}} for one in (_USE, {**_USE, **statement}))
    return sample(rule, good, bad, says=says, **_OWN, **blocks)


def _condition(operator: str, key: str, *values: str) -> dict[str, Any]:
    return {"Principal": "*", "Condition": {operator: {key: list(values)}}}


def _argument(rule: str, address: str, good: dict[str, Any], bad: dict[str, Any], says: str) -> Sample:
    return sample(rule, {address: good}, {address: bad}, says=says, **_OWN)


_WHO: Final = stack(layer="who", output={"who": {"value": f"arn:aws:iam::{_FOREIGN}:root"}}, terraform=backend("who"))
_BY_OUTPUT: Final = sample(
    "policy-names-no-foreign-account",
    {_QUEUE: {"policy": policy(_USE)}},
    {_QUEUE: {"policy": policy({**_USE, "Principal": {"AWS": "${data.terraform_remote_state.who.outputs.who}"}})}},
    says=f"names {_FOREIGN}",
    others=(_WHO,),
    data=reads("who"),
    **_OWN,
)

_ENDPOINT: Final = "aws_vpc_endpoint.e"
_ANY: Final = {**_ALLOW, "Principal": "*", "Action": "*", "Resource": "*"}
_ROLE: Final = "aws_iam_role.r"
_WAY: Final = {**_ALLOW, "Action": "iam:Attach*", "Resource": f"arn:aws:iam::{ACCOUNT}:role/app"}
_BOUND: Final = {"Condition": {"StringEquals": {"iam:PermissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/limit"}}}
_NO_WAY: Final = {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}


def _role(*statements: dict[str, Any], **arguments: Any) -> dict[str, dict[str, Any]]:
    return {_ROLE: {"name": "r", "inline_policy": [{"name": "p", "policy": policy(*statements)}], **arguments}}


def _way(bad: dict[str, dict[str, Any]], says: str) -> Sample:
    # A denial, a condition and a boundary each end the way.
    keys = {**_WAY, "Action": "iam:CreateAccessKey", "Resource": "*"}
    good = _role({**_WAY, **_BOUND}, keys, {**_NO_WAY, "Action": "iam:Create*"})
    return sample("role-cannot-become-administrator", good, bad, at=_ROLE, says=says, **_OWN)


_LIMIT: Final = {
    "aws_iam_policy.limit": {"name": "limit", "policy": policy({**_ALLOW, "Action": "s3:GetObject", "Resource": "*"})}
}
_REPLICATION: Final = "aws_s3_bucket_replication_configuration.c"
_TARGET: Final = {"aws_s3_bucket.copy": {"bucket": "copy"}}


def _copies(bucket: str) -> dict[str, dict[str, Any]]:
    return {_REPLICATION: {"rule": [{"destination": {"bucket": bucket}}]}, **_TARGET}


SAMPLES = (
    _entry("policy-names-no-foreign-account", {"Principal": {"AWS": _FOREIGN}}, f"names {_FOREIGN}"),
    _entry(
        "policy-names-no-foreign-account",
        _condition("StringEquals", "aws:PrincipalOrgID", "o-abcdefghij"),
        "a whole organization",
    ),
    _entry("policy-names-no-foreign-account", {"Principal": {"AWS": "AIDACKCEVSQ6C2EXAMPLE"}}, "the unique id AIDA"),
    _BY_OUTPUT,
    _entry("principal-is-known", {"Principal": {"AWS": "${var.who}"}}, "cannot be judged"),
    _entry("condition-restricts", _condition("StringLike", "aws:SourceVpce", "*"), "which is any"),
    _entry("condition-restricts", _condition("StringEquals", "aws:SourceArn", "arn:aws:s3:::a*"), "as characters"),
    _entry("condition-restricts", _condition("StringEquals", "aws:SourceArn"), "has no value"),
    _entry(
        "condition-restricts",
        _condition("IpAddress", "aws:SourceIp", "0.0.0.0/1", "128.0.0.0/1"),
        "nearly every address",
    ),
    _entry(
        "condition-is-the-right-way-round",
        _condition("Bool", "aws:SecureTransport", "false"),
        "allows where aws:securetransport is false",
    ),
    _argument(
        "argument-names-no-foreign-account",
        "aws_ami_launch_permission.p",
        {"account_id": ACCOUNT, "tags": {"Owner": _FOREIGN}},
        {"account_id": _FOREIGN},
        f"account_id names the account {_FOREIGN}",
    ),
    _argument(
        "argument-names-no-foreign-account",
        "aws_new_thing.p",
        {"deep": [{"target": f"arn:aws:sns:us-east-1:{ACCOUNT}:t"}]},
        {"deep": [{"target": f"arn:aws:sns:us-east-1:{_FOREIGN}:t"}]},
        "deep.target",
    ),
    _argument(
        "resource-is-not-shared-with-everyone",
        "aws_ami_launch_permission.p",
        {"account_id": ACCOUNT},
        {"group": "all"},
        "which is everyone",
    ),
    _argument(
        "resource-is-not-shared-with-everyone", "aws_s3_object.o", {"acl": "private"}, {"acl": "public-read"}, "acl"
    ),
    _argument(
        "resource-is-not-shared-with-everyone",
        "aws_ram_resource_share.s",
        {"allow_external_principals": False},
        {"allow_external_principals": True},
        "with any account",
    ),
    _argument(
        "service-principal-is-restricted",
        "aws_lambda_permission.p",
        {"principal": "events.amazonaws.com", "source_arn": "${aws_lambda_permission.p.arn}"},
        {"principal": "events.amazonaws.com", "source_arn": "arn:aws:events:*:*:rule/*"},
        "for every account",
    ),
    sample("replication-stays-in-own-buckets", _copies("arn:aws:s3:::copy"), _copies("arn:aws:s3:::cpoy"), says="cpoy"),
    sample(
        "endpoint-reaches-own-accounts",
        {_ENDPOINT: {"policy": policy({**_ANY, "Condition": {"StringEquals": {"aws:ResourceAccount": ACCOUNT}}})}},
        {_ENDPOINT: {"policy": policy({**_ANY, "Condition": {"StringLike": {"aws:ResourceAccount": "*"}}})}},
        says="demand aws:ResourceAccount",
        **_OWN,
    ),
    _way(_role(_WAY), "iam:AttachRolePolicy"),
    _way(_role({**_WAY, **_BOUND}, {**_ALLOW, "NotAction": "s3:*", "Resource": "*"}), "iam:CreateAccessKey"),
    _way(
        {
            **_role(),
            "aws_iam_role_policy_attachment.a": {
                "role": "${aws_iam_role.r.name}",
                "policy_arn": "arn:aws:iam::aws:policy/IAMFullAccess",
            },
        },
        "aws_iam_role_policy_attachment.a allows",
    ),
    sample(
        "role-cannot-become-administrator",
        {**_role(_WAY, permissions_boundary="${aws_iam_policy.limit.arn}"), **_LIMIT},
        {**_role(_WAY, permissions_boundary="arn:aws:iam::aws:policy/AdministratorAccess"), **_LIMIT},
        at=_ROLE,
        says="iam:AttachRolePolicy",
        **_OWN,
    ),
    _way(
        _role(
            {**_WAY, "Action": "iam:PassRole", "Resource": f"arn:aws:iam::{ACCOUNT}:role/*"},
            {**_ALLOW, "Action": "lambda:Create*", "Resource": "*"},
        ),
        "iam:PassRole on arn:aws:iam::444444444444:role/*, and lambda:CreateFunction",
    ),
)

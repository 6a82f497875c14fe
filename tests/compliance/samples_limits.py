"""Samples of boundaries that deny a role what its own policies allow, or allow it under another condition."""

from __future__ import annotations

from typing import Any

from tests.compliance.samples import ACCOUNT, Sample, policy, sample

_RULE = "boundary-allows-what-the-role-needs"
_ARN = f"arn:aws:iam::{ACCOUNT}:policy/acme-test-workload-boundary"
_ANY = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_OF_ROLE, _OF_OTHER = (f"arn:aws:iam::{ACCOUNT}:role/acme-test-{name}" for name in ("writer", "mirror"))
_PROVIDER: dict[str, Any] = {"provider": {"aws": [{"allowed_account_ids": [ACCOUNT], "region": "us-west-2"}]}}
_POLICY = "aws_iam_role_policy.p"
_PARAMETER = {"aws_ssm_parameter.s": {"name": "/acme/test/switch"}}
_COPY = {"aws_s3_bucket.c": {"bucket": "acme-test-copy"}}


def _role(*statements: dict[str, Any], limits: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        "aws_iam_role.r": {"name": "acme-test-writer", "permissions_boundary": _ARN},
        _POLICY: {"role": "${aws_iam_role.r.id}", "policy": policy(*statements)},
        "aws_iam_policy.b": {"name": "acme-test-workload-boundary", "policy": policy(*limits)},
    }


def _sample(statement: dict[str, Any], good: list[dict[str, Any]], bad: list[dict[str, Any]], *, says: str) -> Sample:
    allowed = {"Effect": "Allow", **statement}
    made = {**_PARAMETER, **_COPY}
    return sample(
        _RULE,
        {**_role(allowed, limits=good), **made},
        {**_role(allowed, limits=bad), **made},
        at=_POLICY,
        says=says,
        region="us-west-2",
        **_PROVIDER,
    )


def _but(role: str, **statement: Any) -> dict[str, Any]:
    return {"Effect": "Deny", **statement, "Condition": {"ArnNotEquals": {"aws:PrincipalArn": role}}}


_WRITES = {"Action": "ssm:PutParameter", "Resource": f"arn:aws:ssm:us-west-2:{ACCOUNT}:parameter/acme/test/*"}
_WRITE = {"Action": ["ssm:GetParameter", "ssm:PutParameter"], "Resource": "${aws_ssm_parameter.s.arn}"}
_PUT = {"Action": "s3:PutObject", "Resource": "${aws_s3_bucket.c.arn}/web/*"}
_BUCKET = "arn:aws:s3:::acme-test-copy"
_IN_WEST = {"StringEquals": {"aws:RequestedRegion": "us-west-2"}}
_ALIASES = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/acme-test-audit"}}
_KEY_USE = {
    "Action": "kms:Decrypt",
    "Resource": "${aws_kms_key.k.arn}",
    "Condition": {"StringEquals": {"kms:ViaService": ["rds.us-west-2.amazonaws.com", "sqs.us-west-2.amazonaws.com"]}},
}


def _via(*services: str) -> dict[str, Any]:
    names = [f"{service}.*.amazonaws.com" for service in services]
    return {**_ANY, "Action": "kms:*", "Condition": {"StringLike": {"kms:ViaService": names}}}


SAMPLES = (
    _sample(
        _WRITE,
        [_ANY, _but(_OF_ROLE, **_WRITES) | {"Sid": "DenyWrites"}],
        [_ANY, _but(_OF_OTHER, **_WRITES) | {"Sid": "DenyWrites"}],
        says=f"ssm:PutParameter on arn:aws:ssm:us-west-2:{ACCOUNT}:parameter/acme/test/switch, and the boundary "
        "aws_iam_policy.b denies it (DenyWrites)",
    ),
    _sample(
        _PUT,
        [_ANY, {"Effect": "Deny", "Action": ["s3:Delete*", "s3:PutObject?*"], "Resource": f"{_BUCKET}*"}],
        [_ANY, {"Effect": "Deny", "Action": "s3:Put*", "Resource": f"{_BUCKET}*"}],
        says=f"s3:PutObject on {_BUCKET}/web/*, and the boundary aws_iam_policy.b denies it",
    ),
    _sample(
        _PUT,
        [_ANY, {"Effect": "Deny", "Action": "s3:PutObject", "NotResource": f"{_BUCKET}/web/*"}],
        [_ANY, {"Effect": "Deny", "Action": "s3:PutObject", "NotResource": f"{_BUCKET}/api/*"}],
        says="denies it",
    ),
    # The boundary of an environment denies parts of what a pattern allows; that is what it is for.
    _sample(
        {"Action": "s3:PutObject", "Resource": "arn:aws:s3:::acme-test-*"},
        [_ANY, {"Effect": "Deny", "Action": "s3:*", "Resource": f"{_BUCKET}*"}],
        [_ANY, {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::acme-*"}],
        says="s3:PutObject on arn:aws:s3:::acme-test-*, and the boundary",
    ),
    # A condition on what nobody knows yet denies nothing.
    _sample(
        {"Action": "kms:Decrypt", "Resource": f"arn:aws:kms:us-west-2:{ACCOUNT}:key/1"},
        [_ANY, {"Effect": "Deny", "Action": "kms:*", "Resource": "*", "Condition": _ALIASES}],
        [_ANY, {"Effect": "Deny", "Action": "kms:*", "Resource": "*", "Condition": _IN_WEST}],
        says="kms:Decrypt",
    ),
    _sample(_KEY_USE, [_via("rds", "sqs")], [_via("rds")], says="and the boundary aws_iam_policy.b does not"),
)

"""Samples of roles of a pipeline that may, and may not, end copies."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.compliance.samples import ACCOUNT, Sample, policy, stack

if TYPE_CHECKING:
    from synthesis.manifest import Stack

_RULE = "pipeline-cannot-end-copies"
_ALLOW = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_WEST = {"StringEquals": {"aws:RequestedRegion": "us-west-2"}}
_DENY_WEST = {"Effect": "Deny", "Action": ["backup:*", "kms:*"], "Resource": "*", "Condition": _WEST}
_ALIAS = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/acme-test-copies"}}
_DENY_KEY = {"Effect": "Deny", "Action": "kms:*", "Resource": "*", "Condition": _ALIAS}
_PROVIDER: dict[str, Any] = {"provider": {"aws": [{"region": "us-west-2", "allowed_account_ids": [ACCOUNT]}]}}
_COPIES: dict[str, dict[str, Any]] = {
    "aws_backup_vault.v": {"name": "acme-test-recovery"},
    "aws_backup_vault_policy.p": {"backup_vault_name": "${aws_backup_vault.v.name}"},
    "aws_kms_key.k": {},
    "aws_kms_alias.k": {"name": "alias/acme-test-copies", "target_key_id": "${aws_kms_key.k.id}"},
}


def _role(*statements: dict[str, Any], managed: str | None = None) -> dict[str, dict[str, Any]]:
    trust = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": "*"}]}
    attached = {"role": "${aws_iam_role.r.name}", "policy_arn": f"arn:aws:iam::aws:policy/{managed}"}
    return {
        "aws_iam_role.r": {"name": "acme-test-github-apply", "assume_role_policy": json.dumps(trust)},
        "aws_iam_role_policy.p": {"role": "${aws_iam_role.r.id}", "policy": policy(*statements)},
        **({"aws_iam_role_policy_attachment.a": attached} if managed else {}),
    }


def _sample(good: dict[str, dict[str, Any]], bad: dict[str, dict[str, Any]], *, at: str, says: str) -> Sample:
    """The finding is about what the layer has; the role is in the same stack, as a rule sees it in any."""
    region, layer = "us-west-2", "recovery"
    return Sample(
        rule=_RULE,
        good=stack({**_COPIES, **good}, layer=layer, region=region, **_PROVIDER),
        bad=stack({**_COPIES, **bad}, layer=layer, region=region, **_PROVIDER),
        at=at,
        says=says,
    )


_THERE = {"region": "us-west-2", "bucket": "copies", "key": "data"}


def _of_second_region(denied: str) -> Stack:
    """The role of a function of another layer, whose state is in the second region."""
    return stack(
        {
            **_role(_ALLOW, _DENY_WEST, {"Effect": "Deny", "Action": "iam:*", "Resource": denied}),
            "aws_iam_role.f": {"name": "acme-test-roles-us-west-2"},
        },
        layer="data",
        region="us-west-2",
        terraform={"backend": {"s3": _THERE}},
        **_PROVIDER,
    )


_OWN_ROLE = {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}
SAMPLES = (
    _sample(
        _role(_ALLOW, _OWN_ROLE, _DENY_WEST),
        _role(_ALLOW, _OWN_ROLE, _DENY_KEY),
        at="aws_backup_vault_policy.p",
        says="backup:DeleteBackupVaultAccessPolicy",
    ),
    _sample(
        _role(_OWN_ROLE, _DENY_WEST, managed="PowerUserAccess"),
        _role(_OWN_ROLE, {**_DENY_WEST, "Action": "backup:*"}, managed="PowerUserAccess"),
        at="aws_kms_key.k",
        says="kms:ScheduleKeyDeletion",
    ),
    _sample(
        _role({**_DENY_WEST, "Effect": "Deny"}, managed="ReadOnlyAccess"),
        _role({**_ALLOW, "Action": "kms:DisableKey"}, managed="ReadOnlyAccess"),
        at="aws_kms_key.k",
        says="kms:DisableKey",
    ),
    _sample(
        _role({**_ALLOW, "Action": "kms:*"}, _DENY_KEY),
        _role({**_ALLOW, "Action": "kms:*"}, {**_DENY_KEY, "Condition": {}, "Action": "kms:Schedule*"}),
        at="aws_kms_key.k",
        says="kms:PutKeyPolicy",
    ),
    Sample(
        rule=_RULE,
        good=_of_second_region("*"),
        bad=_of_second_region(f"arn:aws:iam::{ACCOUNT}:role/acme-test-github-apply"),
        others=(stack(layer="state", terraform={"backend": {"s3": {"region": "us-east-1", "bucket": "states"}}}),),
        at="aws_iam_role.f",
        says="acme-test-github-apply may call iam:",
    ),
)

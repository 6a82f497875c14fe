"""Samples for the rules on backups of AWS Backup."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from config.backup_vault import EARLY_END
from tests.compliance.samples import ACCOUNT, Sample, changed, policy, sample, stack, without

_COPIES_ARN = f"arn:aws:backup:us-west-2:{ACCOUNT}:backup-vault:acme-test-recovery"
_OF_VAULT = "${aws_backup_vault.v.name}"
_KEEPS: dict[str, Any] = {"lifecycle": {"delete_after": 7}}
_RULE: dict[str, Any] = {
    "rule_name": "daily",
    "target_vault_name": _OF_VAULT,
    **_KEEPS,
    "copy_action": [{"destination_vault_arn": _COPIES_ARN, **_KEEPS}],
}
_REFUSAL: dict[str, Any] = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": list(EARLY_END),
    "Resource": "*",
}
_KEY_ACTIONS = [
    f"kms:{name}"
    for name in ("CreateGrant", "Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo")
]
_USES_OWN: dict[str, Any] = {
    "Effect": "Allow",
    "Action": _KEY_ACTIONS,
    "Resource": "${aws_kms_key.k.arn}",
    "Condition": {"StringEquals": {"kms:ViaService": ["rds.us-east-1.amazonaws.com", "rds.us-west-2.amazonaws.com"]}},
}
_USES_COPIES: dict[str, Any] = {
    "Effect": "Allow",
    "Action": _KEY_ACTIONS,
    "Resource": f"arn:aws:kms:us-west-2:{ACCOUNT}:key/*",
    "Condition": {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/acme-test-copies"}},
}
_PLAN, _LOCK, _POLICY, _USES, _DATABASE, _CLUSTER, _OPT_IN = (
    "aws_backup_plan.p",
    "aws_backup_vault_lock_configuration.l",
    "aws_backup_vault_policy.v",
    "aws_iam_role_policy.r",
    "aws_db_instance.d",
    "aws_docdb_cluster.d",
    "aws_backup_region_settings.s",
)
_PROVIDER = {"aws": [{"region": "us-east-1", "allowed_account_ids": [ACCOUNT]}]}
_GOOD: dict[str, dict[str, Any]] = {
    _PLAN: {"rule": [_RULE]},
    "aws_backup_vault.v": {"name": "acme-test-recovery"},
    _LOCK: {
        "backup_vault_name": _OF_VAULT,
        "changeable_for_days": 3,
        "min_retention_days": 7,
        "max_retention_days": 365,
    },
    _POLICY: {"backup_vault_name": _OF_VAULT, "policy": policy(_REFUSAL)},
    "aws_backup_selection.s": {
        "iam_role_arn": "${aws_iam_role.r.arn}",
        "resources": [f"arn:aws:rds:us-east-1:{ACCOUNT}:{kind}:acme-test-*" for kind in ("db", "cluster")],
        "condition": [{"string_equals": [{"key": "aws:ResourceTag/backup-plan", "value": "acme-test"}]}],
    },
    "aws_iam_role.r": {},
    _USES: {"role": "${aws_iam_role.r.id}", "policy": policy(_USES_OWN, _USES_COPIES)},
    "aws_kms_key.k": {},
    "aws_kms_alias.k": {"name": "alias/acme-test-databases", "target_key_id": "${aws_kms_key.k.key_id}"},
    _CLUSTER: {
        "cluster_identifier": "acme-test-documentdb",
        "kms_key_id": "${aws_kms_key.k.arn}",
        "tags": {"backup-plan": "acme-test"},
    },
    _OPT_IN: {"resource_type_opt_in_preference": {"DocumentDB": True}},
    _DATABASE: {
        "identifier": "acme-test-postgres",
        "kms_key_id": "${aws_kms_key.k.arn}",
        "tags": {"backup-plan": "acme-test"},
    },
    "aws_db_instance.replica": {
        "identifier": "acme-test-replica",
        "replicate_source_db": "${aws_db_instance.d.identifier}",
    },
}
_IN_COPIES: dict[str, dict[str, Any]] = {
    "aws_backup_vault.v": {"name": "acme-test-recovery", "kms_key_arn": "${aws_kms_key.c.arn}"},
    "aws_backup_vault_lock_configuration.l": {"backup_vault_name": _OF_VAULT, "max_retention_days": 365},
    "aws_kms_key.c": {},
    "aws_kms_alias.c": {"name": "alias/acme-test-copies", "target_key_id": "${aws_kms_key.c.key_id}"},
}
_COPIES = stack(_IN_COPIES, layer="copies", region="us-west-2")
_ROLE_THERE = f"arn:aws:iam::{ACCOUNT}:role/acme-test-backup-us-west-2"
_USES_BY_ALIAS = {
    **_USES_COPIES,
    "Resource": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/*",
    "Condition": {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/acme-test-databases"}},
}
_WITH_ROLE = stack(
    {
        **_IN_COPIES,
        "aws_iam_role.r": {"name": "acme-test-backup-us-west-2"},
        _USES: {
            "role": "${aws_iam_role.r.id}",
            "policy": policy(_USES_BY_ALIAS, {**_USES_OWN, "Resource": "${aws_kms_key.c.arn}"}),
        },
    },
    layer="copies",
    region="us-west-2",
)


def _bad(rule: str, address: str, /, *, says: str, at: str | None = None, **arguments: object) -> Sample:
    bad = changed(_GOOD, address, **arguments)
    return sample(rule, _GOOD, bad, at=at or address, says=says, others=(_COPIES,), provider=_PROVIDER)


def _rule(**arguments: object) -> list[dict[str, Any]]:
    return [{**_RULE, **arguments}]


_VAULT, _SELECTION = "aws_backup_vault.v", "aws_backup_selection.s"
_ELSEWHERE = [{"destination_vault_arn": _COPIES_ARN.replace("us-west-2", "us-east-1"), **_KEEPS}]

SAMPLES = (
    sample("vault-is-locked", _GOOD, without(_GOOD, _LOCK), at=_VAULT, says="no lock in compliance mode"),
    _bad("vault-is-locked", _LOCK, changeable_for_days=None, at=_VAULT, says="no lock in compliance mode"),
    # Without protection, there may be none.
    replace(
        sample("vault-is-locked", _GOOD, without(_GOOD, _LOCK), at=_VAULT, says="no lock"),
        good=stack(without(_GOOD, _LOCK), protected=False),
    ),
    sample(
        "vault-refuses-early-deletion",
        _GOOD,
        without(_GOOD, _POLICY),
        at=_VAULT,
        says="does not deny everyone backup:DeleteRecoveryPoint",
    ),
    _bad(
        "vault-refuses-early-deletion",
        _POLICY,
        policy=policy({**_REFUSAL, "Action": "backup:DeleteRecoveryPoint"}),
        at=_VAULT,
        says="backup:UpdateRecoveryPointLifecycle",
    ),
    _bad(
        "vault-refuses-early-deletion",
        _POLICY,
        policy=policy({**_REFUSAL, "Resource": f"arn:aws:backup:us-east-1:{ACCOUNT}:backup-vault:v"}),
        at=_VAULT,
        says="with * as Principal and Resource",
    ),
    _bad(
        "vault-refuses-early-deletion",
        _POLICY,
        policy=policy({**_REFUSAL, "Action": EARLY_END[0]}, {**_REFUSAL, "Action": list(EARLY_END[1:])}),
        at=_VAULT,
        says="one statement must",
    ),
    _bad(
        "vault-refuses-early-deletion",
        _POLICY,
        policy=policy({**_REFUSAL, "Condition": {"StringEquals": {"aws:PrincipalTag/team": "web"}}}),
        at=_VAULT,
        says="does not deny everyone",
    ),
    _bad(
        "backup-is-kept-as-its-lock-allows",
        _PLAN,
        rule=_rule(lifecycle={"delete_after": 6}),
        says="backup of daily is kept for 6 days; test-unit/aws_backup_vault_lock_configuration.l allows 7 to 365 days",
    ),
    _bad("backup-is-kept-as-its-lock-allows", _PLAN, rule=_rule(lifecycle=None), says="of daily never expires"),
    _bad(
        "backup-is-kept-as-its-lock-allows",
        _PLAN,
        rule=_rule(copy_action=[{"destination_vault_arn": _COPIES_ARN, "lifecycle": {"delete_after": 366}}]),
        says="daily is kept for 366 days; test-copies/aws_backup_vault_lock_configuration.l allows 0 to 365 days",
    ),
    _bad("backup-is-copied", _PLAN, rule=_rule(copy_action=None), says="another region gets copies of daily"),
    _bad("backup-is-copied", _PLAN, rule=_rule(copy_action=_ELSEWHERE), says="another region gets copies of daily"),
    _bad(
        "backup-is-copied",
        _PLAN,
        rule=[{**_RULE, "rule_name": name, "copy_action": None} for name in ("daily", "weekly")],
        says="gets copies of daily, weekly; set mode",
    ),
    _bad(
        "continuous-backup-is-not-copied",
        _PLAN,
        rule=_rule(enable_continuous_backup=True),
        says="daily has enable_continuous_backup and copy_action",
    ),
    _bad("database-is-backed-up", _DATABASE, tags={"backup-plan": "acme-dev"}, says="its tags do not meet"),
    _bad("database-is-backed-up", _DATABASE, tags=None, says="its tags do not meet the condition"),
    _bad(
        "database-is-backed-up",
        _SELECTION,
        resources=[f"arn:aws:rds:us-east-1:{ACCOUNT}:db:acme-test-*"],
        at=_CLUSTER,
        says=f"add a pattern for arn:aws:rds:us-east-1:{ACCOUNT}:cluster:acme-test-documentdb to resources",
    ),
    _bad(
        "database-is-backed-up",
        _SELECTION,
        resources=[f"arn:aws:rds:us-east-1:{ACCOUNT}:db:acme-prod-*"],
        condition=None,
        at=_DATABASE,
        says="no selection of its region names it",
    ),
    _bad("database-is-backed-up", _SELECTION, condition=None, says="tests no tag"),
    _bad(
        "database-is-backed-up",
        _SELECTION,
        not_resources=["${aws_db_instance.d.arn}"],
        at=_DATABASE,
        says="no selection of its region names it",
    ),
    _bad(
        "database-is-backed-up",
        _OPT_IN,
        resource_type_opt_in_preference={"DocumentDB": False},
        at=_CLUSTER,
        says="until the region opts in to DocumentDB",
    ),
    _bad(
        "database-is-backed-up",
        "aws_db_instance.replica",
        tags={"backup-plan": "acme-test"},
        says="is a replica, and is backed up besides its source",
    ),
    _bad(
        "backup-role-may-use-the-keys",
        _USES,
        policy=policy({**_USES_OWN, "Action": _KEY_ACTIONS[1:]}, _USES_COPIES),
        at=_SELECTION,
        says="may not use test-unit/aws_kms_key.k: kms:CreateGrant (https",
    ),
    _bad(
        "backup-role-may-use-the-keys",
        _USES,
        policy=policy({**_USES_OWN, "Condition": {"StringLike": {"kms:ViaService": "ec2.*"}}}, _USES_COPIES),
        at=_SELECTION,
        says="may not use test-unit/aws_kms_key.k: kms:CreateGrant, kms:Decrypt",
    ),
    _bad(
        "backup-role-may-use-the-keys",
        _USES,
        policy=policy(_USES_OWN),
        at=_SELECTION,
        says="may not use test-copies/aws_kms_key.c: kms:CreateGrant, kms:Decrypt",
    ),
    # The role is in the stack of the copies, and known by the name in its ARN.
    sample(
        "backup-role-may-use-the-keys",
        changed(_GOOD, _SELECTION, iam_role_arn=_ROLE_THERE),
        changed(_GOOD, _SELECTION, iam_role_arn=f"{_ROLE_THERE}-other"),
        at=_SELECTION,
        says="may not use test-unit/aws_kms_key.k: kms:CreateGrant, kms:Decrypt",
        others=(_WITH_ROLE,),
    ),
)

"""Samples for the rules on restore drills."""

from __future__ import annotations

import json
from typing import Any

from tests.compliance.samples import ACCOUNT, Sample, changed, policy, sample, stack, without

_VAULT_ARN = f"arn:aws:backup:us-west-2:{ACCOUNT}:backup-vault:acme-test-recovery"
_PROVIDER = {"aws": [{"region": "us-east-1", "allowed_account_ids": [ACCOUNT]}]}
_RULE: dict[str, Any] = {"rule_name": "daily", "copy_action": [{"destination_vault_arn": _VAULT_ARN}]}
_DATABASE, _CLUSTER, _PLAN = "aws_db_instance.d", "aws_docdb_cluster.d", "aws_backup_restore_testing_plan.p"
_RDS, _DOCUMENTDB = "aws_backup_restore_testing_selection.rds", "aws_backup_restore_testing_selection.documentdb"
_POLICY, _EVENT = "aws_iam_role_policy.r", "aws_cloudwatch_event_rule.e"
_RESTORE_POLICY = "aws_iam_role_policy.restore"
_WAY_IN = "aws_vpc_security_group_ingress_rule.i"
_DATA: dict[str, dict[str, Any]] = {
    _DATABASE: {"identifier": "acme-test-postgres"},
    "aws_db_instance.replica": {"identifier": "acme-test-replica", "replicate_source_db": "${aws_db_instance.d.arn}"},
    _CLUSTER: {"cluster_identifier": "acme-test-documentdb"},
    "aws_backup_plan.p": {"rule": [_RULE]},
}


def _selection(type_: str, **more: str) -> dict[str, Any]:
    return {
        "restore_testing_plan_name": "${aws_backup_restore_testing_plan.p.name}",
        "protected_resource_type": type_,
        "protected_resource_arns": ["*"],
        "iam_role_arn": "${aws_iam_role.restore.arn}",
        "validation_window_hours": 6,
        "restore_metadata_overrides": {
            "dbSubnetGroupName": "${aws_db_subnet_group.g.name}",
            "vpcSecurityGroupIds": json.dumps(["${aws_security_group.s.id}"]),
            **more,
        },
    }


_CHOSEN: dict[str, Any] = {
    "algorithm": "LATEST_WITHIN_WINDOW",
    "include_vaults": [_VAULT_ARN],
    "recovery_point_types": ["SNAPSHOT"],
}


def _restore_policy(*actions: str) -> str:
    return policy({"Effect": "Allow", "Action": list(actions), "Resource": "*"})


_MAY_RESTORE = (
    "kms:CreateGrant",
    "kms:DescribeKey",
    "rds:RestoreDBClusterFromSnapshot",
    "rds:RestoreDBInstanceFromDBSnapshot",
)
_DRILLS: dict[str, dict[str, Any]] = {
    _PLAN: {"name": "drills", "recovery_point_selection": [_CHOSEN]},
    _RDS: _selection("RDS", publiclyAccessible="false"),
    _DOCUMENTDB: _selection("DocumentDB"),
    "aws_backup_vault.v": {"name": "acme-test-recovery"},
    "aws_vpc.v": {},
    "aws_subnet.s": {"vpc_id": "${aws_vpc.v.id}"},
    "aws_route_table.t": {"vpc_id": "${aws_vpc.v.id}"},
    "aws_db_subnet_group.g": {"subnet_ids": ["${aws_subnet.s.id}"]},
    "aws_security_group.s": {"vpc_id": "${aws_vpc.v.id}"},
    _WAY_IN: {
        "security_group_id": "${aws_security_group.s.id}",
        "referenced_security_group_id": "${aws_security_group.reader.id}",
    },
    _EVENT: {
        "name": "check",
        "event_pattern": json.dumps({"detail": {"plan": ["${aws_backup_restore_testing_plan.p.arn}"]}}),
    },
    "aws_cloudwatch_event_target.t": {
        "rule": "${aws_cloudwatch_event_rule.e.name}",
        "arn": "${aws_lambda_function.f.arn}",
    },
    "aws_lambda_function.f": {"role": "${aws_iam_role.r.arn}"},
    "aws_iam_role.r": {"name": "check"},
    "aws_iam_role.restore": {"name": "restore"},
    _RESTORE_POLICY: {"role": "${aws_iam_role.restore.id}", "policy": _restore_policy(*_MAY_RESTORE)},
    _POLICY: {
        "role": "${aws_iam_role.r.id}",
        "policy": policy({"Effect": "Allow", "Action": ["backup:PutRestoreValidationResult"], "Resource": "*"}),
    },
}


def _sign_in(resource: str) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Action": "rds-db:connect",
        "Resource": f"arn:aws:rds-db:us-west-2:{ACCOUNT}:{resource}",
    }


def _undrilled(at: str, drills: dict[str, dict[str, Any]]) -> Sample:
    """A database whose copies these drills do not restore; the good ones see what restores them."""
    return sample(
        "copy-is-restored-in-drills",
        {**_DATA, **_DRILLS},
        {**_DATA, **drills},
        at=at,
        says="no restore testing plan restores its copies",
        others=(stack({"aws_backup_vault.v": {"name": "acme-test-recovery"}}, layer="copies", region="us-west-2"),),
        provider=_PROVIDER,
    )


def _bad(rule: str, address: str, /, *, says: str, at: str | None = None, **arguments: object) -> Sample:
    bad = changed(_DRILLS, address, **arguments)
    return sample(rule, _DRILLS, bad, at=at or address, says=says)


def _overrides(**values: str | None) -> dict[str, str]:
    merged = {**_DRILLS[_RDS]["restore_metadata_overrides"], **values}
    return {key: value for key, value in merged.items() if value is not None}


def _added(address: str, arguments: dict[str, Any], *, says: str) -> Sample:
    return sample("drill-is-isolated", _DRILLS, {**_DRILLS, address: arguments}, at=_RDS, says=says)


_OTHER_VAULT = [{"include_vaults": [_VAULT_ARN.replace("recovery", "other")]}]

SAMPLES = (
    _undrilled(_DATABASE, without(_DRILLS, _RDS)),
    _undrilled(_CLUSTER, without(_DRILLS, _DOCUMENTDB)),
    _undrilled(_DATABASE, changed(_DRILLS, _RDS, protected_resource_arns=["arn:aws:rds:us-east-1:1:db:other"])),
    _undrilled(_CLUSTER, changed(_DRILLS, _PLAN, recovery_point_selection=_OTHER_VAULT)),
    _bad("drill-is-isolated", _RDS, restore_metadata_overrides=None, says="has no dbSubnetGroupName of this"),
    _bad(
        "drill-is-isolated",
        _DOCUMENTDB,
        restore_metadata_overrides=_overrides(vpcSecurityGroupIds=None),
        says="has no vpcSecurityGroupIds of this environment",
    ),
    _bad(
        "drill-is-isolated",
        _RDS,
        restore_metadata_overrides=_overrides(publiclyAccessible="true"),
        says="publicly accessible",
    ),
    _bad(
        "drill-is-isolated",
        _WAY_IN,
        at=_RDS,
        referenced_security_group_id=None,
        cidr_ipv4="10.0.0.0/8",
        says="aws_security_group.s is open to more than a group: aws_vpc_security_group_ingress_rule.i",
    ),
    _bad("drill-is-isolated", "aws_security_group.s", at=_RDS, ingress=[{}], says="has rules of its own"),
    _added("aws_internet_gateway.g", {"vpc_id": "${aws_vpc.v.id}"}, says="test-unit/aws_internet_gateway.g"),
    _added("aws_nat_gateway.g", {"subnet_id": "${aws_subnet.s.id}"}, says="test-unit/aws_nat_gateway.g"),
    _added("aws_route.r", {"route_table_id": "${aws_route_table.t.id}"}, says="test-unit/aws_route.r"),
    _added("aws_vpc_peering_connection.p", {"vpc_id": "${aws_vpc.v.id}"}, says="aws_vpc_peering_connection.p"),
    _bad("drill-is-isolated", "aws_route_table.t", at=_RDS, route=[{}], says="test-unit/aws_route_table.t"),
    *(
        _bad(
            "drill-restores-the-newest-copy",
            _PLAN,
            recovery_point_selection=[{**_CHOSEN, **chosen}],
            says=says,
        )
        for chosen, says in (
            ({"algorithm": "RANDOM_WITHIN_WINDOW"}, "it must be LATEST_WITHIN_WINDOW"),
            ({"recovery_point_types": ["CONTINUOUS"]}, "has no SNAPSHOT"),
        )
    ),
    _bad(
        "drill-role-may-restore", _RDS, iam_role_arn="arn:aws:iam::1:role/other", says="not a role of this environment"
    ),
    *(
        _bad(
            "drill-role-may-restore",
            _RESTORE_POLICY,
            at=at,
            policy=_restore_policy(*(one for one in _MAY_RESTORE if one != action)),
            says=f"aws_iam_role.restore may not call {action}",
        )
        for action, at in (
            ("kms:CreateGrant", _RDS),
            ("kms:DescribeKey", _DOCUMENTDB),
            ("rds:RestoreDBClusterFromSnapshot", _DOCUMENTDB),
            ("rds:RestoreDBInstanceFromDBSnapshot", _RDS),
        )
    ),
    _bad("drill-is-validated", _RDS, validation_window_hours=0, says="is deleted at once"),
    _bad("drill-is-validated", _EVENT, at=_PLAN, event_pattern="{}", says="so every drill times out"),
    _bad("drill-is-validated", _POLICY, at=_PLAN, policy=policy(), says="call no function that may call"),
    sample(
        "database-sign-in-names-its-user",
        {**_DRILLS, _POLICY: {"policy": policy(_sign_in("dbuser:*/restore_check_iam"))}},
        {**_DRILLS, _POLICY: {"policy": policy(_sign_in("dbuser:*/restore_*"))}},
        at=_POLICY,
        says="name one database and one user",
    ),
)

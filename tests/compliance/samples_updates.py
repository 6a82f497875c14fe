"""Samples for the rules on rights to decrypt, and on what a later change of a resource does."""

from __future__ import annotations

from typing import Any

from tests.compliance.samples import Sample, changed, policy, sample, without

_ROLE = "aws_iam_role_policy.p"
_SSM = {"kms:ViaService": "ssm.us-east-1.amazonaws.com"}
_URL, _KEY = "${aws_ssm_parameter.url.arn}", "${aws_ssm_parameter.key.arn}"
_SECRET = "${aws_secretsmanager_secret.s.arn}"


def _allow(actions: object, resources: object = "key", **tests: object) -> dict[str, Any]:
    condition = {"Condition": {"StringEquals": tests["equals"]}} if tests else {}
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **condition}


def _decrypt(*parameters: str, **more: object) -> dict[str, Any]:
    return _allow("kms:Decrypt", equals={**_SSM, "kms:EncryptionContext:PARAMETER_ARN": list(parameters), **more})


_READ = _allow(["ssm:GetParameter", "ssm:GetParameters"], [_URL, _KEY])
_OF_SECRET = {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com", "kms:EncryptionContext:SecretARN": _SECRET}
_BOUND = (
    _READ,
    _decrypt(_URL, _KEY),
    _allow("secretsmanager:GetSecretValue", _SECRET),
    _allow("kms:Decrypt", equals=_OF_SECRET),
    _allow(["kms:Decrypt", "kms:GenerateDataKey"], equals={"kms:ViaService": "sqs.us-east-1.amazonaws.com"}),
    _allow("kms:Decrypt", equals={"kms:EncryptionContext:aws:lambda:FunctionArn": "arn:aws:lambda:::function:f"}),
    _allow("kms:DescribeKey"),
    {"Effect": "Deny", "Action": "kms:Decrypt", "Resource": "*"},
)


def _role(rule: str, *statements: dict[str, Any], says: str) -> Sample:
    return sample(rule, {_ROLE: {"policy": policy(*_BOUND)}}, {_ROLE: {"policy": policy(*statements)}}, says=says)


_SERVICE, _WIDTH = "key-use-names-its-service", "decrypt-is-no-wider-than-read"
_NULL = {
    "Effect": "Allow",
    "Action": "kms:Decrypt",
    "Resource": "key",
    "Condition": {"Null": {"kms:ViaService": "false"}},
}
KEYS = (
    _role(_SERVICE, _allow("kms:Decrypt"), says="kms:Decrypt without kms:ViaService"),
    _role(_SERVICE, _allow(["kms:ReEncrypt*"]), says="kms:ReEncrypt*"),
    _role(_SERVICE, _allow("kms:Gen*"), says="kms:Gen*"),
    _role(_SERVICE, _allow("kms:Decrypt", equals={"kms:ViaService": "*.us-east-1.amazonaws.com"}), says="name the"),
    _role(_SERVICE, _allow("kms:Decrypt", equals={"kms:EncryptionContext:PARAMETER_ARN": _URL}), says="name the"),
    _role(_SERVICE, _allow("kms:Decrypt", equals={"kms:EncryptionContext:aws:lambda:FunctionArn": "*"}), says="name"),
    _role(_SERVICE, _NULL, says="name the service"),
    _role(_WIDTH, _READ, _allow("kms:Decrypt", equals=_SSM), says="without kms:EncryptionContext:PARAMETER_ARN"),
    _role(
        _WIDTH, _READ, _decrypt(_URL, _KEY), _allow("kms:Encrypt", equals=_SSM), says="allows kms:Encrypt through ssm"
    ),
    _role(_WIDTH, _allow("ssm:Get*", [_URL, _KEY]), _decrypt(_URL), says=f"differ in {_KEY}"),
    _role(_WIDTH, _READ, _decrypt("*"), says="without kms:EncryptionContext:PARAMETER_ARN"),
    _role(_WIDTH, _READ, _decrypt(_URL), says=f"differ in {_KEY}"),
    _role(_WIDTH, _READ, _decrypt(_URL, _KEY), _decrypt(_SECRET), says=f"differ in {_SECRET}"),
    _role(
        _WIDTH,
        _allow("secretsmanager:GetSecretValue", _SECRET),
        _allow("kms:Decrypt", equals={**_OF_SECRET, "kms:EncryptionContext:SecretARN": _URL}),
        says="kms:EncryptionContext:SecretARN and the resources of secretsmanager differ",
    ),
)

_PARAMETER = "aws_ssm_parameter.p"
_IGNORED = ["allowed_pattern", "data_type", "description", "key_id", "tier", "type"]
WRITTEN: dict[str, dict[str, Any]] = {
    _PARAMETER: {"value_wo": "x", "value_wo_version": 1, "lifecycle": {"ignore_changes": _IGNORED}},
    "aws_ssm_parameter.plain": {"value": "x"},
    "aws_db_instance.postgres": {"password_wo": "x", "password_wo_version": 1},
}
_GROUP, _TARGETS = "aws_db_parameter_group.postgres", "aws_lb_target_group.api"
_FIRST = {"create_before_destroy": True}
NAMED: dict[str, dict[str, Any]] = {
    _GROUP: {
        "name": "acme-test-postgres17",
        "family": "postgres17",
        "description": "TLS only",
        "lifecycle": {**_FIRST, "ignore_changes": ["description"]},
    },
    "aws_docdb_cluster_parameter_group.g": {"name": "acme-docdb5-0", "family": "docdb5.0", "lifecycle": _FIRST},
    "aws_security_group.api": {"name_prefix": "acme-api-", "description": "Tasks", "lifecycle": _FIRST},
    "aws_acm_certificate.c": {"domain_name": "example.com", "lifecycle": _FIRST},
    _TARGETS: {"name": "acme-api-9d780c", "port": 3000, "vpc_id": "${aws_vpc.vpc.id}", "lifecycle": _FIRST},
    "aws_db_parameter_group.fixed": {"name": "acme", "family": "postgres17"},
}
_NAME = "replacement-has-another-name"
UPDATES = (
    sample(
        "write-only-value-is-never-sent-empty",
        WRITTEN,
        changed(WRITTEN, _PARAMETER, lifecycle={"ignore_changes": [name for name in _IGNORED if name != "key_id"]}),
        says="an update of key_id would send an empty value",
    ),
    sample(
        "write-only-value-is-never-sent-empty",
        WRITTEN,
        changed(WRITTEN, _PARAMETER, tier="Standard"),
        says="tier is declared",
    ),
    sample(
        "write-only-value-is-never-sent-empty",
        WRITTEN,
        {"aws_redshift_cluster.c": {"master_password_wo": "x"}},
        says="add aws_redshift_cluster",
    ),
    sample(_NAME, NAMED, changed(NAMED, _GROUP, lifecycle=_FIRST), says="a change of description"),
    sample(_NAME, NAMED, changed(NAMED, _GROUP, name="acme-test-postgres"), says="a change of family"),
    sample(_NAME, NAMED, {"aws_codebuild_project.p": {"name": "p", "lifecycle": _FIRST}}, says="add aws_codebuild_pro"),
    sample(
        "security-group-is-not-replaced",
        {"aws_security_group.api": {"description": "Tasks", "lifecycle": {"ignore_changes": ["description"]}}},
        {"aws_security_group.api": {"description": "Tasks", "lifecycle": _FIRST}},
        says="add description to ignore_changes",
    ),
    sample(
        "final-snapshot-has-a-new-name",
        {
            "aws_docdb_cluster.c": {"final_snapshot_identifier": "acme-final-${substr(terraform_data.last.id, 0, 8)}"},
            "aws_db_instance.unprotected": {"skip_final_snapshot": True},
            "terraform_data.last": {},
        },
        {"aws_docdb_cluster.c": {"final_snapshot_identifier": "acme-final"}, "terraform_data.last": {}},
        says="is the same for ever",
    ),
)


def _log(rule: str, says: str, **parameters: str | None) -> Sample:
    """The good parameters with some of them replaced, `__` for a dot, or left out."""
    good = {
        "log_min_duration_statement": "50",
        "log_statement": "none",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "pgaudit.log": "ddl,role",
    }
    bad = {**good, **{name.replace("__", "."): value for name, value in parameters.items()}}
    return sample(
        rule, {_GROUP: _family(good), "aws_db_parameter_group.m": _mysql()}, {_GROUP: _family(bad)}, says=says
    )


def _family(parameters: dict[str, Any]) -> dict[str, Any]:
    given = [{"name": name, "value": value} for name, value in parameters.items() if value is not None]
    return {"family": "postgres17", "parameter": given}


def _mysql() -> dict[str, Any]:
    return {"family": "mysql8.0", "parameter": {"name": "log_statement", "value": "all"}}


_VALUES = "statement-log-has-no-values"
_LOG, _MASK = "aws_cloudwatch_log_group.l", "aws_cloudwatch_log_data_protection_policy.m"
MASKED: dict[str, dict[str, Any]] = {
    _LOG: {"name": "/aws/rds/instance/acme-postgres/postgresql"},
    _MASK: {"log_group_name": "${aws_cloudwatch_log_group.l.id}"},
    "aws_cloudwatch_log_group.upgrade": {"name": "/aws/rds/instance/acme-postgres/upgrade"},
}
STATEMENTS = (
    _log(_VALUES, "log_min_duration_statement logs statements, and log_param", log_parameter_max_length=None),
    _log(_VALUES, "log_parameter_max_length_on_error is not 0", log_parameter_max_length_on_error="-1"),
    _log(_VALUES, "log_duration, ", log_duration="1", log_parameter_max_length="64"),
    _log(_VALUES, "auto_explain.log_parameter_max_length is not 0", auto_explain__log_min_duration="10"),
    _log(_VALUES, "pgaudit.log_parameter logs the values", pgaudit__log_parameter="1"),
    _log("statement-log-has-no-passwords", "log_statement is ddl", log_statement="ddl"),
    sample("statement-log-is-masked", MASKED, without(MASKED, _MASK), says="data_protection_policy", at=_LOG),
    sample(
        "statement-log-is-masked",
        MASKED,
        {_LOG: {"name": "/aws/docdb/acme/profiler"}},
        says="data_protection_policy",
    ),
)

_SERVICE_ADDRESS, _RULE = "aws_ecs_service.api", "aws_lb_listener_rule.test"
_PAIR = ["aws_lb_target_group.blue.id", "aws_lb_target_group.green.id"]
SHIFTED: dict[str, dict[str, Any]] = {
    _SERVICE_ADDRESS: {
        "deployment_controller": {"type": "CODE_DEPLOY"},
        "load_balancer": [{"target_group_arn": "${aws_lb_target_group.blue.arn}"}],
        "lifecycle": {"replace_triggered_by": [*_PAIR, f"{_RULE}.id"]},
    },
    "aws_ecs_service.rolling": {
        "deployment_controller": {"type": "ECS"},
        "load_balancer": [{"target_group_arn": "${aws_lb_target_group.only.arn}"}],
    },
    "aws_lb_target_group.blue": {},
    "aws_lb_target_group.green": {},
    "aws_lb_target_group.only": {},
    _RULE: {
        "action": [{"type": "forward", "target_group_arn": "${aws_lb_target_group.blue.arn}"}],
        "lifecycle": {"ignore_changes": ["action"], "replace_triggered_by": _PAIR},
    },
    "aws_lb_listener_rule.other": {
        "action": [{"type": "forward", "target_group_arn": "${aws_lb_target_group.only.arn}"}]
    },
}
TRAFFIC = (
    *(
        sample(
            "codedeploy-service-is-replaced-with-its-traffic",
            SHIFTED,
            changed(SHIFTED, _SERVICE_ADDRESS, lifecycle={"replace_triggered_by": triggers}),
            says=f"{missing} is not in its replace_triggered_by",
            at=_SERVICE_ADDRESS,
        )
        for triggers, missing in (
            (_PAIR, f"{_RULE}.id"),
            ([*_PAIR, _RULE], f"{_RULE}.id"),
            ([_PAIR[0], f"{_RULE}.id"], _PAIR[1]),
            ([_PAIR[1], f"{_RULE}.id"], _PAIR[0]),
        )
    ),
    sample(
        "trigger-of-a-replacement-is-an-attribute",
        SHIFTED,
        changed(SHIFTED, _SERVICE_ADDRESS, lifecycle={"replace_triggered_by": [*_PAIR, _RULE]}),
        says=f"{_RULE} in replace_triggered_by is a whole resource",
        at=_SERVICE_ADDRESS,
    ),
)

SAMPLES = (*KEYS, *UPDATES, *STATEMENTS, *TRAFFIC)

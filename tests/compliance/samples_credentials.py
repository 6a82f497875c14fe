"""Samples for the rules on credentials of databases."""

from __future__ import annotations

import json
from typing import Any

from tests.compliance.samples import ACCOUNT, Sample, backend, changed, policy, reads, sample, stack

_PROVIDER: dict[str, Any] = {"provider": {"aws": [{"allowed_account_ids": [ACCOUNT], "region": "us-east-1"}]}}
_DATA = {**_PROVIDER, "terraform": backend("data")}
_SERVICE = {**_PROVIDER, "data": reads("data")}
_SECRETS = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret"
_GENERATED = "${ephemeral.aws_secretsmanager_random_password.p.random_password}"
_READ_BACK = '${jsondecode(ephemeral.aws_secretsmanager_secret_version.m.secret_string)["password"]}'
_READ = ("secretsmanager:GetSecretValue",)

# The data layer: one database whose secret RDS keeps, one with a secret of our own.
_MANAGED, _OWN = "aws_db_instance.postgres", "aws_docdb_cluster.documentdb"
_MANAGED_ARN = f"${{{_MANAGED}.master_user_secret[0].secret_arn}}"
_EPHEMERAL: dict[str, Any] = {
    "aws_secretsmanager_random_password": {"p": {}},
    "aws_secretsmanager_secret_version": {
        # Of the version, so that it is read after it was written.
        "m": {"secret_id": "${aws_secretsmanager_secret_version.master.secret_id}"}
    },
}
_DATABASES: dict[str, dict[str, Any]] = {
    _MANAGED: {"username": "acme", "manage_master_user_password": True, "address": "host"},
    _OWN: {"master_username": "acme", "master_password_wo": _READ_BACK, "master_password_wo_version": 1},
    "aws_secretsmanager_secret.master": {"name": "acme/test/documentdb/master"},
    "aws_secretsmanager_secret_version.master": {
        "secret_id": "${aws_secretsmanager_secret.master.id}",
        "secret_string_wo": f"{{{_GENERATED}}}",
        "secret_string_wo_version": 1,
    },
    "aws_ssm_parameter.url": {"name": "/acme/test/postgres/backend/url", "value_wo": "unset"},
    "aws_ssm_parameter.other-url": {"name": "/acme/test/postgres/reports/url", "value_wo": "unset"},
}
_DATA_STACK = stack(
    _DATABASES,
    layer="data",
    ephemeral=_EPHEMERAL,
    data={"aws_db_instance": {"read": {"db_instance_identifier": f"${{{_MANAGED}.identifier}}"}}},
    locals={"arn": _MANAGED_ARN},
    output={
        "managed": {"value": "${local.arn}"},
        "managed-read": {"value": "${data.aws_db_instance.read.master_user_secret[0].secret_arn}"},
        "own": {"value": "${aws_secretsmanager_secret.master.arn}"},
        "host": {"value": f"${{{_MANAGED}.address}}"},
        "url": {"value": "${aws_ssm_parameter.url.arn}"},
        "other": {"value": "${aws_ssm_parameter.other-url.arn}"},
    },
    **_DATA,
)


def _remote(output: str) -> str:
    return f"${{data.terraform_remote_state.data.outputs.{output}}}"


def _trusting(service: str) -> dict[str, Any]:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    return {"assume_role_policy": policy(trust)}


def _allow(resource: str | list[str], *actions: str) -> str:
    return policy({"Effect": "Allow", "Action": list(actions or _READ), "Resource": resource})


# A service: a task definition with its two roles, and the file of a release.
_TASK, _ROLE_POLICY = "aws_ecs_task_definition.api", "aws_iam_role_policy.execution"


def _service(
    value: str, allowed: str = "", *, family: str = "api", environment: str = "host", name: str = "api"
) -> dict[str, dict[str, Any]]:
    containers = [
        {
            "name": "app",
            "secrets": [{"name": "URL", "valueFrom": value}],
            "environment": [{"name": "HOST", "value": environment}],
        }
    ]
    return {
        f"aws_ecs_task_definition.{name}": {
            "family": family,
            "task_role_arn": f"${{aws_iam_role.{name}-task.arn}}",
            "execution_role_arn": f"${{aws_iam_role.{name}-execution.arn}}",
            "container_definitions": json.dumps(containers),
        },
        f"aws_iam_role.{name}-task": _trusting("ecs-tasks.amazonaws.com"),
        f"aws_iam_role.{name}-execution": _trusting("ecs-tasks.amazonaws.com"),
        "aws_iam_role_policy.execution": {
            "role": f"${{aws_iam_role.{name}-execution.id}}",
            "policy": allowed or _allow(value, "ssm:GetParameters"),
        },
    }


_GOOD_SERVICE = _service(_remote("url"), environment=_remote("host"))


def _file(value: str) -> dict[str, dict[str, Any]]:
    containers = [{"name": "app", "secrets": [{"name": "X", "valueFrom": value}]}]
    content = {"family": "api", "containerDefinitions": containers}
    return {"aws_s3_object.taskdef": {"content": json.dumps(content)}}


def _task(bad: dict[str, dict[str, Any]], says: str, at: str) -> Sample:
    return sample(
        "task-gets-no-master-credential", _GOOD_SERVICE, bad, says=says, at=at, others=(_DATA_STACK,), **_SERVICE
    )


def _granted(resource: str | list[str], says: str, *actions: str) -> Sample:
    return _task(_service(_remote("url"), _allow(resource, *actions)), says, _ROLE_POLICY)


_OF_MANAGED = f"the master's credential of test-data/{_MANAGED}"
_OF_OWN = f"the master's credential of test-data/{_OWN}"

TASKS = (
    _task(_service(_remote("managed")), f"app gets {_OF_MANAGED}", _TASK),
    _task(_service(_remote("managed-read")), f"app gets {_OF_MANAGED}", _TASK),
    _task(_service(f"{_remote('own')}:password::"), f"app gets {_OF_OWN}", _TASK),
    _task(_service(f"{_SECRETS}:acme/test/documentdb/master-Ab12Cd:password::"), f"app gets {_OF_OWN}", _TASK),
    _task(_service(_remote("url"), environment="acme/test/documentdb/master"), f"app gets {_OF_OWN}", _TASK),
    _task(_file(_remote("own")), f"app gets {_OF_OWN}", "aws_s3_object.taskdef"),
    _granted(_remote("managed"), f"lets a task read {_OF_MANAGED}"),
    _granted([_remote("url"), _remote("own")], f"lets a task read {_OF_OWN}"),
    _granted(f"{_SECRETS}:acme/test/*", f"lets a task read {_OF_OWN}"),
    _granted(f"{_SECRETS}:rds!*", f"lets a task read {_OF_MANAGED}"),
    _granted("*", f"lets a task read {_OF_MANAGED}", "secretsmanager:Get*"),
    _task(
        _service(
            _remote("url"),
            policy({"Effect": "Allow", "NotAction": "iam:*", "NotResource": f"{_SECRETS}:acme/test/other-??????"}),
        ),
        f"lets a task read {_OF_OWN}",
        _ROLE_POLICY,
    ),
    # As a managed policy of the role, not one of its own.
    _task(
        {
            **_GOOD_SERVICE,
            "aws_iam_policy.shared": {"name": "shared", "policy": _allow(_remote("own"))},
            "aws_iam_role_policy_attachment.a": {
                "role": "${aws_iam_role.api-task.name}",
                "policy_arn": "${aws_iam_policy.shared.arn}",
            },
        },
        f"lets a task read {_OF_OWN}",
        "aws_iam_policy.shared",
    ),
    # The same generated password in a parameter that a task gets: what the first version of this platform did.
    sample(
        "task-gets-no-master-credential",
        _service("/acme/test/jwt/current"),
        _GOOD_SERVICE,
        says=f"app gets {_OF_MANAGED}",
        others=(
            stack(
                {
                    _MANAGED: {"username": "acme", "password_wo": _GENERATED},
                    "aws_ssm_parameter.url": {
                        "name": "/acme/test/postgres/url",
                        "value_wo": f"postgres://{_GENERATED}",
                    },
                },
                layer="data",
                output={"url": {"value": "${aws_ssm_parameter.url.arn}"}},
                **_DATA,
            ),
        ),
        **_SERVICE,
    ),
)

_FUNCTION = "aws_lambda_function.roles"
_FUNCTION_POLICY = "aws_iam_role_policy.roles"
_READER: dict[str, dict[str, Any]] = {
    **_DATABASES,
    _FUNCTION: {"role": "${aws_iam_role.roles.arn}", "vpc_config": {"subnet_ids": ["s"]}},
    "aws_iam_role.roles": _trusting("lambda.amazonaws.com"),
    _FUNCTION_POLICY: {"role": "${aws_iam_role.roles.id}", "policy": _allow([_MANAGED_ARN])},
    # A person who signs in by IAM, in an emergency.
    "aws_iam_role.person": {"assume_role_policy": policy({"Effect": "Allow", "Principal": {"AWS": ACCOUNT}})},
    "aws_iam_role_policy.person": {"role": "${aws_iam_role.person.id}", "policy": _allow(_MANAGED_ARN)},
}
_SECOND: dict[str, dict[str, Any]] = {
    **_READER,
    "aws_lambda_function.second": {"role": "${aws_iam_role.second.arn}", "vpc_config": {"subnet_ids": ["s"]}},
    "aws_iam_role.second": _trusting("lambda.amazonaws.com"),
    "aws_iam_role_policy.second": {
        "role": "${aws_iam_role.second.id}",
        "policy": _allow("${aws_secretsmanager_secret.master.arn}"),
    },
}


def _reader(good: dict[str, dict[str, Any]], bad: dict[str, dict[str, Any]], at: str, says: str) -> Sample:
    return sample("master-credential-has-one-reader", good, bad, at=at, says=says, ephemeral=_EPHEMERAL, **_DATA)


_TWO_FUNCTIONS = "is read by test-unit/aws_lambda_function.roles and test-unit/aws_lambda_function.second"

READERS = (
    _reader(_READER, changed(_READER, _FUNCTION, vpc_config=None), _FUNCTION_POLICY, "and is not in the VPC"),
    # One for each database is right, two for one are not.
    _reader(
        _SECOND,
        changed(_SECOND, "aws_iam_role_policy.second", policy=_allow(_MANAGED_ARN)),
        "aws_iam_role_policy.second",
        _TWO_FUNCTIONS,
    ),
    _reader(
        _READER,
        {**_READER, "aws_lambda_function.second": _READER[_FUNCTION]},
        _FUNCTION_POLICY,
        _TWO_FUNCTIONS,
    ),
    _reader(
        _READER,
        changed(_READER, "aws_iam_role.roles", **_trusting("rds.amazonaws.com")) | {_FUNCTION: {}},
        _FUNCTION_POLICY,
        "lets rds.amazonaws.com read the master's credential of test-unit/aws_db_instance.postgres",
    ),
)

_TWO = {**_service(_remote("other"), family="reports", name="reports"), **_GOOD_SERVICE}


def _url(bad: dict[str, dict[str, Any]], says: str, at: str = "aws_ecs_task_definition.api") -> Sample:
    return sample("database-url-has-one-service", _TWO, bad, says=says, at=at, others=(_DATA_STACK,), **_SERVICE)


_BOTH = "api reads test-data/aws_ssm_parameter.url, and so does reports; give each a role of its own"

URLS = (
    _url({**_service(_remote("url"), family="reports", name="reports"), **_GOOD_SERVICE}, _BOTH),
    # By its name, at run time.
    _url(
        {
            **_service(
                _remote("other"), family="reports", name="reports", environment="/acme/test/postgres/backend/url"
            ),
            **_GOOD_SERVICE,
        },
        _BOTH,
    ),
    # It is not given the url, but may read it.
    _url(
        {
            **_TWO,
            "aws_iam_role_policy.task": {
                "role": "${aws_iam_role.reports-task.id}",
                "policy": _allow(f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/acme/test/postgres/*", "ssm:GetParameter"),
            },
        },
        _BOTH,
    ),
    # The file of a release of another service.
    _url(
        {
            **_TWO,
            "aws_s3_object.taskdef": {
                "content": json.dumps(
                    {"family": "worker", "containerDefinitions": [{"secrets": [{"valueFrom": _remote("url")}]}]}
                )
            },
        },
        "worker reads test-data/aws_ssm_parameter.url, and so does api",
        "aws_s3_object.taskdef",
    ),
)

_USER = "arn:aws:rds-db:us-east-1:444444444444:dbuser:${aws_db_instance.postgres.resource_id}"
_SIGN_IN: dict[str, dict[str, Any]] = {
    _MANAGED: {"username": "acme"},
    "aws_iam_role_policy.p": {"policy": _allow([f"{_USER}/backend_a", f"{_USER}/backend_b"], "rds-db:connect")},
}


def _sign_in(resource: str, says: str, action: str = "rds-db:connect") -> Sample:
    bad = changed(_SIGN_IN, "aws_iam_role_policy.p", policy=_allow(resource, action))
    return sample("database-sign-in-names-its-user", _SIGN_IN, bad, at="aws_iam_role_policy.p", says=says)


SIGN_INS = (
    _sign_in(f"{_USER}/*", "name one database and one user, without * and ?"),
    _sign_in(f"{_USER}/backend_?", "name one database and one user"),
    _sign_in("arn:aws:rds-db:us-east-1:444444444444:dbuser:*/backend_a", "name one database and one user"),
    _sign_in(f"{_USER}/${{var.user}}", "name one database and one user"),
    _sign_in("*", "on *; name one database and one user", "rds-db:*"),
    _sign_in(f"{_USER}/acme", "as acme, which is a master"),
    sample(
        "database-sign-in-names-its-user",
        _SIGN_IN,
        changed(
            _SIGN_IN,
            "aws_iam_role_policy.p",
            policy=policy({"Effect": "Allow", "NotAction": "s3:*", "NotResource": "x"}),
        ),
        at="aws_iam_role_policy.p",
        says="on everything but NotResource",
    ),
)

_RANDOM = "ephemeral.aws_secretsmanager_random_password.p"
_TWICE = changed(_DATABASES, "aws_ssm_parameter.url", value_wo=f"postgres://u:{_GENERATED}@h")

GENERATED = (
    sample(
        "generated-value-has-one-consumer",
        _DATABASES,
        _TWICE,
        at=_RANDOM,
        says="goes to aws_secretsmanager_secret_version.master.secret_string_wo and aws_ssm_parameter.url.value_wo",
        ephemeral=_EPHEMERAL,
    ),
    # By a local value as well.
    sample(
        "generated-value-has-one-consumer",
        _DATABASES,
        changed(_DATABASES, "aws_ssm_parameter.url", value_wo="${local.password}"),
        at=_RANDOM,
        says="goes to",
        locals={"password": _GENERATED},
    ),
    sample(
        "database-password-is-read-back",
        _DATABASES,
        changed(_DATABASES, _OWN, master_password_wo=_GENERATED),
        at=_OWN,
        says="master_password_wo is not read from",
    ),
    sample(
        "database-password-is-read-back",
        _DATABASES,
        changed(_DATABASES, _MANAGED, password="${var.password}"),
        at=_MANAGED,
        says="password is not read from",
    ),
)

SAMPLES = (*TASKS, *READERS, *URLS, *SIGN_INS, *GENERATED)

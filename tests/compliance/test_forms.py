"""A correct environment stays silent in every form in which it can be written, a defect is found in each, and no input
ends in a traceback.
"""

from __future__ import annotations

import copy
import json
import random
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pytest

from compliance.audit import audit
from compliance.effective import effective
from compliance.exceptions import load_exceptions
from compliance.never_excepted import NEVER_EXCEPTED
from compliance.rules import RULES
from synthesis.manifest import read_stacks
from tests.compliance.samples import stack

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from synthesis.manifest import Stack

IDS: Final = frozenset(rule.id for rule in RULES)
BY_ID: Final = {rule.id: rule for rule in RULES}


def findings_of(stacks: list[Stack]) -> list[str]:
    """What an audit with the project's exceptions finds."""
    result = audit(stacks, rules=RULES, exceptions=load_exceptions(rules=IDS), today=date.min)
    return [f"{one.rule} {one.place} {one.message}" for one in result.findings if not one.rule.startswith("exception-")]


def each_resource(document: dict[str, Any], change: Callable[[dict[str, Any]], Any]) -> None:
    for named in document.get("resource", {}).values():
        for name, arguments in named.items():
            named[name] = change(arguments)


def mapped(value: Any, change: Callable[[str, Any], Any], name: str = "") -> Any:
    """A value with each inner one changed, from the inside."""
    if isinstance(value, dict):
        value = {key: mapped(inner, change, key) for key, inner in value.items()}
    elif isinstance(value, list):
        value = [mapped(inner, change) for inner in value]
    return change(name, value)


def booleans_as_texts(document: dict[str, Any]) -> None:
    each_resource(
        document, lambda body: mapped(body, lambda _, one: str(one).lower() if isinstance(one, bool) else one)
    )


def ports_as_texts(document: dict[str, Any]) -> None:
    def change(name: str, one: Any) -> Any:
        return str(one) if name in {"from_port", "to_port", "backup_retention_period"} and isinstance(one, int) else one

    each_resource(document, lambda body: mapped(body, change))


_BLOCKS: Final = frozenset(
    {
        "rule",
        "default_action",
        "versioning_configuration",
        "point_in_time_recovery",
        "encryption_configuration",
        "apply_server_side_encryption_by_default",
        "network_configuration",
        "access_logs",
        "lifecycle",
        "viewer_certificate",
        "visibility_config",
    }
)


def blocks_as_arrays(document: dict[str, Any]) -> None:
    def change(name: str, one: Any) -> Any:
        return [one] if name in _BLOCKS and isinstance(one, dict) else one

    each_resource(document, lambda body: mapped(body, change))


def bodies_as_arrays(document: dict[str, Any]) -> None:
    each_resource(document, lambda body: [body])


def reversed_order(document: dict[str, Any]) -> None:
    for kind, named in document.get("resource", {}).items():
        document["resource"][kind] = dict(reversed(list(named.items())))
    each_resource(document, lambda body: dict(reversed(list(body.items()))))


def values_as_locals(document: dict[str, Any]) -> None:
    found: dict[str, Any] = {}

    def change(name: str, one: Any) -> Any:
        if (
            name in {"deletion_protection", "storage_encrypted", "kms_key_id", "cidr_ipv4", "ip_protocol"}
            and one is not None
        ):
            key = f"value-{len(found)}"
            found[key] = one
            return f"${{local.{key}}}"
        return one

    each_resource(document, lambda body: mapped(body, change))
    document["locals"] = {**document.get("locals", {}), **found}


def nulls(document: dict[str, Any]) -> None:
    each_resource(document, lambda body: {**body, "snapshot_identifier": None, "source_security_group_id": None})


REWRITES: Final = {
    "other values": (booleans_as_texts, ports_as_texts, values_as_locals),
    "other blocks": (blocks_as_arrays, nulls, reversed_order, bodies_as_arrays),
}
"""Each is applied one after the other: an audit takes more than a second."""


def rewritten(stacks: list[Stack], change: Callable[[dict[str, Any]], None]) -> list[Stack]:
    found = []
    for one in stacks:
        document = copy.deepcopy(dict(one.document))
        change(document)
        found.append(replace(one, document=document))
    return found


@pytest.fixture(scope="module")
def platform(output: Path) -> list[Stack]:
    """The stacks of one environment."""
    return [one for one in read_stacks(output).values() if one.environment == "prod"]


@pytest.mark.parametrize("name", REWRITES)
def test_a_correct_environment_is_silent_in_another_form(platform: list[Stack], name: str) -> None:
    changed = platform
    for rewrite in REWRITES[name]:
        before = [json.dumps(one.document) for one in changed]
        changed = rewritten(changed, rewrite)
        assert [json.dumps(one.document) for one in changed] != before
    assert findings_of(changed) == []


DEFECTS: Final[tuple[tuple[str, str, str, Any], ...]] = (
    ("store-is-encrypted", "aws_db_instance", "storage_encrypted", False),
    ("store-is-encrypted", "aws_docdb_cluster", "storage_encrypted", False),
    ("store-is-encrypted", "aws_rds_cluster", "storage_encrypted", False),
    ("store-is-encrypted", "aws_neptune_cluster", "storage_encrypted", False),
    ("store-is-encrypted", "aws_redshift_cluster", "encrypted", False),
    ("store-is-encrypted", "aws_ebs_volume", "encrypted", False),
    ("store-is-encrypted", "aws_efs_file_system", "encrypted", False),
    ("store-is-encrypted", "aws_fsx_lustre_file_system", "kms_encrypted", False),
    ("store-is-encrypted", "aws_elasticache_replication_group", "at_rest_encryption_enabled", False),
    ("store-is-encrypted", "aws_kinesis_stream", "encryption_type", "NONE"),
    ("database-is-not-public", "aws_db_instance", "publicly_accessible", True),
    ("database-is-not-public", "aws_rds_cluster_instance", "publicly_accessible", True),
    ("database-is-not-public", "aws_redshift_cluster", "publicly_accessible", True),
    ("database-is-not-public", "aws_dms_replication_instance", "publicly_accessible", True),
    ("database-is-not-public", "aws_mq_broker", "publicly_accessible", True),
    ("database-is-not-public", "aws_lightsail_database", "publicly_accessible", True),
    ("database-is-not-public", "aws_redshiftserverless_workgroup", "publicly_accessible", True),
    ("database-is-not-public", "aws_timestreaminfluxdb_db_instance", "publicly_accessible", True),
    ("deletion-protection-is-on", "aws_db_instance", "deletion_protection", False),
    ("deletion-protection-is-on", "aws_docdb_cluster", "deletion_protection", False),
    ("deletion-protection-is-on", "aws_dynamodb_table", "deletion_protection_enabled", False),
    ("deletion-protection-is-on", "aws_alb", "enable_deletion_protection", False),
    ("force-destroy-is-off", "aws_s3_bucket", "force_destroy", True),
    ("force-destroy-is-off", "aws_db_instance", "skip_final_snapshot", True),
    ("force-destroy-is-off", "aws_rds_cluster", "delete_automated_backups", True),
    ("backups-are-kept", "aws_db_instance", "backup_retention_period", 0),
    ("key-rotates", "aws_kms_key", "enable_key_rotation", False),
    ("alarm-actions-are-enabled", "aws_cloudwatch_metric_alarm", "actions_enabled", False),
    ("detector-is-on", "aws_guardduty_detector", "enable", False),
    ("trail-is-complete", "aws_cloudtrail", "enable_log_file_validation", False),
    ("subnet-gives-no-public-addresses", "aws_subnet", "map_public_ip_on_launch", True),
    ("nothing-has-a-public-address", "aws_instance", "associate_public_ip_address", True),
    ("secret-argument-is-write-only", "aws_db_instance", "password", "correct-horse"),
    ("secret-argument-is-write-only", "aws_docdbelastic_cluster", "admin_user_password", "correct-horse"),
    ("secret-argument-is-write-only", "aws_secretsmanager_secret_version", "secret_string", "correct-horse"),
    ("secret-argument-is-write-only", "aws_elasticache_user", "passwords", ["correct-horse"]),
    ("traffic-is-encrypted", "aws_db_proxy", "require_tls", False),
    ("traffic-is-encrypted", "aws_elasticache_replication_group", "transit_encryption_enabled", False),
    ("targets-are-reached-by-tls", "aws_alb_target_group", "protocol", "HTTP"),
    ("listener-is-encrypted", "aws_alb_listener", "protocol", "HTTP"),
    ("setting-is-safe", "aws_ecr_repository", "image_tag_mutability", "MUTABLE"),
    ("database-is-in-two-zones", "aws_db_instance", "multi_az", False),
    ("bucket-is-made-public-by-nothing", "aws_s3_bucket_acl", "acl", "public-read"),
    ("function-address-asks-who-calls", "aws_lambda_function_url", "authorization_type", "NONE"),
    ("function-has-a-supported-runtime", "aws_lambda_function", "runtime", "nodejs16.x"),
    ("container-shares-nothing-with-its-host", "aws_ecs_task_definition", "pid_mode", "host"),
)


def _plain(kind: str, argument: str, value: Any) -> dict[str, Any]:
    return {"resource": {kind: {"one": {argument: value}}}}


def _as_text(kind: str, argument: str, value: Any) -> dict[str, Any]:
    return _plain(kind, argument, str(value).lower() if isinstance(value, (bool, int)) else value)


def _as_local(kind: str, argument: str, value: Any) -> dict[str, Any]:
    return {**_plain(kind, argument, "${local.value}"), "locals": {"value": value}}


def _as_variable(kind: str, argument: str, value: Any) -> dict[str, Any]:
    return {**_plain(kind, argument, "${var.value}"), "variable": {"value": {"default": value}}}


def _for_each(kind: str, argument: str, value: Any) -> dict[str, Any]:
    body = {argument: "${each.value}", "for_each": {"a": value}}
    return {"resource": [{kind: [{"one": [body]}]}]}


def _counted(kind: str, argument: str, value: Any) -> dict[str, Any]:
    return {"resource": {kind: {"one": {argument: value, "count": "2"}}}}


@pytest.mark.parametrize("form", [_plain, _as_text, _as_local, _as_variable, _for_each, _counted])
def test_a_defect_is_found_in_every_form(form: Callable[[str, str, Any], dict[str, Any]]) -> None:
    missed = []
    for rule, kind, argument, value in DEFECTS:
        (one,) = effective([stack(**form(kind, argument, value))])
        if not list(BY_ID[rule].check(one, {one.id: one})):
            missed.append((rule, kind, argument))
    assert missed == []


PRIVILEGED: Final = (
    '[{"name": "a", "privileged": true}]',
    '[{"Name": "a", "Privileged": true}]',
    '[{"name": "a"}, {"name": "b", "PRIVILEGED": "true"}]',
    '${jsonencode([{"name" = "a", "privileged" = true}])}',
    '${jsonencode([{name: "a", privileged: local.yes}])}',
)


@pytest.mark.parametrize("text", PRIVILEGED)
def test_a_privileged_container_is_found_in_every_form(text: str) -> None:
    resources = {"aws_ecs_task_definition.one": {"container_definitions": text}}
    (one,) = effective([stack(resources, locals={"yes": True})])
    assert list(BY_ID["container-is-not-privileged"].check(one, {one.id: one}))


GARBAGE: Final[tuple[Any, ...]] = (
    None,
    "",
    "x",
    "${",
    "${local.x}",
    0,
    -1,
    1.5,
    True,
    [],
    [[]],
    {},
    {"": {}},
    [None, "x"],
    {"x": [1]},
    "{",
    "[1]",
)


def _spoiled(document: Mapping[str, Any], chance: random.Random) -> dict[str, Any]:
    """A document with one value in a hundred replaced by what the schema does not allow."""

    def change(_: str, one: Any) -> Any:
        return chance.choice(GARBAGE) if chance.random() < 0.01 else one

    return {
        **document,
        **{part: mapped(document.get(part, {}), change) for part in ("resource", "data", "output", "locals")},
    }


@pytest.mark.parametrize("seed", range(3))
def test_no_input_ends_in_a_traceback(platform: list[Stack], seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same garbage in each run
    spoiled = [replace(one, document=_spoiled(one.document, chance)) for one in platform]
    assert findings_of(spoiled)


@pytest.mark.parametrize("part", ["resource", "data", "output", "locals", "variable", "provider", "terraform"])
def test_no_section_of_another_type_ends_in_a_traceback(part: str) -> None:
    spoiled = [stack(layer=f"l{index}", **{part: value}) for index, value in enumerate(GARBAGE)]
    audit(spoiled, rules=RULES, exceptions=[], today=date.min)


def test_the_rules_without_exceptions_exist() -> None:
    assert NEVER_EXCEPTED <= IDS

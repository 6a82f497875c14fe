"""DocumentDB is spread over the zones, accepts TLS only, and is closed until a service is allowed."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from config.database_roles import DatabaseRole
from modules.data.documentdb import Documentdb, documentdb_url
from tests.config.examples import present
from tests.fixtures import fixture_environment
from tests.modules.data.databases import Layers

if TYPE_CHECKING:
    from tests.template import Template

ROLES = (
    DatabaseRole(database="documentdb", name="owner", access="owner"),
    DatabaseRole(database="documentdb", name="api", access="read_write", service="api"),
    DatabaseRole(database="documentdb", name="reports", access="read_only"),
)
PRODUCTION = present(fixture_environment("prod").documentdb)


@cache
def templates(
    *, protect: bool = True, instances: int = 3, global_cluster: bool = False, password_version: int = 1
) -> tuple[Template, Template]:
    layers = Layers.new()
    settings = PRODUCTION.model_copy(
        update={"instances": instances, "global_cluster": global_cluster, "password_version": password_version}
    )
    documentdb = Documentdb(
        layers.data,
        "documentdb",
        config=settings,
        context=layers.context(protect=protect),
        roles=ROLES,
        log_retention_days=365,
    )
    group, _ = layers.consumer()
    documentdb.allow_from(group)
    return layers.templates()


def test_it_is_encrypted_with_the_key_and_in_the_database_subnets() -> None:
    data, _ = templates()
    cluster = data.only("aws_docdb_cluster")
    assert (cluster["storage_encrypted"], cluster["kms_key_id"]) == (True, "${aws_kms_key.databases-key.arn}")
    subnets = data.only("aws_docdb_subnet_group")["subnet_ids"]
    assert all("aws_subnetvpc_database-" in subnet for subnet in subnets)


def test_its_nodes_spread_over_the_zones() -> None:
    data, _ = templates(instances=3)
    zones = [node["availability_zone"] for node in data.all("aws_docdb_cluster_instance").values()]
    first, second = (next(zone for zone in zones if f"database-{key}_" in zone) for key in ("az1", "az2"))
    assert zones == [first, second, first]


def test_its_nodes_stay_in_the_zones_that_they_were_made_in() -> None:
    data, _ = templates()
    for node in data.all("aws_docdb_cluster_instance").values():
        assert node["lifecycle"] == {"ignore_changes": ["availability_zone"]}


def test_it_accepts_only_tls_12_or_newer_and_logs_changes_and_slow_operations() -> None:
    group = templates()[0].only("aws_docdb_cluster_parameter_group")
    assert {parameter["name"]: parameter["value"] for parameter in group["parameter"]} == {
        "tls": "tls1.2+",
        "audit_logs": "enabled",
        "profiler": "enabled",
        "profiler_threshold_ms": "50",
    }
    assert (group["family"], group["name"]) == ("docdb5.0", "user-management-test-docdb5-0")
    assert group["lifecycle"] == {"create_before_destroy": True, "ignore_changes": ["description"]}


def test_personal_data_in_the_log_of_slow_operations_is_masked() -> None:
    policy = templates()[0].only("aws_cloudwatch_log_data_protection_policy")
    assert policy["log_group_name"].startswith("${aws_cloudwatch_log_group.documentdb_profiler-logs")
    assert "EmailAddress" in policy["policy_document"]


def test_its_log_groups_are_created_before_it() -> None:
    data, _ = templates()
    cluster = data.only("aws_docdb_cluster")
    for log in ("audit", "profiler"):
        data.only("aws_cloudwatch_log_group", name=f"/aws/docdb/user-management-test-documentdb/{log}")
        assert any(f"documentdb_{log}-logs" in dependency for dependency in cluster["depends_on"])


def test_a_new_password_of_the_master_is_applied_at_once_as_in_its_secret() -> None:
    data, _ = templates(password_version=2)
    cluster = data.only("aws_docdb_cluster")
    assert cluster["apply_immediately"] is True
    reference = "ephemeral.aws_secretsmanager_secret_version.documentdb_master.secret_string"
    assert cluster["master_password_wo"] == f"${{jsondecode({reference}).password}}"
    assert data.only("aws_secretsmanager_secret_version")["secret_string_wo_version"] == 2
    # Of the stored value itself, not 2: an environment of before had a version 2 that was stored nowhere.
    version_id = r"aws_secretsmanager_secret_version\.documentdb_master_stored_[0-9A-F]{8}\.version_id"
    assert re.search(version_id, cluster["master_password_wo_version"])


def test_the_connection_strings_are_what_the_drivers_need() -> None:
    urls = {role.name: documentdb_url(role) for role in ROLES}
    options = (
        "tls=true&tlsCAFile=/etc/ssl/certs/databases.pem"
        "&replicaSet=rs0&readPreference=secondaryPreferred&retryWrites=false"
    )
    start = "mongodb://{credentials}@{host}:27017/"
    assert urls["api"] == f"{start}api?authSource=admin&{options}"
    assert urls["owner"] == urls["reports"] == f"{start}?authSource=admin&{options}"


def test_its_roles_are_made_when_there_is_an_instance() -> None:
    apply = templates(instances=2)[0].only("aws_lambda_invocation")
    assert len([one for one in apply["depends_on"] if one.startswith("aws_docdb_cluster_instance.")]) == 2
    assert "${aws_docdb_cluster.documentdb.cluster_resource_id}" in apply["input"]


def test_a_protected_cluster_cannot_be_destroyed() -> None:
    data, _ = templates(protect=True)
    cluster = data.only("aws_docdb_cluster")
    assert (cluster["deletion_protection"], cluster["skip_final_snapshot"]) == (True, False)
    (random,) = data.all("terraform_data")
    name = f"user-management-test-documentdb-final-${{substr(terraform_data.{random}.id, 0, 8)}}"
    assert cluster["final_snapshot_identifier"] == name
    assert cluster["lifecycle"] == {"prevent_destroy": True}


def test_an_unprotected_cluster_can_be_destroyed() -> None:
    cluster = templates(protect=False)[0].only("aws_docdb_cluster")
    assert (cluster["deletion_protection"], cluster["skip_final_snapshot"]) == (False, True)
    assert {"final_snapshot_identifier", "lifecycle"}.isdisjoint(cluster)


def test_allow_from_opens_one_port_to_one_service() -> None:
    data, service = templates()
    assert data.only("aws_vpc_security_group_ingress_rule")["description"] == "documentdb-roles to documentdb"
    rule = service.only("aws_vpc_security_group_ingress_rule")
    assert (rule["from_port"], rule["to_port"], rule["description"]) == (27017, 27017, "api to documentdb")


def test_a_global_cluster_is_made_of_it_if_the_setting_says_so() -> None:
    data, _ = templates(global_cluster=True)
    found = data.only("aws_docdb_global_cluster")
    assert found["source_db_cluster_identifier"].startswith("${aws_docdb_cluster.")
    assert not {"engine", "engine_version", "storage_encrypted"} & found.keys()
    assert found["lifecycle"] == {"prevent_destroy": True, "ignore_changes": ["source_db_cluster_identifier"]}
    assert len(found["depends_on"]) == 3  # it follows the instances
    assert templates()[0].all("aws_docdb_global_cluster") == {}


def test_the_primary_of_a_global_cluster_is_the_cluster_that_it_was() -> None:
    before, after = (templates(global_cluster=is_global)[0].only("aws_docdb_cluster") for is_global in (False, True))
    assert after["lifecycle"].pop("ignore_changes") == ["global_cluster_identifier"]
    assert after == before

"""PostgreSQL is closed, encrypted, backed up and monitored; allow_from and grant_connect open it."""

from __future__ import annotations

from dataclasses import replace

from tests.modules.data.databases import API, OWNER, REPORTS, postgres_templates
from tests.template import statements


def test_it_is_private_and_encrypted_with_the_key() -> None:
    instance = postgres_templates()[0].named("aws_db_instance.postgres")
    assert instance["publicly_accessible"] is False
    assert instance["storage_encrypted"] is True
    assert instance["kms_key_id"] == "${aws_kms_key.databases-key.arn}"
    assert instance["performance_insights_kms_key_id"] == "${aws_kms_key.databases-key.arn}"


def test_it_is_in_the_database_subnets_only() -> None:
    data, _ = postgres_templates()
    subnets = data.named("aws_db_subnet_group.postgres_subnets")["subnet_ids"]
    assert [subnet.partition("aws_subnetvpc_")[2].partition("_")[0] for subnet in subnets] == [
        "database-az1",
        "database-az2",
    ]
    assert "postgres_subnets" in data.named("aws_db_instance.postgres")["db_subnet_group_name"]


def test_rds_keeps_the_masters_password_where_there_are_no_replicas() -> None:
    instance = postgres_templates()[0].named("aws_db_instance.postgres")
    assert instance["manage_master_user_password"] is True
    assert instance["master_user_secret_kms_key_id"] == "${aws_kms_key.secrets-key.arn}"
    assert {"password", "password_wo", "password_wo_version"}.isdisjoint(instance)


def test_with_replicas_the_password_is_what_the_own_secret_has() -> None:
    instance = postgres_templates(replicas=1, password_version=3)[0].named("aws_db_instance.postgres")
    reference = "ephemeral.aws_secretsmanager_secret_version.postgres_master.secret_string"
    assert instance["password_wo"] == f"${{jsondecode({reference}).password}}"
    assert "aws_secretsmanager_secret_version.postgres_master_stored" in instance["password_wo_version"]
    assert {"password", "manage_master_user_password", "master_user_secret_kms_key_id"}.isdisjoint(instance)


def test_minor_upgrades_are_automatic_and_major_ones_are_not() -> None:
    instance = postgres_templates()[0].named("aws_db_instance.postgres")
    assert instance["engine_version"] == "17"
    assert instance["auto_minor_version_upgrade"] is True
    assert instance["allow_major_version_upgrade"] is False


def test_a_fixed_minor_version_is_not_upgraded() -> None:
    instance = postgres_templates(version="17.6")[0].named("aws_db_instance.postgres")
    assert (instance["engine_version"], instance["auto_minor_version_upgrade"]) == ("17.6", False)


def test_striped_storage_has_its_own_speed_and_smaller_storage_has_none_to_set() -> None:
    small = postgres_templates(storage_gib=399)[0].named("aws_db_instance.postgres")
    assert {"iops", "storage_throughput"}.isdisjoint(small)
    striped = postgres_templates(storage_gib=400)[0].named("aws_db_instance.postgres")
    assert (striped["iops"], striped["storage_throughput"]) == (12_000, 500)


def test_a_major_upgrade_does_not_wait_for_the_maintenance_window() -> None:
    """The parameter group of the old version is deleted in the same apply, and AWS refuses that while it is in use."""
    waiting = postgres_templates(protect=True)[0].named("aws_db_instance.postgres")
    upgraded = postgres_templates(protect=True, allow_major_upgrade=True)[0].named("aws_db_instance.postgres")
    assert (waiting["apply_immediately"], upgraded["apply_immediately"]) == (False, True)


def test_a_protected_database_cannot_be_destroyed() -> None:
    data, _ = postgres_templates(protect=True)
    instance = data.named("aws_db_instance.postgres")
    assert instance["deletion_protection"] is True
    (random,) = data.all("terraform_data")
    assert (instance["skip_final_snapshot"], instance["final_snapshot_identifier"]) == (
        False,
        f"user-management-test-postgres-final-${{substr(terraform_data.{random}.id, 0, 8)}}",
    )
    assert instance["lifecycle"] == {"prevent_destroy": True}
    assert instance["delete_automated_backups"] is False


def test_an_unprotected_database_can_be_destroyed() -> None:
    instance = postgres_templates(protect=False)[0].named("aws_db_instance.postgres")
    assert instance["deletion_protection"] is False
    assert instance["skip_final_snapshot"] is True
    assert {"final_snapshot_identifier", "lifecycle"}.isdisjoint(instance)


def test_aws_backup_finds_the_primary_by_its_tag_and_no_replica() -> None:
    data, _ = postgres_templates(replicas=1, backed_up=True)
    assert data.named("aws_db_instance.postgres")["tags"] == {"backup-plan": "user-management-test"}
    assert "tags" not in data.named("aws_db_instance.postgres_replica-1")
    assert "tags" not in postgres_templates()[0].named("aws_db_instance.postgres")


def test_its_log_groups_are_created_before_it() -> None:
    data, _ = postgres_templates()
    instance = data.named("aws_db_instance.postgres")
    assert instance["enabled_cloudwatch_logs_exports"] == ["postgresql", "upgrade"]
    for log in ("postgresql", "upgrade"):
        group = data.only("aws_cloudwatch_log_group", name=f"/aws/rds/instance/user-management-test-postgres/{log}")
        assert group["kms_key_id"] == "${aws_kms_key.logs-key.arn}"
        assert any(f"postgres_{log}-logs" in dependency for dependency in instance["depends_on"])


def test_enhanced_monitoring_has_its_own_role_or_none() -> None:
    data, _ = postgres_templates()
    assert "postgres_monitoring" in data.named("aws_db_instance.postgres")["monitoring_role_arn"]
    (trust,) = statements(data.named("aws_iam_role.postgres_monitoring")["assume_role_policy"])
    assert trust["Principal"] == {"Service": "monitoring.rds.amazonaws.com"}
    assert not [name for name in postgres_templates(monitoring=0)[0].all("aws_iam_role") if "monitoring" in name]


def test_allow_from_opens_one_port_to_one_service() -> None:
    data, service = postgres_templates()
    assert data.only("aws_vpc_security_group_ingress_rule")["description"] == "postgres-roles to postgres"
    rule = service.only("aws_vpc_security_group_ingress_rule")
    assert (rule["from_port"], rule["to_port"], rule["description"]) == (5432, 5432, "api to postgres")
    assert "aws_security_group.api.id" in rule["referenced_security_group_id"]


def test_allow_from_also_opens_the_security_group_of_the_replicas() -> None:
    _, service = postgres_templates(replicas=2)
    rules = service.all("aws_vpc_security_group_ingress_rule").values()
    assert {rule["description"] for rule in rules} == {"api to postgres", "api to postgres-replicas"}


def test_each_replica_copies_the_primary_and_is_private() -> None:
    data, _ = postgres_templates(replicas=2)
    for number in (1, 2):
        replica = data.named(f"aws_db_instance.postgres_replica-{number}")
        assert replica["replicate_source_db"] == "${aws_db_instance.postgres.identifier}"
        assert (replica["publicly_accessible"], replica["storage_encrypted"]) == (False, True)
        assert "parameter-group" in replica["parameter_group_name"]
        assert {"password_wo", "kms_key_id", "lifecycle"}.isdisjoint(replica)
    hosts = data.named("aws_ssm_parameter.postgres_parameters_reader-hosts")["value_wo"]
    assert hosts.count(".address") == 2


def test_a_role_may_sign_in_by_token_on_the_primary_and_on_every_replica() -> None:
    _, service = postgres_templates(replicas=1, roles=(OWNER, replace(API, iam=True)))
    allowed = statements(service.named("aws_iam_role_policy.task_permissions")["policy"])
    (connect,) = [s for s in allowed if s["Action"] == "rds-db:connect"]
    assert len(connect["Resource"]) == 2
    assert all(arn.startswith("arn:aws:rds-db:us-east-1:444444444444:dbuser:${") for arn in connect["Resource"])
    assert all(arn.endswith("/api_iam") for arn in connect["Resource"])


def test_people_sign_in_with_an_iam_role_as_a_role_of_no_service() -> None:
    data, _ = postgres_templates(roles=(OWNER, API, REPORTS))
    assert data.only("aws_iam_role", name="user-management-test-postgres-reports")
    assert not [name for name in data.all("aws_iam_role") if "api-people" in name or "owner-people" in name]


def test_the_roles_are_made_before_the_urls_are_written_and_both_before_the_schedule() -> None:
    data, _ = postgres_templates()
    apply = data.named("aws_lambda_invocation.postgres_roles_apply")
    assert any(one.startswith("aws_ssm_parameter.postgres_parameters_host") for one in apply["depends_on"])
    assert "aws_db_instance.postgres.address" in apply["input"]  # another host writes the urls again
    schedule = data.only("aws_scheduler_schedule")
    assert any(one.startswith("aws_lambda_invocation.postgres_roles_apply") for one in schedule["depends_on"])
    assert [name for name in data.all("aws_lambda_invocation") if "prepare" in name] == []

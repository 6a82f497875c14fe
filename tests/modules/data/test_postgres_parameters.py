"""Connections are encrypted, slow queries are logged, and no log has the values of a statement or a password."""

from __future__ import annotations

from tests.modules.data.databases import postgres_templates


def values() -> dict[str, str]:
    parameters = postgres_templates()[0].only("aws_db_parameter_group")["parameter"]
    return {parameter["name"]: parameter["value"] for parameter in parameters}


def test_tls_is_forced_and_slow_queries_are_logged() -> None:
    found = values()
    assert found["rds.force_ssl"] == "1"
    assert found["ssl_min_protocol_version"] == "TLSv1.2"
    assert found["log_min_duration_statement"] == "50"


def test_no_log_has_the_values_of_a_statement_or_a_password() -> None:
    found = values()
    assert (found["log_parameter_max_length"], found["log_parameter_max_length_on_error"]) == ("0", "0")
    assert (found["log_statement"], found["pgaudit.log"], found["pgaudit.log_parameter"]) == ("none", "ddl,role", "0")


def test_autovacuum_of_a_second_or_more_is_logged() -> None:
    found = values()
    assert (found["log_autovacuum_min_duration"], found["rds.force_autovacuum_logging_level"]) == ("1000", "warning")


def test_only_the_libraries_wait_for_a_restart() -> None:
    parameters = postgres_templates()[0].only("aws_db_parameter_group")["parameter"]
    static = {each["name"]: each["value"] for each in parameters if each["apply_method"] == "pending-reboot"}
    assert static == {"shared_preload_libraries": "pg_stat_statements,pgaudit"}


def test_the_group_of_the_next_major_version_is_created_before_the_old_one_is_destroyed() -> None:
    group = postgres_templates()[0].only("aws_db_parameter_group")
    assert (group["name"], group["family"]) == ("user-management-test-postgres17", "postgres17")
    assert group["lifecycle"] == {"create_before_destroy": True, "ignore_changes": ["description"]}

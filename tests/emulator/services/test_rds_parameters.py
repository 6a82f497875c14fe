"""Parameters that AWS does not have, does not allow, or changes only at a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator.conftest import Client

POSTGRES, DOCUMENTS = "parameters", "document-parameters"


@pytest.fixture(autouse=True)
def groups(client: Client) -> Iterator[None]:
    client("rds").create_db_parameter_group(
        DBParameterGroupName=POSTGRES, DBParameterGroupFamily="postgres17", Description="x"
    )
    client("docdb").create_db_cluster_parameter_group(
        DBClusterParameterGroupName=DOCUMENTS, DBParameterGroupFamily="docdb5.0", Description="x"
    )
    yield
    client("rds").delete_db_parameter_group(DBParameterGroupName=POSTGRES)
    client("docdb").delete_db_cluster_parameter_group(DBClusterParameterGroupName=DOCUMENTS)


def change(client: Client, name: str, value: str, method: str = "pending-reboot") -> None:
    parameter: dict[str, Any] = {"ParameterName": name, "ParameterValue": value, "ApplyMethod": method}
    client("rds").modify_db_parameter_group(DBParameterGroupName=POSTGRES, Parameters=[parameter])


def change_documents(client: Client, name: str, value: str, method: str = "pending-reboot") -> None:
    parameter: dict[str, Any] = {"ParameterName": name, "ParameterValue": value, "ApplyMethod": method}
    client("docdb").modify_db_cluster_parameter_group(DBClusterParameterGroupName=DOCUMENTS, Parameters=[parameter])


@pytest.mark.parametrize(
    ("name", "value", "method"),
    [
        ("log_parameter_max_length", "0", "immediate"),
        ("pgaudit.log", "ddl,role", "immediate"),
        ("shared_preload_libraries", "pg_stat_statements,pgaudit", "pending-reboot"),
        ("log_min_duration_statement", "-1", "immediate"),
    ],
)
def test_what_postgres_has_is_accepted(client: Client, name: str, value: str, method: str) -> None:
    change(client, name, value, method)
    found = client("rds").describe_db_parameters(DBParameterGroupName=POSTGRES, Source="user")["Parameters"]
    assert {parameter["ParameterName"]: parameter["ParameterValue"] for parameter in found}[name] == value


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("log_parameters_max_length", "0", "Could not find parameter with name: log_parameters_max_length"),
        ("pg_audit.log", "ddl", "Could not find parameter with name: pg_audit.log"),
        ("log_statement", "dml", "Value: dml is outside of range: none,ddl,mod,all for parameter: log_statement"),
        ("log_parameter_max_length", "-2", "Value: -2 is outside of range: -1-1073741823"),
        ("log_connections", "on", "Value: on is outside of range: 0,1"),
        ("shared_preload_libraries", "pg_audit", "Invalid parameter value: pg_audit for: shared_preload_libraries"),
    ],
)
def test_what_postgres_does_not_have_is_refused(client: Client, name: str, value: str, says: str) -> None:
    with pytest.raises(ClientError, match=says):
        change(client, name, value)


def test_a_static_parameter_waits_for_a_restart(client: Client) -> None:
    with pytest.raises(ClientError, match="cannot use immediate apply method for static parameter"):
        change(client, "shared_preload_libraries", "pgaudit", "immediate")


def test_at_most_twenty_parameters_are_changed_at_once(client: Client) -> None:
    parameters: list[Any] = [
        {"ParameterName": "work_mem", "ParameterValue": str(n), "ApplyMethod": "immediate"} for n in range(21)
    ]
    with pytest.raises(ClientError, match="a maximum of 20 parameters"):
        client("rds").modify_db_parameter_group(DBParameterGroupName=POSTGRES, Parameters=parameters)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("profile", "enabled", "Could not find parameter with name: profile"),
        ("profiler_threshold_ms", "10", "Value: 10 is outside of range: 50-2147483647"),
        ("profiler_sampling_rate", "2", "Value: 2 is outside of range: 0.0-1.0"),
        ("tls", "on", "Value: on is outside of range"),
    ],
)
def test_what_documentdb_does_not_have_is_refused(client: Client, name: str, value: str, says: str) -> None:
    change_documents(client, "tls", "tls1.2+")
    with pytest.raises(ClientError, match=says):
        change_documents(client, name, value)
    with pytest.raises(ClientError, match="cannot use immediate apply method"):
        change_documents(client, "tls", "enabled", "immediate")

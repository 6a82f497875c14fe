from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.emulator.services.test_rds_stopped import create_cluster

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


def test_logs_of_a_cluster_are_switched_on_and_off(client: Client) -> None:
    docdb = create_cluster(client, "logged")

    def exports(**change: Any) -> list[str]:
        docdb.modify_db_cluster(DBClusterIdentifier="logged", CloudwatchLogsExportConfiguration=change)
        found = docdb.describe_db_clusters(DBClusterIdentifier="logged")["DBClusters"][0]
        return list(found.get("EnabledCloudwatchLogsExports", ()))

    assert exports(EnableLogTypes=["audit", "profiler"]) == ["audit", "profiler"]
    assert exports(DisableLogTypes=["audit"]) == ["profiler"]
    assert exports(EnableLogTypes=["profiler"]) == ["profiler"]

"""The logs that a cluster sends to CloudWatch Logs: moto reads a change of them under another name, and drops it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.rds.models import rds_backends

from emulator.registry import Context, after

if TYPE_CHECKING:
    from emulator.store import Shape


@after("rds", "ModifyDBCluster")
def change_log_exports(params: Shape, context: Context) -> None:
    """Send the logs that are switched on, and no longer those that are switched off.

    https://docs.aws.amazon.com/documentdb/latest/developerguide/API_CloudwatchLogsExportConfiguration.html
    """
    wanted = params.get("CloudwatchLogsExportConfiguration") or {}
    name = params.get("NewDBClusterIdentifier") or params["DBClusterIdentifier"]
    cluster = context.backend(rds_backends).clusters.get(name)
    if cluster is not None and wanted:
        kept = {*cluster.enabled_cloudwatch_logs_exports, *wanted.get("EnableLogTypes", ())}
        cluster.enabled_cloudwatch_logs_exports = sorted(kept - {*wanted.get("DisableLogTypes", ())})

"""What DocumentDB has whether it serves or only follows another cluster: itself, its logs, and what watches it."""

from __future__ import annotations

from functools import cached_property
from itertools import cycle
from typing import TYPE_CHECKING, Final

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.docdb_cluster import DocdbCluster
from cdktf_cdktf_provider_aws.docdb_cluster_instance import DocdbClusterInstance
from cdktf_cdktf_provider_aws.docdb_subnet_group import DocdbSubnetGroup
from constructs import Construct

from modules.backup_names import backup_tag
from modules.data.database_events import DOCUMENTDB_CLUSTER, DOCUMENTDB_INSTANCE, DatabaseEvents
from modules.data.documentdb_alarms import DocumentdbAlarms
from modules.data.documentdb_parameters import create_parameter_group
from modules.data.final_snapshot import FinalSnapshot
from modules.data.identifiers import documentdb_identifier
from modules.data.instance_metrics import ClusterMetrics, DocumentdbMetrics
from modules.data.origins import RestoredCluster, SecondaryOf
from modules.data.saved_queries import DOCUMENTDB_AUDIT, DOCUMENTDB_PROFILER, SavedQueries
from modules.data.slow_statements import SlowStatements, documentdb_pattern
from modules.data.statement_log import mask_personal_data
from modules.label import NameLimit
from modules.log_group import LogGroup
from modules.network.connections import Connectable, Connections, Port, SecurityGroup

if TYPE_CHECKING:
    from config.documentdb import DocumentdbSettings
    from modules.data.database_context import DatabaseContext
    from modules.data.master import OwnMaster
    from modules.data.origins import DocumentdbOrigin

PORT: Final = Port.tcp(27017)
_STATEMENTS: Final = "profiler"
_AUDIT: Final = "audit"
_LOGS: Final = (_AUDIT, _STATEMENTS)
# https://docs.aws.amazon.com/documentdb/latest/developerguide/ca_cert_rotation.html
_CERTIFICATE_AUTHORITY: Final = "rds-ca-rsa2048-g1"


class DocumentdbBase(Construct):
    """The same addresses for both, so that a cluster that is detached stays the resource that it was."""

    _cluster: DocdbCluster
    _instances: list[DocdbClusterInstance]

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: DocumentdbSettings,
        context: DatabaseContext,
        log_retention_days: int,
    ) -> None:
        """Create its place and its logs.

        Args:
            config: Size, windows, backups.
            context: What all databases share.
            log_retention_days: Days that its logs are kept.
        """
        super().__init__(scope, id_)
        self._config = config
        self._context = context
        self._label = label = context.label
        self._group = SecurityGroup(
            self,
            "security-group",
            label=label,
            vpc=context.vpc,
            name="documentdb",
            description="DocumentDB",
            port=PORT,
        )
        identifier = documentdb_identifier(label)
        self._logs = {
            log: LogGroup(
                self,
                f"{log}-logs",
                label=label,
                name=f"/aws/docdb/{identifier}/{log}",  # the name that DocumentDB uses
                retention_days=log_retention_days,
                key=context.logs_key,
            )
            for log in _LOGS
        }
        # A slow operation is logged with its whole command, values included; no parameter leaves them out:
        # https://docs.aws.amazon.com/documentdb/latest/developerguide/profiling.html
        mask_personal_data(self._logs[_STATEMENTS])
        self._subnets = DocdbSubnetGroup(
            self,
            "subnets",
            name=label.name("documentdb", limit=NameLimit.DATABASE_GROUP),
            description="Database subnets of the VPC",
            subnet_ids=context.vpc.database_subnet_ids,
        )

    @property
    def identifier(self) -> str:
        """Name of the cluster."""
        return self._cluster.cluster_identifier

    @property
    def metrics(self) -> ClusterMetrics:
        """The metrics of the cluster."""
        return ClusterMetrics(identifier=self.identifier, region=self._label.region)

    @property
    def instance_metrics(self) -> dict[int, DocumentdbMetrics]:
        """The metrics of each instance, by its number."""
        region = self._label.region
        return {
            number: DocumentdbMetrics(identifier=instance.identifier, region=region)
            for number, instance in enumerate(self._instances, start=1)
        }

    @cached_property
    def arn(self) -> str:
        """ARN of the cluster."""
        return self._cluster.arn

    @property
    def endpoint(self) -> str:
        """Host of the primary instance."""
        return self._cluster.endpoint

    @property
    def reader_endpoint(self) -> str:
        """Host of the replicas."""
        return self._cluster.reader_endpoint

    @property
    def connections(self) -> Connections:
        """Adds rules to its security group."""
        return self._group.connections

    def allow_from(self, peer: Connectable) -> None:
        """Allow `peer` to reach the cluster on port 27017."""
        self.connections.allow_from(peer)

    def _add_cluster(
        self, *, master: OwnMaster | None, origin: DocumentdbOrigin | SecondaryOf | None, is_primary: bool = False
    ) -> None:
        """Create the cluster and its instances.

        Args:
            master: Has the password of its master; None for a secondary cluster, which has that of the primary.
            origin: What it is made of in the second region; None makes an empty one.
            is_primary: Whether a global cluster is made of it.
        """
        config, context, label = self._config, self._context, self._label
        protect, identifier = context.protect, documentdb_identifier(self._label)
        self._cluster = DocdbCluster(
            self,
            "Default",
            cluster_identifier=identifier,
            engine="docdb",
            engine_version=config.engine_version,
            allow_major_version_upgrade=config.allow_major_upgrade,
            global_cluster_identifier=origin.global_cluster if isinstance(origin, SecondaryOf) else None,
            # A restored or secondary cluster has the master of its source; another name would replace it.
            master_username=label.database_user if origin is None else None,
            snapshot_identifier=origin.snapshot_arn if isinstance(origin, RestoredCluster) else None,
            master_password_wo=master.password if master else None,
            master_password_wo_version=master.password_version if master else None,
            port=PORT.first,
            storage_encrypted=True,
            kms_key_id=context.key.arn,
            db_subnet_group_name=self._subnets.name,
            vpc_security_group_ids=[self._group.id],
            db_cluster_parameter_group_name=create_parameter_group(
                self,
                label=label,
                engine_version=config.engine_version,
                slow_operation_milliseconds=config.slow_operation_milliseconds,
            ).name,
            backup_retention_period=config.backup_retention_days,
            preferred_backup_window=config.backup_window,
            preferred_maintenance_window=config.maintenance_window,
            tags=backup_tag(label) if context.backed_up else None,
            deletion_protection=protect,
            skip_final_snapshot=not protect,
            final_snapshot_identifier=self._add_final_snapshot(identifier).name if protect else None,
            # It only affects the new password here; applied later, it would differ from the parameter's.
            # https://docs.aws.amazon.com/documentdb/latest/developerguide/API_ModifyDBCluster.html
            apply_immediately=True,
            enabled_cloudwatch_logs_exports=list(_LOGS),
            lifecycle=_lifecycle(origin, protect=protect, is_primary=is_primary),
            depends_on=[dependable for log in self._logs.values() for dependable in log.dependables],
        )
        zones = cycle(context.vpc.database_zone_names)
        self._instances = [
            self._add_instance(number, zone, protect=protect)
            for number, zone in zip(range(1, config.instances + 1), zones, strict=False)
        ]

    def _watch(self) -> None:
        """Add alarms, event subscriptions and saved queries."""
        label, topics, logs = self._label, self._context.topics, self._logs
        subject = self._context.subject("documentdb", "DocumentDB")
        DocumentdbAlarms(
            self,
            "alarms",
            subject=subject,
            metrics=self.metrics,
            instances=self.instance_metrics,
            instance_class=self._config.instance_class,
        )
        slow = self._config.slow_operation_milliseconds
        self.slow_statements = SlowStatements(
            self,
            "slow-statements",
            subject=subject,
            logs={_STATEMENTS: logs[_STATEMENTS]},
            pattern=documentdb_pattern(slow),
            value="$.millis",
            milliseconds=slow,
        )
        instances = [instance.identifier for instance in self._instances]
        for source, ids in ((DOCUMENTDB_CLUSTER, [self.identifier]), (DOCUMENTDB_INSTANCE, instances)):
            kind = source.type.removeprefix("db-")
            DatabaseEvents(
                self,
                f"{kind}-events",
                label=label,
                topics=topics,
                name=f"documentdb-{kind}",
                source=source,
                source_ids=ids,
                is_documentdb=True,
            )
        for log, queries in ((_STATEMENTS, DOCUMENTDB_PROFILER), (_AUDIT, DOCUMENTDB_AUDIT)):
            SavedQueries(self, f"{log}-queries", label=label, folder="documentdb", queries=queries, logs=[logs[log]])

    def _add_final_snapshot(self, identifier: str) -> FinalSnapshot:
        return FinalSnapshot(
            self,
            "final-snapshot",
            label=self._label,
            name="documentdb-final",
            replaced_with={
                "cluster_identifier": identifier,
                "master_username": self._label.database_user,
                "db_subnet_group_name": self._subnets.name,
                "kms_key_id": self._context.key.arn,
            },
        )

    def _add_instance(self, number: int, zone: str, *, protect: bool) -> DocdbClusterInstance:
        return DocdbClusterInstance(
            self,
            f"instance-{number}",
            identifier=self._label.name(f"documentdb-{number}", limit=NameLimit.DATABASE),
            cluster_identifier=self._cluster.id,
            instance_class=self._config.instance_class,
            availability_zone=zone,
            auto_minor_version_upgrade=True,
            ca_cert_identifier=_CERTIFICATE_AUTHORITY,
            preferred_maintenance_window=self._config.maintenance_window,
            copy_tags_to_snapshot=True,
            apply_immediately=not protect,  # a restart in production waits for the maintenance window
            # An instance stays in the zone that it was made in: another zone means another instance, and with a zone
            # put before the first all would be replaced at once. Without a zone AWS chooses one at random:
            # https://docs.aws.amazon.com/documentdb/latest/developerguide/API_CreateDBInstance.html
            # No prevent_destroy: the data is in the cluster, and fewer instances are a change of a setting.
            lifecycle=TerraformResourceLifecycle(ignore_changes=["availability_zone"]),
        )


def _lifecycle(
    origin: DocumentdbOrigin | SecondaryOf | None, *, protect: bool, is_primary: bool
) -> TerraformResourceLifecycle | None:
    ignored = []
    if isinstance(origin, RestoredCluster):
        ignored.append(
            "snapshot_identifier"
        )  # another one, or none, would replace the cluster that serves by an older one
    if is_primary:
        ignored.append("global_cluster_identifier")  # it is read, and not set: Terraform would take the cluster out
    if not protect and not ignored:
        return None
    return TerraformResourceLifecycle(prevent_destroy=True if protect else None, ignore_changes=ignored or None)

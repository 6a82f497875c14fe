"""A read replica of PostgreSQL, and what it has in common with its source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.db_instance import DbInstance

from modules.backup_names import backup_tag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cdktf_cdktf_provider_aws.db_parameter_group import DbParameterGroup
    from constructs import Construct

    from config.postgres import PostgresSettings
    from modules.data.database_context import DatabaseContext
    from modules.log_group import LogGroup
    from modules.network.connections import SecurityGroup
    from modules.role import Role

STATEMENTS: Final = "postgresql"
"""The log of statements and sign-ins."""

LOGS: Final = (STATEMENTS, "upgrade")
"""What RDS exports of an instance."""

CERTIFICATE_AUTHORITY: Final = "rds-ca-rsa2048-g1"
"""RDS's default for new databases, set here so that a new default does not change existing ones.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html#UsingWithRDS.SSL.RegionCertificateAuthorities
"""


@dataclass(frozen=True, kw_only=True)
class Abroad:
    """What a replica needs in another region than its source's, where it can be promoted."""

    subnet_group: str
    """In the same region a replica is in the group of its source."""
    port: int


def create_replica(
    scope: Construct,
    id_: str,
    *,
    config: PostgresSettings,
    context: DatabaseContext,
    identifier: str,
    source: str,
    group: SecurityGroup,
    parameter_group: DbParameterGroup,
    monitoring_role: Role | None,
    logs: Sequence[LogGroup],
    abroad: Abroad | None = None,
) -> DbInstance:
    """Create a copy that follows its source; it has only the source's data, so it is not protected.

    One in another region is: it is what is left when the region of its source is lost. It has backups and a standby as
    its source has, so that it is as good when it is promoted.

    Args:
        scope: The construct of the database.
        id_: Its role there.
        config: Size, windows, backups.
        context: What all databases share.
        identifier: Its name.
        source: Identifier of the source, or its ARN if it is in another region.
        group: Its security group.
        parameter_group: Its parameters.
        monitoring_role: The role of Enhanced Monitoring.
        logs: What must exist before it writes.
        abroad: Set if the source is in another region.
    """
    protect = abroad is not None and context.protect
    return DbInstance(
        scope,
        id_,
        identifier=identifier,
        replicate_source_db=source,
        auto_minor_version_upgrade=config.engine_version is None,  # Terraform would revert an upgrade
        instance_class=config.instance_class,
        multi_az=config.multi_az if abroad else None,
        port=abroad.port if abroad else None,
        iam_database_authentication_enabled=True,
        ca_cert_identifier=CERTIFICATE_AUTHORITY,
        storage_type="gp3",
        max_allocated_storage=config.max_storage_gib,
        storage_encrypted=True,
        # In the same region it has the primary's key: RDS allows no other.
        kms_key_id=context.key.arn if abroad else None,
        db_subnet_group_name=abroad.subnet_group if abroad else None,
        vpc_security_group_ids=[group.id],
        publicly_accessible=False,
        parameter_group_name=parameter_group.name,
        backup_retention_period=config.backup_retention_days if abroad else None,
        backup_window=config.backup_window if abroad else None,
        maintenance_window=config.maintenance_window,
        copy_tags_to_snapshot=True,
        tags=backup_tag(context.label) if abroad and context.backed_up else None,
        delete_automated_backups=not protect if abroad else None,
        deletion_protection=protect,
        skip_final_snapshot=True,  # RDS makes none of a replica
        apply_immediately=not context.protect,
        enabled_cloudwatch_logs_exports=list(LOGS),
        performance_insights_enabled=True,
        performance_insights_kms_key_id=context.key.arn,
        performance_insights_retention_period=config.insights_retention_days,
        monitoring_interval=config.monitoring_interval_seconds,
        monitoring_role_arn=monitoring_role.arn if monitoring_role else None,
        lifecycle=TerraformResourceLifecycle(prevent_destroy=True) if protect else None,
        depends_on=[*(dependable for log in logs for dependable in log.dependables), parameter_group],
    )

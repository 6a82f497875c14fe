"""A read replica of PostgreSQL, and what it has in common with its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.db_instance import DbInstance

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


def create_replica(
    scope: Construct,
    id_: str,
    *,
    config: PostgresSettings,
    context: DatabaseContext,
    identifier: str,
    source: DbInstance,
    group: SecurityGroup,
    parameter_group: DbParameterGroup,
    monitoring_role: Role | None,
    logs: Sequence[LogGroup],
) -> DbInstance:
    """Create a copy that follows its source; it has only the source's data, so it is not protected."""
    return DbInstance(
        scope,
        id_,
        identifier=identifier,
        replicate_source_db=source.identifier,
        auto_minor_version_upgrade=config.engine_version is None,  # Terraform would revert an upgrade
        instance_class=config.instance_class,
        iam_database_authentication_enabled=True,
        ca_cert_identifier=CERTIFICATE_AUTHORITY,
        storage_type="gp3",
        max_allocated_storage=config.max_storage_gib,
        storage_encrypted=True,  # with the primary's key: RDS allows no other in the same region
        vpc_security_group_ids=[group.id],
        publicly_accessible=False,
        parameter_group_name=parameter_group.name,
        maintenance_window=config.maintenance_window,
        copy_tags_to_snapshot=True,
        deletion_protection=False,
        skip_final_snapshot=True,
        apply_immediately=not context.protect,
        enabled_cloudwatch_logs_exports=list(LOGS),
        performance_insights_enabled=True,
        performance_insights_kms_key_id=context.key.arn,
        performance_insights_retention_period=config.insights_retention_days,
        monitoring_interval=config.monitoring_interval_seconds,
        monitoring_role_arn=monitoring_role.arn if monitoring_role else None,
        depends_on=[*(dependable for log in logs for dependable in log.dependables), parameter_group],
    )

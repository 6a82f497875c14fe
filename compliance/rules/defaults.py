"""What AWS would decide is written out: a default that is on, that weakens, or that AWS changes from time to time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from compliance.rule import Finding, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synthesis.manifest import Stack

_RDS: Final = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html"
_DOCDB: Final = "https://docs.aws.amazon.com/documentdb/latest/developerguide/API_CreateDBInstance.html"
_ELB: Final = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application"
_ECS: Final = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference"


@dataclass(frozen=True, kw_only=True)
class _Defaults:
    """Arguments of a type that must be written, and the page on what AWS does without them."""

    kind: str
    arguments: tuple[str, ...]
    page: str
    only: tuple[str, str | None] | None = None
    """An argument and its value, for resources of the type that have both."""


_DEFAULTS: Final = (
    _Defaults(
        kind="aws_db_instance",
        arguments=(
            "apply_immediately",
            "auto_minor_version_upgrade",  # on
            "ca_cert_identifier",  # the account's default, which AWS moves to a newer authority
            "copy_tags_to_snapshot",
            "performance_insights_enabled",
            "publicly_accessible",
            "storage_type",
        ),
        page=_RDS,
    ),
    _Defaults(
        kind="aws_db_instance",
        arguments=("allow_major_version_upgrade", "delete_automated_backups"),  # the second is on
        page=_RDS,
        only=("replicate_source_db", None),
    ),
    _Defaults(
        kind="aws_docdb_cluster_instance",
        arguments=(
            "auto_minor_version_upgrade",
            "ca_cert_identifier",
            "copy_tags_to_snapshot",
        ),
        page=_DOCDB,
    ),
    _Defaults(
        kind="aws_docdb_cluster",
        arguments=("allow_major_version_upgrade", "apply_immediately", "backup_retention_period"),
        page="https://docs.aws.amazon.com/documentdb/latest/developerguide/API_CreateDBCluster.html",
    ),
    _Defaults(
        kind="aws_db_proxy",
        arguments=("debug_logging", "idle_client_timeout", "require_tls"),
        page="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBProxy.html",
    ),
    _Defaults(
        kind="aws_dynamodb_table",
        arguments=("billing_mode", "deletion_protection_enabled", "point_in_time_recovery", "server_side_encryption"),
        page="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html",
    ),
    _Defaults(
        kind="aws_ecr_repository",
        arguments=("encryption_configuration", "image_scanning_configuration", "image_tag_mutability"),
        page="https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html",
    ),
    _Defaults(
        kind="aws_ecs_cluster",
        arguments=("setting",),  # the account's setting of Container Insights
        page=f"{_ECS}/API_CreateCluster.html",
    ),
    _Defaults(
        kind="aws_ecs_service",
        arguments=(
            "availability_zone_rebalancing",  # on
            "enable_ecs_managed_tags",
            "enable_execute_command",
            "platform_version",
            "propagate_tags",
        ),
        page=f"{_ECS}/API_CreateService.html",
    ),
    _Defaults(
        kind="aws_guardduty_detector",
        arguments=("enable", "finding_publishing_frequency"),
        page="https://docs.aws.amazon.com/guardduty/latest/APIReference/API_CreateDetector.html",
    ),
    _Defaults(
        kind="aws_lambda_function",
        arguments=("architectures", "logging_config", "timeout", "tracing_config"),
        page="https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
    ),
    _Defaults(
        kind="aws_lb",
        arguments=(
            "desync_mitigation_mode",
            "drop_invalid_header_fields",
            "enable_deletion_protection",
            "idle_timeout",
            "internal",
            "ip_address_type",
        ),
        page=f"{_ELB}/edit-load-balancer-attributes.html",
    ),
    _Defaults(
        kind="aws_lb_listener",
        arguments=("ssl_policy",),  # one that still accepts TLS 1.0
        page=f"{_ELB}/describe-ssl-policies.html",
        only=("protocol", "HTTPS"),
    ),
    _Defaults(
        kind="aws_lb_target_group",
        arguments=("deregistration_delay", "health_check", "protocol_version", "target_type"),
        page=f"{_ELB}/edit-target-group-attributes.html",
    ),
    _Defaults(
        kind="aws_secretsmanager_secret",
        arguments=("recovery_window_in_days",),
        page="https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html",
    ),
    _Defaults(
        kind="aws_sns_topic",
        arguments=("signature_version",),  # 1, which is SHA-1
        page="https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html",
    ),
    _Defaults(
        kind="aws_subnet",
        arguments=("map_public_ip_on_launch",),
        page="https://docs.aws.amazon.com/vpc/latest/userguide/subnet-public-ip.html",
    ),
    _Defaults(
        kind="aws_vpc_endpoint",
        arguments=("policy",),  # every principal, action and resource
        page="https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
        only=("vpc_endpoint_type", "Gateway"),  # buckets and tables of every account
    ),
)


@rule
def defaults_are_written_out(stack: Stack) -> Iterator[Finding]:
    """Arguments whose default is on, weakens, or changes are written, whatever their value."""
    for defaults in _DEFAULTS:
        for resource in stack.all(defaults.kind):
            if defaults.only and resource.get(defaults.only[0]) != defaults.only[1]:
                continue
            missing = [argument for argument in defaults.arguments if resource.get(argument) is None]
            if missing:
                yield Finding.about(
                    resource, f"does not set {', '.join(missing)}; the default is AWS's: {defaults.page}"
                )

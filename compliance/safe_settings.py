"""Settings of which only some values are safe, by type; what AWS does without them is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Setting:
    """An argument of a type, and the values that are safe."""

    kind: str
    path: str
    """Names with dots: `tracing_config.mode`."""
    safe: tuple[object, ...]
    unless: tuple[str, ...] = ()
    """Arguments whose presence makes it another thing, like a replica."""
    only: tuple[str, tuple[object, ...]] | None = None
    """An argument and the values with which the setting counts."""
    is_for_protected: bool = False
    """Whether only protected environments need it."""


_APPLICATION: Final = ("load_balancer_type", (None, "application"))

_REPLICA: Final = ("replicate_source_db",)
SETTINGS: Final = (
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
    Setting(kind="aws_lb", path="drop_invalid_header_fields", safe=(True,), only=_APPLICATION),
    Setting(kind="aws_lb", path="desync_mitigation_mode", safe=("strictest", "defensive"), only=_APPLICATION),
    # https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
    Setting(kind="aws_ecr_repository", path="image_tag_mutability", safe=("IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION")),
    Setting(kind="aws_ecr_repository", path="image_scanning_configuration.scan_on_push", safe=(True,)),
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html
    Setting(kind="aws_db_instance", path="iam_database_authentication_enabled", safe=(True,), unless=_REPLICA),
    Setting(kind="aws_db_instance", path="auto_minor_version_upgrade", safe=(True,)),
    Setting(kind="aws_db_instance", path="copy_tags_to_snapshot", safe=(True,)),
    Setting(kind="aws_db_instance", path="performance_insights_enabled", safe=(True,), is_for_protected=True),
    Setting(kind="aws_docdb_cluster_instance", path="auto_minor_version_upgrade", safe=(True,)),
    Setting(kind="aws_docdb_cluster_instance", path="copy_tags_to_snapshot", safe=(True,)),
    # https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
    Setting(kind="aws_lambda_function", path="tracing_config.mode", safe=("Active",)),
    # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html
    Setting(kind="aws_instance", path="metadata_options.http_tokens", safe=("required",)),
    Setting(kind="aws_launch_template", path="metadata_options.http_tokens", safe=("required",)),
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-fargate.html
    Setting(kind="aws_ecs_service", path="platform_version", safe=("LATEST", None)),
    # https://docs.aws.amazon.com/kms/latest/developerguide/enabling-keys.html
    Setting(kind="aws_kms_key", path="is_enabled", safe=(True, None)),
    Setting(kind="aws_kms_key", path="bypass_policy_lockout_safety_check", safe=(False, None)),
    Setting(
        kind="aws_cloudfront_distribution", path="viewer_certificate.cloudfront_default_certificate", safe=(False, None)
    ),
)

"""Names that another environment must know: its roles and policies name what is in an account that it cannot read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from config.names import NameLimit

if TYPE_CHECKING:
    from config.names import Names

PIPELINE_ROLE: Final = "pipeline"
PROMOTE_ROLE: Final = "promote"
RELEASES: Final = "releases"
"""Component of the name of the bucket with the finished releases; the boundary of pipelines has it too."""
DELIVERY_KEY: Final = "delivery"


def role_arn(names: Names, component: str) -> str:
    """ARN of a role of an environment."""
    return f"arn:aws:iam::{names.account_id}:role/{names.role_name(component)}"


def releases_bucket(names: Names) -> str:
    """Name of the bucket with the finished releases of an environment."""
    return names.bucket_name(RELEASES)


def release_prefix(environment: str) -> str:
    """Start of the keys of the finished releases."""
    return f"releases/{environment}"


def key_alias(names: Names) -> str:
    """Alias of the key of an environment's releases."""
    return "alias/" + names.name(DELIVERY_KEY, limit=NameLimit.KMS_ALIAS)

"""What must hold for every stack: its provider, its tags, its state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.rule import Finding, rule
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synthesis.manifest import Stack

_PROVIDER_VERSION: Final = "5.100.0"
_REQUIRED_TAGS: Final = frozenset({"Project", "Environment", "Layer", "ManagedBy", "Owner", "CostCenter"})
PROVIDER, BACKEND = "provider.aws", "terraform.backend.s3"
"""Addresses of what every stack has and Terraform gives none."""


@rule
def provider_is_pinned(stack: Stack) -> Iterator[Finding]:
    """The AWS provider is the version that the platform is tested with."""
    version = stack.terraform.get("required_providers", {}).get("aws", {}).get("version")
    if version != _PROVIDER_VERSION:
        yield Finding(address=PROVIDER, message=f"version {version}, not {_PROVIDER_VERSION}")


@rule
def provider_names_its_account(stack: Stack) -> Iterator[Finding]:
    """Terraform refuses any account but the environment's."""
    if not stack.providers:
        yield Finding(address=PROVIDER, message="is not configured")
    for provider in stack.providers:
        if not provider.get("allowed_account_ids"):
            yield Finding(address=provider_address(provider), message="allowed_account_ids is not set")


@rule
def provider_tags_everything(stack: Stack) -> Iterator[Finding]:
    """The provider sets the required tags on every resource."""
    for provider in stack.providers:
        tags = {tag for block in blocks(provider.get("default_tags")) for tag in block.get("tags", {})}
        if missing := sorted(_REQUIRED_TAGS - tags):
            yield Finding(address=provider_address(provider), message=f"default_tags has no {', '.join(missing)}")


@rule
def state_is_encrypted(stack: Stack) -> Iterator[Finding]:
    """The state is encrypted with a customer managed key."""
    backend = stack.terraform.get("backend", {}).get("s3", {})
    if backend.get("encrypt") is not True or not backend.get("kms_key_id"):
        yield Finding(address=BACKEND, message="encrypt and kms_key_id are not both set")


@rule
def state_is_locked(stack: Stack) -> Iterator[Finding]:
    """Two runs cannot write the same state at once."""
    backend = stack.terraform.get("backend", {}).get("s3", {})
    if not backend.get("dynamodb_table") and backend.get("use_lockfile") is not True:
        yield Finding(address=BACKEND, message="neither dynamodb_table nor use_lockfile is set")


def provider_address(provider: object) -> str:
    """The address that findings about a provider have."""
    alias = provider.get("alias") if isinstance(provider, dict) else None
    return f"{PROVIDER}.{alias}" if alias else PROVIDER

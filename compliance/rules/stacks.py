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
_PROVIDER, _BACKEND = "provider.aws", "terraform.backend.s3"


@rule
def provider_is_pinned(stack: Stack) -> Iterator[Finding]:
    """The AWS provider is the version that the platform is tested with."""
    version = stack.terraform.get("required_providers", {}).get("aws", {}).get("version")
    if version != _PROVIDER_VERSION:
        yield Finding(address=_PROVIDER, message=f"version {version}, not {_PROVIDER_VERSION}")


@rule
def provider_names_its_account(stack: Stack) -> Iterator[Finding]:
    """Terraform refuses any account but the environment's."""
    if not stack.providers:
        yield Finding(address=_PROVIDER, message="is not configured")
    for provider in stack.providers:
        if not provider.get("allowed_account_ids"):
            yield Finding(address=_named(provider), message="allowed_account_ids is not set")


@rule
def provider_tags_everything(stack: Stack) -> Iterator[Finding]:
    """The provider sets the required tags on every resource."""
    for provider in stack.providers:
        tags = {tag for block in blocks(provider.get("default_tags")) for tag in block.get("tags", {})}
        if missing := sorted(_REQUIRED_TAGS - tags):
            yield Finding(address=_named(provider), message=f"default_tags has no {', '.join(missing)}")


@rule
def state_is_encrypted(stack: Stack) -> Iterator[Finding]:
    """The state is encrypted with a customer managed key."""
    backend = stack.terraform.get("backend", {}).get("s3", {})
    if backend.get("encrypt") is not True or not backend.get("kms_key_id"):
        yield Finding(address=_BACKEND, message="encrypt and kms_key_id are not both set")


@rule
def state_is_locked(stack: Stack) -> Iterator[Finding]:
    """Two runs cannot write the same state at once."""
    backend = stack.terraform.get("backend", {}).get("s3", {})
    if not backend.get("dynamodb_table") and backend.get("use_lockfile") is not True:
        yield Finding(address=_BACKEND, message="neither dynamodb_table nor use_lockfile is set")


def _named(provider: object) -> str:
    alias = provider.get("alias") if isinstance(provider, dict) else None
    return f"{_PROVIDER}.{alias}" if alias else _PROVIDER

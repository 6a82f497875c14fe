"""What must hold for every stack: its provider, its tags, its state."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from compliance.accounts import accounts_in
from compliance.policies import many
from compliance.references import of_same_environment
from compliance.rule import Finding, rule, rule_with_others
from synthesis.manifest import STATE_LAYER
from synthesis.template import blocks, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack

_PROVIDER_VERSION: Final = "5.100.0"
_REQUIRED_TAGS: Final = frozenset({"Project", "Environment", "Layer", "ManagedBy", "Owner", "CostCenter"})
_OF_AWS: Final = re.compile(r"https://([a-z0-9-]+\.)+amazonaws\.com(\.cn)?(:443)?/?")
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
        allowed = many(provider.get("allowed_account_ids"))
        for _, role in texts(provider.get("assume_role")):
            for account in accounts_in(role):
                if account not in allowed:
                    message = f"assume_role names the account {account}, which allowed_account_ids does not have"
                    yield Finding(address=provider_address(provider), message=message)


@rule
def provider_verifies_aws(stack: Stack) -> Iterator[Finding]:
    """Terraform speaks with AWS itself, by TLS whose certificate it verifies."""
    for provider in stack.providers:
        if provider.get("insecure") is True:
            yield Finding(address=provider_address(provider), message="insecure is on, so no certificate is verified")
        for block in blocks(provider.get("endpoints")):
            for service, address in block.items():
                if not _OF_AWS.fullmatch(str(address)):
                    message = f"the endpoint of {service} is {address}; it must be https:// and of amazonaws.com"
                    yield Finding(address=provider_address(provider), message=message)


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


@rule_with_others
def state_is_in_a_bucket_of_its_environment(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """The state is in a bucket that the environment has, if one of its stacks is the state of all."""
    names = {
        str(bucket.get("bucket"))
        for other in of_same_environment(stack, stacks)
        if other.layer == STATE_LAYER
        for bucket in other.all("aws_s3_bucket")
    }
    bucket = stack.backend.get("bucket")
    if names and bucket not in names:
        yield Finding(address=BACKEND, message=f"bucket is {bucket}, which the layer {STATE_LAYER} does not have")


def provider_address(provider: object) -> str:
    """The address that findings about a provider have."""
    alias = provider.get("alias") if isinstance(provider, dict) else None
    return f"{PROVIDER}.{alias}" if alias else PROVIDER

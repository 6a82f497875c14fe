"""Small platforms, with as little JSON as a check needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from preflight.platform import Platform
from runner.name_servers import Delegation
from tests.compliance.samples import stack

if TYPE_CHECKING:
    from synthesis.manifest import Stack

OWN_TAGS = {"Project": "acme", "Environment": "test"}


def own_tags(key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """The tags of the sample's environment, as most services take them."""
    return [{key: name, value: text} for name, text in OWN_TAGS.items()]


def no_dns(_: str) -> Delegation:
    """What a network without DNS answers."""
    return Delegation(failure="no network")


def layer(
    resources: dict[str, dict[str, Any]], *, account: str = "444444444444", region: str = "us-east-1", **options: Any
) -> Stack:
    """A stack with a provider and a backend."""
    provider = {"allowed_account_ids": [account], "region": region, "default_tags": [{"tags": OWN_TAGS}]}
    provider |= options.pop("provider", {})
    key = f"{options.get('layer', 'unit')}/terraform.tfstate"
    backend = {"bucket": f"acme-test-state-{account}", "key": key, "region": region}
    return stack(
        resources,
        environment="test",
        region=region,
        provider={"aws": [provider]},
        terraform={"backend": {"s3": backend}},
        **options,
    )


def platform(resources: dict[str, dict[str, Any]] | None = None, **options: Any) -> Platform:
    """An environment of one stack with these resources, each under its address."""
    return of(layer(resources or {}, **options))


def of(*stacks: Stack) -> Platform:
    """An environment of these stacks."""
    return Platform({one.id: one for one in stacks})

"""Finds which distributions use a resource: CloudFront changes and deletes most of them only when unused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.cloudfront.models import cloudfront_backends

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from emulator.registry import Context
    from emulator.store import Shape

GLOBAL = "aws"
"""The name of moto's backend of a global service."""


def distributions(context: Context) -> list[Any]:
    """Return moto's distributions of the caller's account."""
    return list(context.backend(cloudfront_backends, GLOBAL).distributions.values())


def behaviors(distribution: Any) -> Iterator[Any]:
    """Iterate over the cache behaviors of a distribution, the default one first."""
    config = distribution.distribution_config
    yield config.DefaultCacheBehavior
    yield from config.CacheBehaviors.get("Items") or ()


def users_by_origin(context: Context, matches: Callable[[Any], bool]) -> list[Any]:
    """Return the distributions that have an origin for which the function returns true."""
    return [one for one in distributions(context) if any(map(matches, one.distribution_config.Origins["Items"]))]


def users_by_behavior(context: Context, matches: Callable[[Any], bool]) -> list[Any]:
    """Return the distributions that have a cache behavior for which the function returns true."""
    return [one for one in distributions(context) if any(map(matches, behaviors(one)))]


def functions_of(behavior: Any) -> set[str]:
    """Return the ARNs of the functions of a cache behavior."""
    return {one["FunctionARN"] for one in behavior.function_associations.get("Items") or ()}


def items(config: Shape, member: str) -> list[Any]:
    """Return the items of a member that CloudFront sends as a number and a list, or not at all."""
    return list((config.get(member) or {}).get("Items") or ())

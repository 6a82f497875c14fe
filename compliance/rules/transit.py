"""Traffic: encrypted between viewers, load balancers, tasks and stores, with TLS 1.2 or newer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from compliance.arguments import at, is_off, is_on, is_set, walk
from compliance.rule import Finding, rule
from compliance.transit import (
    CLEAR_PROTOCOLS,
    OLD_TLS,
    POLICY_ARGUMENTS,
    POLICY_REQUIRED,
    REQUIRED,
    REQUIRED_IN_DOMAINS,
    SWITCHES,
    VALUES,
)
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_LISTENER, _LISTENER_RULE = "aws_lb_listener", "aws_lb_listener_rule"
_TARGETS: Final = "aws_lb_target_group"
_OLD_BALANCER: Final = "aws_elb"
_OLD_CLEAR: Final = frozenset({"http", "tcp"})
_SUBSCRIPTION: Final = "aws_sns_topic_subscription"
_FILE_TRANSFER: Final = "aws_transfer_server"


@rule
def traffic_is_encrypted(stack: Stack) -> Iterator[Finding]:
    """Traffic to databases, caches, streams, domains and file systems is encrypted, in each type of AWS."""
    for resource in stack.all():
        for problem in dict.fromkeys((*_switched_off(resource), *_missing(resource))):
            yield Finding.about(resource, problem)


@rule
def listener_is_encrypted(stack: Stack) -> Iterator[Finding]:
    """A listener takes HTTPS or TLS; one for HTTP does nothing but redirect to HTTPS, by its rules too."""
    for listener in stack.all(_LISTENER):
        if str(listener.get("protocol") or "HTTP").upper() not in CLEAR_PROTOCOLS or _is_of_tunnel(listener):
            continue
        actions = [(listener, action) for action in blocks(listener.get("default_action"))]
        for one in stack.attached(listener, _LISTENER_RULE, by="listener_arn"):
            actions += [(one, action) for action in blocks(one.get("action"))]
        if not actions:
            yield Finding.about(listener, f"takes {listener.get('protocol')} and does not redirect to HTTPS")
        for resource, action in actions:
            if not _redirects(action):
                says = f"answers {listener.get('protocol')} with {action.get('type')}; redirect to HTTPS"
                yield Finding.about(resource, says)
    for balancer in stack.all(_OLD_BALANCER):
        for block in blocks(balancer.get("listener")):
            if str(block.get("lb_protocol")).lower() in _OLD_CLEAR:
                yield Finding.about(balancer, f"listens by {block.get('lb_protocol')}; use https or ssl")


@rule
def targets_are_reached_by_tls(stack: Stack) -> Iterator[Finding]:
    """A load balancer reaches its targets by HTTPS or TLS."""
    for group in stack.all(_TARGETS):
        protocol = str(group.get("protocol") or "").upper()
        if protocol in CLEAR_PROTOCOLS:
            yield Finding.about(group, f"protocol is {protocol}; use HTTPS, or TLS")
    for balancer in stack.all(_OLD_BALANCER):
        for block in blocks(balancer.get("listener")):
            if str(block.get("instance_protocol")).lower() in _OLD_CLEAR:
                yield Finding.about(
                    balancer, f"reaches instances by {block.get('instance_protocol')}; use https or ssl"
                )


@rule
def tls_is_12_or_newer(stack: Stack) -> Iterator[Finding]:
    """No policy of a listener, a domain or a server accepts versions below TLS 1.2."""
    for resource in stack.all():
        for path, name, value in walk(dict(resource.arguments)):
            if POLICY_ARGUMENTS.search(name):
                for one in value if isinstance(value, list) else [value]:
                    if OLD_TLS.fullmatch(str(one)):
                        yield Finding.about(resource, f"{path} is {one}, which accepts versions below TLS 1.2")
        needed = POLICY_REQUIRED.get(resource.kind)
        if needed and not any(map(is_set, at(resource.arguments, needed))):
            yield Finding.about(resource, f"{needed} is not set, and AWS's default accepts versions below TLS 1.2")
        if resource.kind == _LISTENER and str(resource.get("protocol")).upper() in {"HTTPS", "TLS"}:
            if is_set(resource.get("ssl_policy")):
                continue
            yield Finding.about(resource, "ssl_policy is not set, and AWS's default accepts versions below TLS 1.2")


def _switched_off(resource: Resource) -> Iterator[str]:
    for path, name, value in walk(dict(resource.arguments)):
        if SWITCHES.search(name):
            values = [block.get("enabled") for block in blocks(value)] if isinstance(value, (dict, list)) else [value]
            if any(map(is_off, values)):
                yield f"{path} is off, so traffic is in clear text"
        elif name in VALUES and is_set(value) and not _is_one_of(value, VALUES[name]):
            allowed = " or ".join(sorted(VALUES[name]))
            yield f"{path} is {value}, which allows clear text; use {allowed}"
    if resource.kind == _SUBSCRIPTION and resource.get("protocol") == "http":
        yield "protocol is http, so messages are in clear text; use https"
    if resource.kind == _FILE_TRANSFER and "FTP" in (resource.get("protocols") or ()):
        yield "protocols has FTP, which is in clear text; use SFTP"


def _missing(resource: Resource) -> Iterator[str]:
    needed = [REQUIRED[resource.kind]] if resource.kind in REQUIRED else []
    if resource.kind.endswith(("opensearch_domain", "elasticsearch_domain")):
        needed.append(REQUIRED_IN_DOMAINS)
    for argument in needed:
        if not any(map(is_on, at(resource.arguments, argument))):
            yield f"{argument} is not set, so clear text is possible; set it"
    for volume in blocks(resource.get("volume")):
        for mount in blocks(volume.get("efs_volume_configuration")):
            if mount.get("transit_encryption") is None:
                yield "volume.efs_volume_configuration.transit_encryption is not set, so traffic is in clear text"


def _is_one_of(value: object, allowed: frozenset[str]) -> bool:
    return "${" in str(value) or str(value) in allowed


def _redirects(action: Mapping[str, Any]) -> bool:
    return action.get("type") == "redirect" and all(
        str(block.get("protocol")).upper() == "HTTPS" for block in blocks(action.get("redirect"))
    )


def _is_of_tunnel(listener: Resource) -> bool:
    """Whether it is of a gateway load balancer, which passes packets on as they are."""
    return str(listener.get("protocol")).upper() == "GENEVE"

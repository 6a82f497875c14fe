"""CloudFront: TLS 1.2 on both sides, buckets only by an access control, and a log of every request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.rule import Finding, rule
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_DISTRIBUTION: Final = "aws_cloudfront_distribution"
_VIEWER_TLS: Final = ("TLSv1.2_2018", "TLSv1.2_2019", "TLSv1.2_2021")
"""https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html"""
_YEAR_SECONDS: Final = 31_536_000
"""https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Strict-Transport-Security"""
_ENCRYPTED: Final = ("https-only", "redirect-to-https")
_BEHAVIORS: Final = ("default_cache_behavior", "ordered_cache_behavior")


@rule
def distribution_speaks_tls_12_or_newer(stack: Stack) -> Iterator[Finding]:
    """Viewers connect by TLS 1.2 or newer, and so does CloudFront to a load balancer; plain HTTP only redirects."""
    for distribution in stack.all(_DISTRIBUTION):
        version = distribution.block("viewer_certificate").get("minimum_protocol_version")
        if version not in _VIEWER_TLS:
            yield Finding.about(distribution, f"minimum_protocol_version is {version}; use one of TLS 1.2 or newer")
        for name in _BEHAVIORS:
            for behavior in blocks(distribution.get(name)):
                policy = behavior.get("viewer_protocol_policy")
                if policy not in _ENCRYPTED:
                    path = behavior.get("path_pattern", "its other paths")
                    yield Finding.about(distribution, f"answers {path} in clear text: viewer_protocol_policy {policy}")
        for origin in blocks(distribution.get("origin")):
            for config in blocks(origin.get("custom_origin_config")):
                yield from _problems_of_origin(distribution, origin.get("origin_id"), config)


def _problems_of_origin(distribution: Resource, name: object, config: object) -> Iterator[Finding]:
    for block in blocks(config):
        if block.get("origin_protocol_policy") != "https-only":
            yield Finding.about(distribution, f"reads the origin {name} in clear text; use https-only")
        if old := sorted(set(block.get("origin_ssl_protocols") or ["no version"]) - {"TLSv1.2"}):
            yield Finding.about(distribution, f"reads the origin {name} with {', '.join(old)}; use only TLSv1.2")


@rule
def browsers_stay_with_https(stack: Stack) -> Iterator[Finding]:
    """Each policy of response headers tells browsers to use HTTPS only, for a year or longer (HSTS)."""
    for policy in stack.all("aws_cloudfront_response_headers_policy"):
        header = policy.block("security_headers_config", "strict_transport_security")
        age = header.get("access_control_max_age_sec") or 0
        if "${" not in str(age) and int(age) < _YEAR_SECONDS:
            yield Finding.about(policy, f"strict_transport_security is for {age} seconds; use {_YEAR_SECONDS} or more")
        elif header.get("override") is not True:
            yield Finding.about(policy, "strict_transport_security has no override, so an origin can switch it off")


@rule
def distribution_reads_buckets_by_access_control(stack: Stack) -> Iterator[Finding]:
    """CloudFront reads a bucket by an origin access control that signs every request, so that the bucket is private."""
    controls = list(stack.all("aws_cloudfront_origin_access_control"))
    for control in controls:
        if control.get("signing_behavior") != "always":
            yield Finding.about(control, f"signing_behavior is {control.get('signing_behavior')}, not always")
    buckets = list(stack.all("aws_s3_bucket"))
    for distribution in stack.all(_DISTRIBUTION):
        for origin in blocks(distribution.get("origin")):
            if not any(bucket.is_referred_to_by(origin.get("domain_name")) for bucket in buckets):
                continue
            if not any(control.is_referred_to_by(origin.get("origin_access_control_id")) for control in controls):
                yield Finding.about(distribution, f"reads {origin.get('origin_id')} without an origin access control")


@rule
def distribution_logs_requests(stack: Stack) -> Iterator[Finding]:
    """Every distribution has a log delivery (standard logging v2); the older kind needs a bucket with ACLs."""
    deliveries = list(stack.all("aws_cloudwatch_log_delivery"))
    for distribution in stack.all(_DISTRIBUTION):
        sources = stack.attached(distribution, "aws_cloudwatch_log_delivery_source", by="resource_arn")
        delivered = [
            source
            for source in sources
            if any(source.is_referred_to_by(delivery.get("delivery_source_name")) for delivery in deliveries)
        ]
        if not delivered:
            yield Finding.about(distribution, "no aws_cloudwatch_log_delivery of its requests")
        if distribution.get("logging_config"):
            yield Finding.about(
                distribution, "logging_config needs a bucket with ACLs; use aws_cloudwatch_log_delivery"
            )

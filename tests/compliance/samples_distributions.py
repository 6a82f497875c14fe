"""Samples for the rules on CloudFront."""

from __future__ import annotations

from typing import Any

from tests.compliance.samples import changed, sample, without

Resources = dict[str, dict[str, Any]]

_TLS = "distribution-speaks-tls-12-or-newer"
_ACCESS = "distribution-reads-buckets-by-access-control"
_LOGS = "distribution-logs-requests"
_SITE = "aws_cloudfront_distribution.site"
_CONTROL = "aws_cloudfront_origin_access_control.assets"

_ORIGIN = {"origin_protocol_policy": "https-only", "origin_ssl_protocols": ["TLSv1.2"]}
TLS: Resources = {
    _SITE: {
        "viewer_certificate": {"minimum_protocol_version": "TLSv1.2_2021"},
        "default_cache_behavior": {"viewer_protocol_policy": "redirect-to-https"},
        "ordered_cache_behavior": [{"path_pattern": "/api/*", "viewer_protocol_policy": "https-only"}],
        "origin": [{"origin_id": "web", "custom_origin_config": _ORIGIN}, {"origin_id": "assets"}],
    }
}
ACCESS: Resources = {
    _SITE: {
        "origin": [
            {
                "origin_id": "assets",
                "domain_name": "${aws_s3_bucket.assets.bucket_regional_domain_name}",
                "origin_access_control_id": f"${{{_CONTROL}.id}}",
            },
            {"origin_id": "web", "domain_name": "origin.example.com"},
        ]
    },
    "aws_s3_bucket.assets": {"bucket": "assets"},
    _CONTROL: {"signing_behavior": "always"},
}
LOGS: Resources = {
    _SITE: {"enabled": True},
    "aws_cloudwatch_log_delivery_source.site": {"resource_arn": f"${{{_SITE}.arn}}"},
    "aws_cloudwatch_log_delivery.site": {"delivery_source_name": "${aws_cloudwatch_log_delivery_source.site.name}"},
}

_HSTS = {"access_control_max_age_sec": 63_072_000, "override": True}
HEADERS: Resources = {
    "aws_cloudfront_response_headers_policy.a": {"security_headers_config": {"strict_transport_security": _HSTS}}
}


def _with_origin(**config: object) -> Resources:
    return changed(TLS, _SITE, origin=[{"origin_id": "web", "custom_origin_config": {**_ORIGIN, **config}}])


SAMPLES = (
    *(
        sample(_TLS, TLS, bad, says=says)
        for bad, says in (
            (
                changed(TLS, _SITE, viewer_certificate={"minimum_protocol_version": "TLSv1.1_2016"}),
                "minimum_protocol_version is TLSv1.1_2016",
            ),
            (
                changed(TLS, _SITE, viewer_certificate={"cloudfront_default_certificate": True}),
                "minimum_protocol_version is None",
            ),
            (
                changed(TLS, _SITE, default_cache_behavior={"viewer_protocol_policy": "allow-all"}),
                "answers its other paths in clear text",
            ),
            (
                changed(
                    TLS,
                    _SITE,
                    ordered_cache_behavior=[{"path_pattern": "/api/*", "viewer_protocol_policy": "allow-all"}],
                ),
                "answers /api/* in clear text",
            ),
            (_with_origin(origin_protocol_policy="match-viewer"), "reads the origin web in clear text"),
            (_with_origin(origin_ssl_protocols=["TLSv1.1", "TLSv1.2"]), "reads the origin web with TLSv1.1"),
            (_with_origin(origin_ssl_protocols=None), "reads the origin web with no version"),
        )
    ),
    sample(
        _ACCESS,
        ACCESS,
        changed(ACCESS, _SITE, origin=[{**ACCESS[_SITE]["origin"][0], "origin_access_control_id": None}]),
        says="reads assets without an origin access control",
    ),
    sample(
        _ACCESS,
        ACCESS,
        changed(ACCESS, _CONTROL, signing_behavior="no-override"),
        at=_CONTROL,
        says="signing_behavior is no-override",
    ),
    sample(_LOGS, LOGS, without(LOGS, "aws_cloudwatch_log_delivery.site"), says="no aws_cloudwatch_log_delivery"),
    sample(
        _LOGS, LOGS, without(LOGS, "aws_cloudwatch_log_delivery_source.site"), says="no aws_cloudwatch_log_delivery"
    ),
    sample(_LOGS, LOGS, changed(LOGS, _SITE, logging_config={"bucket": "logs"}), says="logging_config needs a bucket"),
    *(
        sample(
            "browsers-stay-with-https",
            HEADERS,
            {"aws_cloudfront_response_headers_policy.a": {"security_headers_config": headers}},
            says=says,
        )
        for headers, says in (
            ([], "for 0 seconds"),
            ({"strict_transport_security": {**_HSTS, "access_control_max_age_sec": 300}}, "for 300 seconds"),
            ({"strict_transport_security": {**_HSTS, "override": False}}, "has no override"),
        )
    ),
)

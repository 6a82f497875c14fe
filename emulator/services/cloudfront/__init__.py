"""Amazon CloudFront: moto lacks policies, publishing and VPC origins, and changes distributions."""

from emulator.services.cloudfront import (
    access_controls,
    distribution_checks,
    distributions,
    functions,
    origin_groups,
    origins,
    policies,
    policy_checks,
    viewer_certificates,
    vpc_origins,
)

__all__ = [
    "access_controls",
    "distribution_checks",
    "distributions",
    "functions",
    "origin_groups",
    "origins",
    "policies",
    "policy_checks",
    "viewer_certificates",
    "vpc_origins",
]

"""Amazon CloudFront: moto lacks policies, publishing and VPC origins, and changes distributions."""

from emulator.services.cloudfront import distributions, functions, origins, policies

__all__ = ["distributions", "functions", "origins", "policies"]

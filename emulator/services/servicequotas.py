"""Service Quotas: moto has the defaults of Amazon VPC alone, and no value of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.servicequotas.resources.default_quotas.vpc import VPC_DEFAULT_QUOTAS

from emulator.errors import AwsError
from emulator.registry import REGISTRY, Context, operation
from emulator.store import Kind

if TYPE_CHECKING:
    from emulator.store import Shape

APPLIED: Kind[float | None] = Kind("applied quota", missing="NoSuchResourceException")
"""The value of the account by service and code, like `fargate/L-3032A538`; None if only the default can be read."""


def _number(value: Any) -> float:
    return float(value)


# Code, name and default of a new account, from the service's page in https://docs.aws.amazon.com/general/latest/gr/
_DEFAULTS: Final[dict[str, dict[str, tuple[str, float]]]] = {
    "acm": {"L-F141DD1D": ("ACM certificates", 2500)},
    "ec2": {"L-0263D0A3": ("EC2-VPC Elastic IPs", 5)},
    "elasticloadbalancing": {
        "L-53DA6B97": ("Application Load Balancers per Region", 50),
        "L-B22855CB": ("Target Groups per Region", 3000),
        "L-7EED9B64": ("Rules per Application Load Balancer", 100),
        "L-7E6692B2": ("Targets per Application Load Balancer", 1000),
        "L-A0D0B863": ("Targets per Target Group per Region", 1000),
    },
    "fargate": {
        "L-3032A538": ("Fargate On-Demand vCPU resource count", 6),
        "L-36FBB829": ("Fargate Spot vCPU resource count", 6),
    },
    "iam": {
        "L-FE177D64": ("Roles per account", 1000),
        "L-E95E4862": ("Customer managed policies per account", 1500),
    },
    "lambda": {"L-B99A9384": ("Concurrent executions", 10)},
    "rds": {
        "L-7B6409FD": ("DB instances", 40),
        "L-7ADDB58A": ("Total storage for all DB instances", 100_000),
        "L-952B80B8": ("DB clusters", 40),
        "L-D94C7EA3": ("Proxies", 20),
    },
    "route53": {"L-4EA4796A": ("Hosted zones", 500)},
    "s3": {"L-DC2B2D3D": ("General purpose buckets", 10_000)},
    "vpc": {
        str(quota["QuotaCode"]): (str(quota["QuotaName"]), _number(quota["Value"])) for quota in VPC_DEFAULT_QUOTAS
    },
}
# Quotas of the whole account, which only this region knows:
# https://docs.aws.amazon.com/servicequotas/latest/userguide/intro.html
_GLOBAL_SERVICES: Final = {"iam", "route53", "s3"}
_GLOBAL_REGION: Final = "us-east-1"
# Service Quotas asks these services with the caller's permissions:
# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ServiceQuotasReadOnlyAccess.html
_ASKED: Final = {
    "elasticloadbalancing": ("elbv2", "DescribeAccountLimits"),
    "iam": ("iam", "GetAccountSummary"),
    "rds": ("rds", "DescribeAccountAttributes"),
    "route53": ("route53", "GetAccountLimit"),
}


def applied_value(service: str, code: str, context: Context) -> float | None:
    """Return the account's value of a quota, for other services."""
    return context.table(APPLIED).get(f"{service}/{code}", _DEFAULTS[service][code][1])


@operation("service-quotas", "GetServiceQuota")
def read_applied(params: Shape, context: Context) -> Shape:
    """Return the account's value; some quotas have only a default, and then AWS answers that there is none.

    https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html
    """
    quota = _quota(params, context)
    if REGISTRY.denies(*_ASKED.get(params["ServiceCode"], ("", ""))):
        # As with the provider's test of a caller without permissions:
        # https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/servicequotas/service_quota_test.go
        del quota["Value"]
        reason = {"ErrorCode": "DEPENDENCY_ACCESS_DENIED_ERROR", "ErrorMessage": "Called service denied access."}
        return {"Quota": {**quota, "ErrorReason": reason}}
    value = applied_value(params["ServiceCode"], params["QuotaCode"], context)
    if value is None:
        raise _no_such_quota()
    return {"Quota": {**quota, "Value": value}}


@operation("service-quotas", "GetAWSDefaultServiceQuota")
def read_default(params: Shape, context: Context) -> Shape:
    """Return the default, whatever the account has."""
    return {"Quota": _quota(params, context)}


def _quota(params: Shape, context: Context) -> dict[str, Any]:
    service, code = params["ServiceCode"], params["QuotaCode"]
    is_global = service in _GLOBAL_SERVICES
    found = _DEFAULTS.get(service, {}).get(code)
    if found is None or (is_global and context.region != _GLOBAL_REGION):
        raise _no_such_quota()
    name, value = found
    return {
        "ServiceCode": service,
        "QuotaCode": code,
        "QuotaArn": f"arn:aws:servicequotas:{'' if is_global else context.region}:{context.account}:{service}/{code}",
        "QuotaName": name,
        "Value": float(value),
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": is_global,
    }


def _no_such_quota() -> AwsError:
    return AwsError(code="NoSuchResourceException", message="The specified resource does not exist.")

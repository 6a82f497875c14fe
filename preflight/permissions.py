"""The IAM permission of an operation, whose name is not always that of the operation."""

from __future__ import annotations

from typing import Final

_PREFIXES: Final = {
    "accessanalyzer": "access-analyzer",
    "docdb": "rds",
    "elbv2": "elasticloadbalancing",
    "service-quotas": "servicequotas",
}
"""The service's prefix in IAM, if it differs from boto3's name.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

_ACTIONS: Final = {
    "budgets:DescribeBudget": "budgets:ViewBudget",
    "lambda:Invoke": "lambda:InvokeFunction",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
}
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbudgetservice.html
https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

BEHIND_QUOTAS: Final = {
    "elasticloadbalancing": "elasticloadbalancing:DescribeAccountLimits",
    "iam": "iam:GetAccountSummary",
    "rds": "rds:DescribeAccountAttributes",
    "route53": "route53:GetAccountLimit",
}
"""The permission with which Service Quotas asks a service for its quotas, on behalf of the caller.

https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ServiceQuotasReadOnlyAccess.html
"""


def permission_for(service: str, operation: str) -> str:
    """The permission that an operation of a boto3 service needs."""
    action = f"{_PREFIXES.get(service, service)}:{operation}"
    return _ACTIONS.get(action, action)

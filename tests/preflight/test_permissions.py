from __future__ import annotations

import pytest

from preflight.permissions import permission_for


@pytest.mark.parametrize(
    ("service", "operation", "permission"),
    [
        ("iam", "GetRole", "iam:GetRole"),
        ("docdb", "DescribeDBClusters", "rds:DescribeDBClusters"),
        ("elbv2", "DescribeTags", "elasticloadbalancing:DescribeTags"),
        ("accessanalyzer", "ListAnalyzers", "access-analyzer:ListAnalyzers"),
        ("service-quotas", "GetServiceQuota", "servicequotas:GetServiceQuota"),
        ("s3", "HeadBucket", "s3:ListBucket"),
        ("s3", "ListBuckets", "s3:ListAllMyBuckets"),
        ("s3", "GetBucketTagging", "s3:GetBucketTagging"),
    ],
)
def test_a_permission_is_named_as_iam_names_it(service: str, operation: str, permission: str) -> None:
    assert permission_for(service, operation) == permission

"""Layer `edge`: what CloudFront takes from us-east-1 only, after the load balancer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from config.edge import VIEWER_REGION
from config.load import load_environment
from main import synthesize
from synthesis.manifest import read_stacks
from tests.fixtures import FOLDER
from tests.template import Template

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The layer of an environment whose home is another region, and whose settings all differ from their defaults."""
    folder: Path = tmp_path_factory.mktemp("elsewhere") / "cdktf.out"
    synthesize([load_environment("elsewhere", folder=FOLDER / "renamed")], folder)
    return Template(dict(read_stacks(folder)["elsewhere-edge"].document))


def test_it_is_in_the_region_of_cloudfront(output: Path) -> None:
    assert read_stacks(output)["prod-edge"].region == VIEWER_REGION


def test_it_is_not_planned_before_the_records_exist(output: Path) -> None:
    """ACM would wait for them for hours."""
    stacks = read_stacks(output)
    assert "prod-domain" in stacks["prod-edge"].producers(stacks).values()
    (validation,) = stacks["prod-edge"].all("aws_acm_certificate_validation")
    names = validation.get("validation_record_fqdns")
    assert names
    assert all("route53_record" in name for name in names)


@pytest.mark.parametrize("environment", ["staging", "prod"])
def test_it_is_applied_after_the_load_balancer(output: Path, environment: str) -> None:
    assert f"{environment}-service" in read_stacks(output)[f"{environment}-edge"].dependencies


def test_the_distribution_has_the_names_and_the_certificate_of_the_domain(stacks: dict[str, Template]) -> None:
    found = stacks["prod-edge"].only("aws_cloudfront_distribution")
    assert found["aliases"] == ["users.example.com"]
    assert "aws_acm_certificate_validation." in found["viewer_certificate"]["acm_certificate_arn"]
    assert [one["path_pattern"] for one in found["ordered_cache_behavior"]][2:] == ["/api/*"]


def test_the_access_logs_of_its_buckets_stay_in_one_region(stacks: dict[str, Template], elsewhere: Template) -> None:
    at_home = {one["target_bucket"] for one in stacks["prod-edge"].all("aws_s3_bucket_logging").values()}
    assert len(at_home) == 1
    assert "terraform_remote_state" in at_home.pop()
    abroad = {one["target_bucket"] for one in elsewhere.all("aws_s3_bucket_logging").values()}
    assert abroad == {"${aws_s3_bucket.bucket-access-logs.id}"}
    name = elsewhere.named("aws_s3_bucket.bucket-access-logs")["bucket"]
    assert name == "customer-relations-elsewhere-access-logs-us-east-1-555555555555"


def test_every_setting_of_the_table_arrives(elsewhere: Template) -> None:
    found = elsewhere.only("aws_cloudfront_distribution")
    assert found["price_class"] == "PriceClass_All"
    assert found["restrictions"]["geo_restriction"] == {"restriction_type": "blacklist", "locations": ["KP"]}
    assert found["ordered_cache_behavior"][1]["path_pattern"] == "/assets/*"
    headers = elsewhere.only("aws_cloudfront_response_headers_policy")
    assert headers["security_headers_config"]["strict_transport_security"]["preload"] is True
    assert "img-src" in headers["security_headers_config"]["content_security_policy"]["content_security_policy"]
    assert "x-robots-tag" in {one["header"] for one in headers["custom_headers_config"]["items"]}
    for function in elsewhere.all("aws_cloudfront_function").values():
        assert '"statusCode"' not in function["code"]
        assert '"maintenance": {"retryAfter"' in function["code"]
    assert len(elsewhere.all("aws_cloudfront_monitoring_subscription")) == 1

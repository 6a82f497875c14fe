from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.edge import delete_distribution, distribution, issue_certificate, make_distribution

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

REQUEST_POLICY = {
    "Name": "all",
    "HeadersConfig": {"HeaderBehavior": "none"},
    "CookiesConfig": {"CookieBehavior": "none"},
    "QueryStringsConfig": {"QueryStringBehavior": "none"},
}
POLICIES = [
    ("cache_policy", "CachePolicy", {"Name": "own", "MinTTL": 0}),
    ("origin_request_policy", "OriginRequestPolicy", REQUEST_POLICY),
    ("response_headers_policy", "ResponseHeadersPolicy", {"Name": "own"}),
]


@pytest.mark.parametrize(("method", "name", "config"), POLICIES)
def test_a_policy_is_stored_changed_and_deleted(client: Client, method: str, name: str, config: Any) -> None:
    front = client("cloudfront")
    made = getattr(front, f"create_{method}")(**{f"{name}Config": config})
    identifier, etag = made[name]["Id"], made["ETag"]
    with pytest.raises(ClientError, match=f"{name}AlreadyExists"):
        getattr(front, f"create_{method}")(**{f"{name}Config": config})
    changed = {**config, "Comment": "changed"}
    update = {"Id": identifier, f"{name}Config": changed}
    new = getattr(front, f"update_{method}")(**update, IfMatch=etag)["ETag"]

    assert getattr(front, f"get_{method}")(Id=identifier)[name][f"{name}Config"]["Comment"] == "changed"
    assert getattr(front, f"get_{method}_config")(Id=identifier)["ETag"] == new
    with pytest.raises(ClientError, match="PreconditionFailed"):
        getattr(front, f"update_{method}")(**update, IfMatch=etag)
    with pytest.raises(ClientError, match="InvalidIfMatchVersion"):
        getattr(front, f"delete_{method}")(Id=identifier)
    getattr(front, f"delete_{method}")(Id=identifier, IfMatch=new)
    with pytest.raises(ClientError, match=f"NoSuch{name}.*policy does not exist"):
        getattr(front, f"get_{method}")(Id=identifier)


@pytest.mark.parametrize(
    ("method", "name", "managed"),
    [
        ("cache_policies", "CachePolicy", "Managed-CachingOptimized"),
        ("origin_request_policies", "OriginRequestPolicy", "Managed-AllViewer"),
        ("response_headers_policies", "ResponseHeadersPolicy", "Managed-SecurityHeadersPolicy"),
    ],
)
def test_the_documented_policies_of_aws_are_listed_in_every_account(
    client: Client, method: str, name: str, managed: str
) -> None:
    front = client("cloudfront", account="500000000003")
    items = getattr(front, f"list_{method}")(Type="managed")[f"{name}List"]["Items"]

    assert managed in [one[name][f"{name}Config"]["Name"] for one in items]
    assert getattr(front, f"list_{method}")(Type="custom")[f"{name}List"]["Quantity"] == 0


@pytest.mark.parametrize(
    ("method", "name", "identifier", "managed"),
    [
        ("cache_policy", "CachePolicy", "2e54312d-136d-493c-8eb9-b001f22f67d2", "Amplify"),
        ("cache_policy", "CachePolicy", "08627262-05a9-4f76-9ded-b50ca2e3a84f", "Elemental-MediaPackage"),
        ("cache_policy", "CachePolicy", "83da9c7e-98b4-4e11-a168-04f0df8e2c65", "UseOriginCacheControlHeaders"),
        ("origin_request_policy", "OriginRequestPolicy", "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf", "CORS-S3Origin"),
        ("origin_request_policy", "OriginRequestPolicy", "59781a5b-3903-41f3-afcb-af62929ccde1", "CORS-CustomOrigin"),
        ("response_headers_policy", "ResponseHeadersPolicy", "5cc3b908-e619-4b99-88e5-2cf7f45965bd", "CORS-With-Pre"),
    ],
)
def test_a_policy_of_aws_is_found_by_its_id(
    client: Client, method: str, name: str, identifier: str, managed: str
) -> None:
    found = getattr(client("cloudfront"), f"get_{method}")(Id=identifier)[name]

    assert found[f"{name}Config"]["Name"].startswith(f"Managed-{managed}")


def test_a_distribution_reads_back_as_it_was_sent(client: Client) -> None:
    front = client("cloudfront")
    name = "kept.example.org"
    certificate = issue_certificate(client, name, name)
    control = front.create_origin_access_control(
        OriginAccessControlConfig={
            "Name": "bucket",
            "SigningProtocol": "sigv4",
            "SigningBehavior": "always",
            "OriginAccessControlOriginType": "s3",
        }
    )["OriginAccessControl"]["Id"]
    function = front.create_function(
        Name="kept", FunctionConfig={"Comment": "", "Runtime": "cloudfront-js-2.0"}, FunctionCode=b"1"
    )
    front.publish_function(Name="kept", IfMatch=function["ETag"])
    arn = function["FunctionSummary"]["FunctionMetadata"]["FunctionARN"]
    rewrite = {"Quantity": 1, "Items": [{"FunctionARN": arn, "EventType": "viewer-request"}]}
    bucket = {
        "Id": "web",
        "DomainName": "assets.s3.us-east-1.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
        "OriginAccessControlId": control,
    }
    made = front.create_distribution(
        DistributionConfig=distribution(
            "kept",
            aliases=[name],
            behaviour={"FunctionAssociations": rewrite},
            certificate={"ACMCertificateArn": certificate, "SSLSupportMethod": "sni-only"},
            config={"Origins": {"Quantity": 1, "Items": [bucket]}},
        )
    )["Distribution"]

    config = front.get_distribution(Id=made["Id"])["Distribution"]["DistributionConfig"]
    behaviour = config["DefaultCacheBehavior"]
    assert behaviour["FunctionAssociations"] == rewrite
    assert "ForwardedValues" not in behaviour
    assert config["Origins"]["Items"][0]["OriginAccessControlId"] == control
    assert config["Aliases"]["Items"] == [name]
    assert config["ViewerCertificate"]["CloudFrontDefaultCertificate"] is False
    assert config["ViewerCertificate"]["ACMCertificateArn"] == certificate


def test_monitoring_is_deleted_with_its_distribution(client: Client) -> None:
    front = client("cloudfront")
    identifier, _ = make_distribution(client, "watched-to-the-end")
    watch = {"RealtimeMetricsSubscriptionConfig": {"RealtimeMetricsSubscriptionStatus": "Enabled"}}
    front.create_monitoring_subscription(DistributionId=identifier, MonitoringSubscription=watch)

    delete_distribution(client, identifier)
    with pytest.raises(ClientError, match="NoSuchMonitoringSubscription"):
        front.get_monitoring_subscription(DistributionId=identifier)


def test_monitoring_of_an_unknown_distribution_is_refused(client: Client) -> None:
    watch = {"RealtimeMetricsSubscriptionConfig": {"RealtimeMetricsSubscriptionStatus": "Enabled"}}

    with pytest.raises(ClientError, match="NoSuchDistribution"):
        client("cloudfront").create_monitoring_subscription(DistributionId="ENONE", MonitoringSubscription=watch)


def test_monitoring_is_stored_and_deleted(client: Client) -> None:
    front = client("cloudfront")
    made = front.create_distribution(DistributionConfig=distribution("watched"))
    identifier = made["Distribution"]["Id"]
    watch = {"RealtimeMetricsSubscriptionConfig": {"RealtimeMetricsSubscriptionStatus": "Enabled"}}
    front.create_monitoring_subscription(DistributionId=identifier, MonitoringSubscription=watch)

    assert front.get_monitoring_subscription(DistributionId=identifier)["MonitoringSubscription"] == watch
    front.delete_monitoring_subscription(DistributionId=identifier)
    with pytest.raises(ClientError, match="NoSuchMonitoringSubscription"):
        front.get_monitoring_subscription(DistributionId=identifier)


def test_a_function_is_a_draft_until_it_is_published(client: Client) -> None:
    front = client("cloudfront", account="500000000004")
    config = {"Comment": "", "Runtime": "cloudfront-js-2.0"}
    etag = front.create_function(Name="rewrite", FunctionConfig=config, FunctionCode=b"1")["ETag"]
    with pytest.raises(ClientError, match="FunctionAlreadyExists"):
        front.create_function(Name="rewrite", FunctionConfig=config, FunctionCode=b"1")
    with pytest.raises(ClientError, match="NoSuchFunctionExists"):
        front.describe_function(Name="rewrite", Stage="LIVE")
    front.publish_function(Name="rewrite", IfMatch=etag)
    new = front.update_function(Name="rewrite", IfMatch=etag, FunctionConfig=config, FunctionCode=b"2")["ETag"]

    assert front.get_function(Name="rewrite", Stage="LIVE")["FunctionCode"].read() == b"1"
    assert front.get_function(Name="rewrite")["FunctionCode"].read() == b"2"
    assert front.list_functions(Stage="LIVE")["FunctionList"]["Quantity"] == 1
    front.delete_function(Name="rewrite", IfMatch=new)
    assert front.list_functions()["FunctionList"]["Quantity"] == 0


def test_an_origin_access_identity_is_stored_changed_and_deleted(client: Client) -> None:
    front = client("cloudfront")
    config = {"CallerReference": "1", "Comment": "old"}
    made = front.create_cloud_front_origin_access_identity(CloudFrontOriginAccessIdentityConfig=config)
    identifier = made["CloudFrontOriginAccessIdentity"]["Id"]
    etag = front.update_cloud_front_origin_access_identity(
        Id=identifier,
        IfMatch=made["ETag"],
        CloudFrontOriginAccessIdentityConfig={**config, "Comment": "new"},
    )["ETag"]

    found = front.get_cloud_front_origin_access_identity(Id=identifier)["CloudFrontOriginAccessIdentity"]
    assert found["CloudFrontOriginAccessIdentityConfig"]["Comment"] == "new"
    front.delete_cloud_front_origin_access_identity(Id=identifier, IfMatch=etag)
    with pytest.raises(ClientError, match="NoSuchCloudFrontOriginAccessIdentity"):
        front.get_cloud_front_origin_access_identity(Id=identifier)

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.edge import (
    OPTIMIZED,
    delete_distribution,
    distribution,
    issue_certificate,
    make_distribution,
)

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

NONE = "00000000-0000-0000-0000-000000000000"
FUNCTION = "arn:aws:cloudfront::123456789012:function/{}"
BUCKET = {"DomainName": "assets.s3.us-east-1.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}


def associated(*pairs: tuple[str, str]) -> dict[str, Any]:
    items = [{"FunctionARN": FUNCTION.format(name), "EventType": event} for name, event in pairs]
    return {"FunctionAssociations": {"Quantity": len(items), "Items": items}}


def make_function(client: Client, name: str, *, publish: bool = True) -> str:
    front = client("cloudfront")
    config = {"Comment": "", "Runtime": "cloudfront-js-2.0"}
    etag = str(front.create_function(Name=name, FunctionConfig=config, FunctionCode=b"1")["ETag"])
    if publish:
        front.publish_function(Name=name, IfMatch=etag)
    return etag


def make_control(client: Client, name: str, type_: str = "s3") -> tuple[str, str]:
    made = client("cloudfront").create_origin_access_control(
        OriginAccessControlConfig={
            "Name": name,
            "SigningProtocol": "sigv4",
            "SigningBehavior": "always",
            "OriginAccessControlOriginType": type_,
        }
    )
    return made["OriginAccessControl"]["Id"], made["ETag"]


def errors(**response: Any) -> dict[str, Any]:
    return {"CustomErrorResponses": {"Quantity": 1, "Items": [{"ErrorCachingMinTTL": 10, **response}]}}


def restricted(kind: str, *countries: str) -> dict[str, Any]:
    items = {"Items": list(countries)} if countries else {}
    return {"Restrictions": {"GeoRestriction": {"RestrictionType": kind, "Quantity": len(countries), **items}}}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"behaviour": {"CachePolicyId": NONE}}, r"NoSuchCachePolicy.*cache policy does not exist"),
        ({"behaviour": {"OriginRequestPolicyId": NONE}}, "NoSuchOriginRequestPolicy"),
        ({"behaviour": {"ResponseHeadersPolicyId": NONE}}, "NoSuchResponseHeadersPolicy"),
        ({"origin": {"OriginAccessControlId": "none"}}, "InvalidOriginAccessControl"),
        ({"origin": {"VpcOriginConfig": {"VpcOriginId": "none"}}}, "VPC origin was not found"),
        ({"behaviour": {"MinTTL": 0}}, r"InvalidArgument.*MinTTL cannot be used when a cache policy"),
        ({"behaviour": {"CachePolicyId": ""}}, r"InvalidArgument.*ForwardedValues is required"),
        ({"behaviour": associated(("unknown", "viewer-request"))}, r"InvalidFunctionAssociation.*stage LIVE"),
        ({"config": {"PriceClass": "PriceClass_300"}}, r"MalformedXML.*PriceClass_300.*PriceClass_100"),
        ({"config": {"WebACLId": "edge"}}, r"InvalidWebACLId.*Invalid webACL identifier provided edge"),
        (
            {"config": {"WebACLId": f"arn:aws:wafv2:us-east-1:123456789012:global/webacl/edge/{NONE}"}},
            r"InvalidWebACLId.*not accessible by the requester",
        ),
        ({"config": errors(ErrorCode=404, ResponseCode="200")}, r"InvalidArgument.*both ResponsePagePath and"),
        ({"config": errors(ErrorCode=404, ResponsePagePath="/404")}, r"InvalidArgument.*both ResponsePagePath and"),
        ({"config": errors(ErrorCode=418)}, r"InvalidErrorCode.*418 must be one of \[400, 403"),
        ({"config": restricted("whitelist", "CH", "UK")}, "InvalidLocationCode"),
        ({"config": restricted("whitelist")}, r"InvalidGeoRestrictionParameter.*invalid Restriction parameters"),
        ({"config": restricted("none", "CH")}, "InvalidGeoRestrictionParameter"),
        ({"aliases": ["www.example.org"]}, r"InvalidViewerCertificate.*must attach a trusted certificate"),
        (
            {"certificate": {"ACMCertificateArn": "arn:aws:acm:us-west-2:123456789012:certificate/a"}},
            r"InvalidViewerCertificate.*isn't in us-east-1 region",
        ),
    ],
)
def test_a_distribution_with_a_wrong_setting_is_refused(client: Client, change: Any, message: str) -> None:
    with pytest.raises(ClientError, match=message):
        client("cloudfront").create_distribution(DistributionConfig=distribution("refused", **change))


def test_settings_that_are_right_are_accepted(client: Client) -> None:
    config = {
        **errors(ErrorCode=404, ResponseCode="200", ResponsePagePath="/index.html"),
        **restricted("whitelist", "CH", "GB"),
        "PriceClass": "PriceClass_100",
    }

    identifier, _ = make_distribution(client, "right", config=config)
    found = client("cloudfront").get_distribution_config(Id=identifier)["DistributionConfig"]
    assert found["Restrictions"]["GeoRestriction"]["Items"] == ["CH", "GB"]


def test_an_update_is_checked_like_a_create(client: Client) -> None:
    front = client("cloudfront")
    identifier, _ = make_distribution(client, "checked-again")
    etag = front.get_distribution(Id=identifier)["ETag"]

    with pytest.raises(ClientError, match="InvalidLocationCode"):
        front.update_distribution(
            Id=identifier,
            IfMatch=etag,
            DistributionConfig=distribution("checked-again", config=restricted("blacklist", "ZZ")),
        )


def test_a_behavior_with_an_unknown_origin_is_refused(client: Client) -> None:
    behavior = {
        "PathPattern": "/api/*",
        "TargetOriginId": "api",
        "ViewerProtocolPolicy": "https-only",
        "CachePolicyId": OPTIMIZED,
    }
    config = distribution("no-origin", config={"CacheBehaviors": {"Quantity": 1, "Items": [behavior]}})

    with pytest.raises(ClientError, match="NoSuchOrigin"):
        client("cloudfront").create_distribution(DistributionConfig=config)


def test_an_origin_without_a_type_is_refused(client: Client) -> None:
    config = distribution("no-type")
    del config["Origins"]["Items"][0]["CustomOriginConfig"]

    with pytest.raises(ClientError, match="InvalidOrigin"):
        client("cloudfront").create_distribution(DistributionConfig=config)


def test_an_access_control_for_buckets_is_refused_on_another_origin(client: Client) -> None:
    control, _ = make_control(client, "differs")

    with pytest.raises(ClientError, match="The origin type and OAC origin type differ"):
        make_distribution(client, "differs", origin={"OriginAccessControlId": control})


def test_an_access_control_beside_an_access_identity_is_refused(client: Client) -> None:
    control, _ = make_control(client, "both")
    bucket = {
        "Id": "web",
        **BUCKET,
        "OriginAccessControlId": control,
        "S3OriginConfig": {"OriginAccessIdentity": "origin-access-identity/cloudfront/E1"},
    }

    with pytest.raises(ClientError, match="IllegalOriginAccessConfiguration"):
        make_distribution(client, "both", config={"Origins": {"Quantity": 1, "Items": [bucket]}})


def test_an_access_control_in_use_is_not_deleted(client: Client) -> None:
    front = client("cloudfront")
    control, etag = make_control(client, "used-control")
    bucket = {"Id": "web", **BUCKET, "OriginAccessControlId": control}
    user, _ = make_distribution(client, "used-control", config={"Origins": {"Quantity": 1, "Items": [bucket]}})
    with pytest.raises(ClientError, match="OriginAccessControlInUse"):
        front.delete_origin_access_control(Id=control, IfMatch=etag)
    delete_distribution(client, user)

    front.delete_origin_access_control(Id=control, IfMatch=etag)
    with pytest.raises(ClientError, match="NoSuchOriginAccessControl"):
        front.delete_origin_access_control(Id=control, IfMatch=etag)


def test_an_access_control_has_its_own_name_and_version(client: Client) -> None:
    front = client("cloudfront")
    make_control(client, "first-control")
    control, etag = make_control(client, "second-control")
    found = front.get_origin_access_control(Id=control)["OriginAccessControl"]["OriginAccessControlConfig"]
    with pytest.raises(ClientError, match="OriginAccessControlAlreadyExists"):
        make_control(client, "first-control")
    with pytest.raises(ClientError, match="OriginAccessControlAlreadyExists"):
        front.update_origin_access_control(
            Id=control, IfMatch=etag, OriginAccessControlConfig={**found, "Name": "first-control"}
        )
    new = front.update_origin_access_control(
        Id=control, IfMatch=etag, OriginAccessControlConfig={**found, "SigningBehavior": "never"}
    )["ETag"]

    with pytest.raises(ClientError, match="PreconditionFailed"):
        front.delete_origin_access_control(Id=control, IfMatch=etag)
    front.delete_origin_access_control(Id=control, IfMatch=new)


def test_a_distribution_is_changed_by_its_current_version_only(client: Client) -> None:
    front = client("cloudfront")
    identifier, _ = make_distribution(client, "versions")
    first = front.get_distribution(Id=identifier)["ETag"]
    config = distribution("versions", config={"Comment": "changed", "Enabled": False})
    second = front.update_distribution(Id=identifier, IfMatch=first, DistributionConfig=config)["ETag"]

    assert front.get_distribution_config(Id=identifier)["ETag"] == second != first
    with pytest.raises(ClientError, match="PreconditionFailed"):
        front.update_distribution(Id=identifier, IfMatch=first, DistributionConfig=config)
    with pytest.raises(ClientError, match="PreconditionFailed"):
        front.delete_distribution(Id=identifier, IfMatch=first)
    front.delete_distribution(Id=identifier, IfMatch=second)


def test_an_enabled_distribution_is_not_deleted(client: Client) -> None:
    front = client("cloudfront")
    identifier, _ = make_distribution(client, "enabled")

    with pytest.raises(ClientError, match=r"DistributionNotDisabled.*has not been disabled"):
        front.delete_distribution(Id=identifier, IfMatch=front.get_distribution(Id=identifier)["ETag"])


def test_what_is_read_can_be_sent_back(client: Client) -> None:
    """The provider disables a distribution that way before it deletes it."""
    identifier, _ = make_distribution(client, "sent-back")

    delete_distribution(client, identifier)
    with pytest.raises(ClientError, match="NoSuchDistribution"):
        client("cloudfront").get_distribution(Id=identifier)


def test_a_function_is_associated_once_it_is_published(client: Client) -> None:
    front = client("cloudfront")
    etag = make_function(client, "late", publish=False)
    behaviour = associated(("late", "viewer-request"))
    with pytest.raises(ClientError, match=r"InvalidFunctionAssociation.*must be published to the stage LIVE"):
        make_distribution(client, "late", behaviour=behaviour)
    front.publish_function(Name="late", IfMatch=etag)
    user, _ = make_distribution(client, "late", behaviour=behaviour)

    with pytest.raises(ClientError, match=r"FunctionInUse.*late, it is in use by 1 distributions"):
        front.delete_function(Name="late", IfMatch=etag)
    delete_distribution(client, user)
    front.delete_function(Name="late", IfMatch=etag)


def test_a_second_function_for_an_event_is_refused(client: Client) -> None:
    for name in ("one", "two"):
        make_function(client, name)
    make_distribution(client, "events", behaviour=associated(("one", "viewer-request"), ("two", "viewer-response")))

    with pytest.raises(ClientError, match=r"InvalidFunctionAssociation.*at most one function for each event"):
        make_distribution(client, "event", behaviour=associated(("one", "viewer-request"), ("two", "viewer-request")))


def test_a_function_over_the_limit_is_refused(client: Client) -> None:
    front = client("cloudfront")
    config = {"Comment": "", "Runtime": "cloudfront-js-2.0"}
    etag = front.create_function(Name="limit", FunctionConfig=config, FunctionCode=b"1" * 10_240)["ETag"]

    with pytest.raises(ClientError, match="FunctionSizeLimitExceeded"):
        front.create_function(Name="over", FunctionConfig=config, FunctionCode=b"1" * 10_241)
    with pytest.raises(ClientError, match="FunctionSizeLimitExceeded"):
        front.update_function(Name="limit", IfMatch=etag, FunctionConfig=config, FunctionCode=b"1" * 10_241)


def test_a_function_with_an_unknown_runtime_is_refused(client: Client) -> None:
    config = {"Comment": "", "Runtime": "cloudfront-js-9.0"}

    with pytest.raises(ClientError, match=r"InvalidArgument.*'cloudfront-js-9.0'.*cloudfront-js-2.0"):
        client("cloudfront").create_function(Name="runtime", FunctionConfig=config, FunctionCode=b"1")


def test_a_function_with_a_dot_in_its_name_is_refused(client: Client) -> None:
    with pytest.raises(ClientError, match=r"InvalidArgument.*must have 1 to 64 letters"):
        client("cloudfront").create_function(
            Name="example.com", FunctionConfig={"Comment": "", "Runtime": "cloudfront-js-2.0"}, FunctionCode=b"1"
        )


def test_names_must_be_covered_by_the_certificate(client: Client) -> None:
    zone = "covered.example.org"
    certificate = {"ACMCertificateArn": issue_certificate(client, zone, zone, f"*.{zone}")}
    make_distribution(client, "covered", aliases=[zone, f"WWW.{zone}"], certificate=certificate)

    for name in ("other.example.org", f"a.b.{zone}", f"{zone}."):
        with pytest.raises(ClientError, match=r"InvalidViewerCertificate.*doesn't cover the alternate domain name"):
            make_distribution(client, "uncovered", aliases=[name], certificate=certificate)


def test_a_certificate_that_is_not_issued_is_refused(client: Client) -> None:
    pending = client("acm").request_certificate(DomainName="pending.example.org", ValidationMethod="DNS")

    with pytest.raises(ClientError, match=r"InvalidViewerCertificate.*isn't valid"):
        make_distribution(client, "pending", certificate={"ACMCertificateArn": pending["CertificateArn"]})


def test_a_name_of_another_distribution_is_refused_in_every_account(client: Client) -> None:
    zone, other = "taken.example.org", "600000000002"
    certificate = {"ACMCertificateArn": issue_certificate(client, zone, zone)}
    identifier, _ = make_distribution(client, "taken", aliases=[zone], certificate=certificate)
    front = client("cloudfront")
    again = distribution("taken", aliases=[zone], certificate=certificate, config={"Comment": "same name"})
    front.update_distribution(
        Id=identifier, IfMatch=front.get_distribution(Id=identifier)["ETag"], DistributionConfig=again
    )

    with pytest.raises(ClientError, match=r"CNAMEAlreadyExists.*already associated with a different resource"):
        make_distribution(client, "taker", aliases=[zone.upper()], certificate=certificate)
    foreign = {"IAMCertificateId": "ASCA"}
    with pytest.raises(ClientError, match="CNAMEAlreadyExists"):
        make_distribution(client, "foreign", aliases=[zone], certificate=foreign, account=other)

"""The checks of the layer `edge` find nothing where all is right, and each link that is missing or open."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from acceptance.checks import find_checks
from tests.emulator.edge import distribution, issue_certificate

if TYPE_CHECKING:
    from acceptance.account import EmulatedSession
    from config.environment import Environment

CODE = b"function handler(event) { return event.request; }"
PRIVATE = dict.fromkeys(("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True)


@dataclass
class Place:
    """An account with a distribution, its bucket and its log, as the layer makes them."""

    session: EmulatedSession
    environment: Environment
    arn: str = ""
    etag: str = ""

    @property
    def account(self) -> str:
        return self.environment.account_id

    @property
    def assets(self) -> str:
        return self.environment.names.bucket_name("assets")

    @property
    def logs(self) -> str:
        return self.environment.names.bucket_name("cloudfront-logs")

    def client(self, service: str, *, account: str = "", region: str = "us-east-1", checked: bool = True) -> Any:
        """A client of the place's own account, as the helpers of the emulator's tests take it."""
        assert account in {"", self.account}
        assert checked
        return self.session.client(service, region_name=region)

    def found(self) -> list[str]:
        return [line for _, check in find_checks({"edge"}) for line in check(self.environment, self.session)]

    def add_distribution(self) -> None:
        name = present_name(self.environment)
        arn = issue_certificate(self.client, name, name, account=self.account)
        front = self.client("cloudfront")
        made = front.create_function(
            Name="pages", FunctionCode=CODE, FunctionConfig={"Comment": "", "Runtime": "cloudfront-js-2.0"}
        )
        front.publish_function(Name="pages", IfMatch=made["ETag"])
        self.etag = made["ETag"]
        function = made["FunctionSummary"]["FunctionMetadata"]["FunctionARN"]
        self.arn = front.create_distribution(
            DistributionConfig=distribution(
                name,
                aliases=[name],
                behaviour={
                    "FunctionAssociations": {
                        "Quantity": 1,
                        "Items": [{"FunctionARN": function, "EventType": "viewer-request"}],
                    }
                },
                certificate={
                    "CloudFrontDefaultCertificate": False,
                    "ACMCertificateArn": arn,
                    "SSLSupportMethod": "sni-only",
                    "MinimumProtocolVersion": "TLSv1.2_2021",
                },
            )
        )["Distribution"]["ARN"]
        for _ in range(3):  # deployed once it was asked for
            front.get_distribution(Id=self.arn.rpartition("/")[2])

    def add_assets(self) -> None:
        s3, kms = self.client("s3"), self.client("kms")
        s3.create_bucket(Bucket=self.assets)
        s3.put_public_access_block(Bucket=self.assets, PublicAccessBlockConfiguration=PRIVATE)
        key = kms.create_key(Policy=self.policy("kms:Decrypt", "*"))["KeyMetadata"]["Arn"]
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
        s3.put_bucket_encryption(Bucket=self.assets, ServerSideEncryptionConfiguration={"Rules": [rule]})
        s3.put_object(
            Bucket=self.assets, Key="unavailable.html", Body=b"<!doctype html>", ContentType="text/html; charset=utf-8"
        )
        self.put_policy(self.policy("s3:GetObject", f"arn:aws:s3:::{self.assets}/*"))

    def put_policy(self, policy: str) -> None:
        self.client("s3").put_bucket_policy(Bucket=self.assets, Policy=policy)

    def policy(self, action: str, resource: str, *, source: str = "") -> str:
        read = {
            "Sid": "AllowCloudFrontRead",
            "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": action,
            "Resource": resource,
            "Condition": {"StringEquals": {"aws:SourceArn": source or self.arn}},
        }
        root = {"AWS": f"arn:aws:iam::{self.account}:root"}
        own = {"Sid": "Own", "Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}
        return json.dumps({"Version": "2012-10-17", "Statement": [read, *([own] if resource == "*" else [])]})

    def add_log(self, *, is_allowed: bool = True) -> None:
        s3, logs = self.client("s3"), self.client("logs")
        s3.create_bucket(Bucket=self.logs)
        write = {
            "Sid": "AllowLogDeliveryWrite",
            "Effect": "Allow",
            "Principal": {"Service": "delivery.logs.amazonaws.com" if is_allowed else "logs.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{self.logs}/access/*",
        }
        s3.put_bucket_policy(Bucket=self.logs, Policy=json.dumps({"Version": "2012-10-17", "Statement": [write]}))
        logs.put_delivery_source(name="site", resourceArn=self.arn, logType="ACCESS_LOGS")
        target = {"destinationResourceArn": f"arn:aws:s3:::{self.logs}/access"}
        made = logs.put_delivery_destination(name="site", deliveryDestinationConfiguration=target)
        logs.create_delivery(deliverySourceName="site", deliveryDestinationArn=made["deliveryDestination"]["arn"])


def present_name(environment: Environment) -> str:
    assert environment.domain is not None
    return environment.domain.name


@pytest.fixture
def place(environments: dict[str, Environment], session: EmulatedSession, account_id: str) -> Place:
    prod = environments["prod"]
    assert prod.domain is not None
    domain = prod.domain.model_copy(update={"name": f"site-{account_id}.example.com"})
    # The firewall has a check and tests of its own.
    changed = prod.model_copy(update={"account_id": account_id, "domain": domain, "firewall": None})
    return Place(session, changed)


def whole(place: Place) -> Place:
    place.add_distribution()
    place.add_assets()
    place.add_log()
    return place


def test_what_the_layer_makes_is_right(place: Place) -> None:
    assert whole(place).found() == []


def test_an_empty_account_lacks_everything(place: Place) -> None:
    name = present_name(place.environment)
    lines = "\n".join(place.found())
    assert f"there is no distribution for {name}" in lines
    assert f"there is no bucket {place.assets} with a distribution" in lines
    assert "unavailable.html: " in lines
    assert f"no delivery writes the distribution's log to {place.logs}" in lines
    assert f"there is no bucket {place.logs}" in lines


def test_a_distribution_that_is_switched_off_or_lacks_a_name_is_found(place: Place) -> None:
    whole(place)
    front = place.client("cloudfront")
    identifier = place.arn.rpartition("/")[2]
    found = front.get_distribution_config(Id=identifier)
    config = {**found["DistributionConfig"], "Enabled": False}
    front.update_distribution(Id=identifier, IfMatch=found["ETag"], DistributionConfig=config)
    assert "whether the distribution is enabled: False, wanted True" in place.found()
    assert place.environment.domain is not None
    domain = place.environment.domain.model_copy(update={"alternative_names": ("www.example.com",)})
    place.environment = place.environment.model_copy(update={"domain": domain})
    assert any(line.startswith("the names of the distribution: ") for line in place.found())


def test_a_function_that_is_not_published_is_found(place: Place) -> None:
    whole(place)
    front = place.client("cloudfront")
    config = {"Comment": "", "Runtime": "cloudfront-js-2.0"}
    front.update_function(Name="pages", IfMatch=place.etag, FunctionCode=CODE + b"\n", FunctionConfig=config)
    assert place.found() == ["pages has a draft that is not published"]


def test_a_bucket_that_others_can_read_is_found(place: Place) -> None:
    whole(place)
    every = f"arn:aws:cloudfront::{place.account}:distribution/OTHER"
    place.put_policy(place.policy("s3:GetObject", f"arn:aws:s3:::{place.assets}/*", source=every))
    (line,) = place.found()
    assert line == f"who {place.assets} allows by AllowCloudFrontRead: {every}, wanted {place.arn}"
    open_ = PRIVATE | {"RestrictPublicBuckets": False}
    place.client("s3").put_public_access_block(Bucket=place.assets, PublicAccessBlockConfiguration=open_)
    assert f"{place.assets}: RestrictPublicBuckets is off" in place.found()


def test_an_object_that_needs_no_credentials_is_found(place: Place) -> None:
    whole(place)
    place.put_policy(
        json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": "Public",
                        "Effect": "Allow",
                        "Principal": "*",
                        "Action": "s3:GetObject",
                        "Resource": f"arn:aws:s3:::{place.assets}/*",
                    }
                ],
            }
        )
    )
    assert place.found() == [
        f"who {place.assets} allows by Public: None, wanted {place.arn}",
        f"{place.assets} answers a request without credentials",
    ]


def test_a_bucket_policy_that_aws_had_to_extend_is_found(place: Place) -> None:
    place.add_distribution()
    place.add_assets()
    place.add_log(is_allowed=False)
    assert place.found() == [f"AWS extended the policy of {place.logs} by AWSLogDeliveryWrite1"]


def test_an_error_page_without_its_type_is_found(place: Place) -> None:
    whole(place)
    place.client("s3").put_object(Bucket=place.assets, Key="unavailable.html", Body=b"", ContentType="text/plain")
    assert place.found() == ["type of unavailable.html: text/plain, wanted text/html; charset=utf-8"]

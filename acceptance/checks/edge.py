"""What viewers reach: the distribution with its names, the bucket that only it reads, and the log of its requests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from acceptance.firewall import web_acl_problems
from config.edge import VIEWER_REGION
from config.names import Names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import boto3

    from config.environment import Environment

_ERROR_PAGE: Final = "unavailable.html"
_STAGE: Final = "LIVE"


def check_the_distribution_is_deployed_under_all_names(
    environment: Environment, session: boto3.Session
) -> Iterator[str]:
    """Deployed everywhere and enabled, with the names and the firewall that no other distribution of them has."""
    if environment.domain is None:
        return
    found = _distribution(environment, session)
    if found is None:
        yield f"there is no distribution for {environment.domain.name}"
        return
    yield from _differs("the state of the distribution", found["Status"], "Deployed")
    yield from _differs("whether the distribution is enabled", found["Enabled"], True)
    names = set(found["Aliases"].get("Items", ()))
    yield from _differs("the names of the distribution", names, set(environment.domain.names))


def check_its_functions_are_published(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """A function that is only a draft is not in use, and the maintenance switch would have no effect."""
    cloudfront = session.client("cloudfront")
    found = _distribution(environment, session)
    if found is None:
        return
    behaviors = (found["DefaultCacheBehavior"], *found["CacheBehaviors"].get("Items", ()))
    arns = {each["FunctionARN"] for one in behaviors for each in one.get("FunctionAssociations", {}).get("Items", ())}
    if not arns:
        yield "the distribution has no function"
    for name in sorted(arn.rpartition("/")[2] for arn in arns):
        published = cloudfront.get_function(Name=name, Stage=_STAGE)["FunctionCode"].read()
        draft = cloudfront.get_function(Name=name)["FunctionCode"].read()
        if published != draft:
            yield f"{name} has a draft that is not published"


def check_only_the_distribution_reads_the_assets(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """By the bucket policy and the key policy, which name one distribution, and by a request without credentials."""
    found = _distribution(environment, session)
    bucket = _names(environment).bucket_name("assets")
    s3 = session.client("s3", region_name=VIEWER_REGION)
    if found is None or bucket not in {one["Name"] for one in s3.list_buckets()["Buckets"]}:
        yield f"there is no bucket {bucket} with a distribution"
        return
    block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    yield from (f"{bucket}: {name} is off" for name, is_on in block.items() if not is_on)
    policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    key = rules[0]["ApplyServerSideEncryptionByDefault"].get("KMSMasterKeyID", "")
    kms = session.client("kms", region_name=VIEWER_REGION)
    key_policy = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    for where, document in ((bucket, policy), (f"the key of {bucket}", key_policy)):
        own = {"AWS": f"arn:aws:iam::{environment.account_id}:root"}  # the account itself, in a key policy
        allowed = [one for one in document["Statement"] if one["Effect"] == "Allow" and one["Principal"] != own]
        if not allowed:
            yield f"{where} does not allow CloudFront to read"
        for statement in allowed:
            arns = (statement.get("Condition") or {}).get("StringEquals", {}).get("aws:SourceArn")
            yield from _differs(f"who {where} allows by {statement['Sid']}", arns, found["ARN"])
    anonymous = session.client("s3", region_name=VIEWER_REGION, config=Config(signature_version=UNSIGNED))
    try:
        anonymous.get_object(Bucket=bucket, Key=_ERROR_PAGE)
    except ClientError:
        return
    yield f"{bucket} answers a request without credentials"


def check_the_error_page_is_in_the_bucket(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """Encrypted with the bucket's key, as HTML: without it users see CloudFront's own error."""
    s3 = session.client("s3", region_name=VIEWER_REGION)
    try:
        head = s3.head_object(Bucket=_names(environment).bucket_name("assets"), Key=_ERROR_PAGE)
    except ClientError as error:
        yield f"{_ERROR_PAGE}: {error}"
        return
    yield from _differs(f"encryption of {_ERROR_PAGE}", head.get("ServerSideEncryption"), "aws:kms")
    yield from _differs(f"type of {_ERROR_PAGE}", head["ContentType"], "text/html; charset=utf-8")


def check_requests_are_logged(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """A delivery from the distribution to the log bucket, and a bucket policy that AWS did not have to extend."""
    found = _distribution(environment, session)
    logs = session.client("logs", region_name=VIEWER_REGION)
    sources = logs.describe_delivery_sources()["deliverySources"]
    names = {one["name"] for one in sources if found and found["ARN"] in one["resourceArns"]}
    bucket = _names(environment).bucket_name("cloudfront-logs")
    destinations = {
        one["arn"]
        for one in logs.describe_delivery_destinations()["deliveryDestinations"]
        if one["deliveryDestinationConfiguration"]["destinationResourceArn"].startswith(f"arn:aws:s3:::{bucket}/")
    }
    deliveries = logs.describe_deliveries()["deliveries"]
    if not any(
        one["deliverySourceName"] in names and one["deliveryDestinationArn"] in destinations for one in deliveries
    ):
        yield f"no delivery writes the distribution's log to {bucket}"
    s3 = session.client("s3", region_name=VIEWER_REGION)
    if bucket not in {one["Name"] for one in s3.list_buckets()["Buckets"]}:
        yield f"there is no bucket {bucket}"
        return
    policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    if added := [one["Sid"] for one in policy["Statement"] if one.get("Sid", "").startswith("AWSLogDelivery")]:
        yield f"AWS extended the policy of {bucket} by {', '.join(added)}"


def check_firewall_matches_the_settings(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """It is for CloudFront, in us-east-1."""
    if environment.edge is not None:
        yield from web_acl_problems(environment, session, "CLOUDFRONT")


def _names(environment: Environment) -> Names:
    """The names of the environment's resources in CloudFront's region."""
    home = environment.names
    return Names(
        project=home.project,
        environment=home.environment,
        account_id=home.account_id,
        region=VIEWER_REGION,
        home_region=home.home_region,
    )


def _distribution(environment: Environment, session: boto3.Session) -> Mapping[str, Any] | None:
    if environment.domain is None:
        return None
    pages = session.client("cloudfront").get_paginator("list_distributions").paginate()
    found = [one for page in pages for one in page["DistributionList"].get("Items", ())]
    return next((one for one in found if environment.domain.name in one["Aliases"].get("Items", ())), None)


def _differs(what: str, found: object, wanted: object) -> Iterator[str]:
    if found != wanted:
        yield f"{what}: {found}, wanted {wanted}"

"""What several tests of the edge services start from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.emulator.network import make_subnets

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

ACCOUNT = "123456789012"
OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"


def distribution(
    reference: str, *, behaviour: Any = (), origin: Any = (), certificate: Any = (), aliases: Any = (), config: Any = ()
) -> Any:
    """The configuration of a distribution with one origin."""
    return {
        "CallerReference": reference,
        "Comment": "",
        "Enabled": True,
        "Aliases": {"Quantity": len(aliases), **({"Items": list(aliases)} if aliases else {})},
        "Origins": {
            "Quantity": 1,
            "Items": [
                {
                    "Id": "web",
                    "DomainName": "web.example.com",
                    "CustomOriginConfig": {
                        "HTTPPort": 80,
                        "HTTPSPort": 443,
                        "OriginProtocolPolicy": "https-only",
                    },
                    **dict(origin),
                }
            ],
        },
        "DefaultCacheBehavior": {
            "TargetOriginId": "web",
            "ViewerProtocolPolicy": "https-only",
            "CachePolicyId": OPTIMIZED,
            **dict(behaviour),
        },
        "ViewerCertificate": {"CloudFrontDefaultCertificate": True, **dict(certificate)},
        **dict(config),
    }


def make_distribution(client: Client, reference: str, *, account: str = ACCOUNT, **settings: Any) -> tuple[str, str]:
    """Create a distribution, and return its id and its ARN."""
    made = client("cloudfront", account=account).create_distribution(
        DistributionConfig=distribution(reference, **settings)
    )["Distribution"]
    return made["Id"], made["ARN"]


def delete_distribution(client: Client, identifier: str, *, account: str = ACCOUNT) -> None:
    """Disable a distribution and delete it."""
    front = client("cloudfront", account=account)
    found = front.get_distribution_config(Id=identifier)
    config = {**found["DistributionConfig"], "Enabled": False}
    etag = front.update_distribution(Id=identifier, IfMatch=found["ETag"], DistributionConfig=config)["ETag"]
    front.delete_distribution(Id=identifier, IfMatch=etag)


def issue_certificate(client: Client, zone: str, *names: str, account: str = ACCOUNT, region: str = "us-east-1") -> str:
    """Create a zone, and a certificate whose validation records are in it."""
    route53 = client("route53", account=account)
    acm = client("acm", account=account, region=region)
    created = route53.create_hosted_zone(Name=zone, CallerReference=f"{zone} {region}")["HostedZone"]["Id"]
    arn: str = acm.request_certificate(
        DomainName=names[0], SubjectAlternativeNames=list(names), ValidationMethod="DNS"
    )["CertificateArn"]
    for option in acm.describe_certificate(CertificateArn=arn)["Certificate"]["DomainValidationOptions"]:
        wanted = option["ResourceRecord"]
        records = {
            "Name": wanted["Name"],
            "Type": wanted["Type"],
            "TTL": 60,
            "ResourceRecords": [{"Value": wanted["Value"]}],
        }
        route53.change_resource_record_sets(
            HostedZoneId=created, ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": records}]}
        )
    return arn


def make_balancer(
    client: Client, name: str, *, gateway: bool = True, account: str = ACCOUNT, **settings: Any
) -> tuple[str, str]:
    """Create a load balancer in a VPC of its own; return its ARN and the VPC's id."""
    subnets = make_subnets(client, "us-east-1a", "us-east-1b", account=account)
    ec2 = client("ec2", account=account)
    vpc: str = ec2.describe_subnets(SubnetIds=subnets)["Subnets"][0]["VpcId"]
    if gateway:
        made = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=made, VpcId=vpc)
    balancer = client("elbv2", account=account).create_load_balancer(
        Name=name, Subnets=subnets, **{"Scheme": "internal", **settings}
    )["LoadBalancers"][0]
    return balancer["LoadBalancerArn"], vpc

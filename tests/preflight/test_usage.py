from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from emulator.registry import REGISTRY
from emulator.services.servicequotas import APPLIED
from preflight import usage
from preflight.peak import FARGATE, FARGATE_SPOT
from tests.preflight.samples import own_tags, platform

if TYPE_CHECKING:
    from preflight.usage import Usage
    from tests.preflight.conftest import Place

REGION = "us-east-1"

_EMPTY_ZIP = b"PK\x05\x06" + bytes(18)


def used(place: Place, counted: Usage, resources: dict[str, dict[str, Any]] | None = None) -> float:
    return counted(place.account, platform(resources), REGION)


def run_task(place: Place, cluster: str) -> None:
    ecs, ec2 = place.client("ecs"), place.client("ec2")
    ecs.create_cluster(clusterName=cluster)
    ecs.register_task_definition(
        family="f",
        cpu="512",
        memory="1024",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        containerDefinitions=[{"name": "c", "image": "i", "cpu": 512, "memory": 1024}],
    )
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
    ecs.run_task(
        cluster=cluster,
        taskDefinition="f",
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": [group]}},
    )


def test_tasks_of_other_clusters_use_vcpus(place: Place) -> None:
    run_task(place, "other")
    run_task(place, "own")

    own = {"aws_ecs_cluster.own": {"name": "own"}}
    assert used(place, usage.fargate_vcpu(FARGATE), own) == pytest.approx(0.5)
    assert used(place, usage.fargate_vcpu(FARGATE_SPOT), own) == 0


def test_vpcs_without_the_tags_are_of_others(place: Place) -> None:
    ec2 = place.client("ec2")
    ec2.create_vpc(CidrBlock="10.0.0.0/16")
    ec2.create_vpc(CidrBlock="10.1.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": own_tags()}])

    assert used(place, usage.tagged("describe_vpcs", "Vpcs")) == 2  # with the default VPC


def test_nat_gateways_of_others_count_in_the_zones_of_the_environment(place: Place) -> None:
    ec2 = place.client("ec2")
    subnets = {subnet["AvailabilityZone"]: subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"]}
    own = [{"ResourceType": "natgateway", "Tags": own_tags()}]
    for zone, tags in (("us-east-1a", []), ("us-east-1a", []), ("us-east-1a", own), ("us-east-1b", [])):
        ec2.create_nat_gateway(SubnetId=subnets[zone], ConnectivityType="private", TagSpecifications=tags)
    zone_id = next(
        zone["ZoneId"]
        for zone in ec2.describe_availability_zones()["AvailabilityZones"]
        if zone["ZoneName"] == "us-east-1a"
    )

    def gateway(zone: dict[str, str]) -> dict[str, dict[str, str]]:
        return {"aws_subnet.s": zone, "aws_nat_gateway.g": {"subnet_id": "${aws_subnet.s.id}"}}

    assert used(place, usage.nat_gateways, gateway({"availability_zone_id": zone_id})) == 2
    assert used(place, usage.nat_gateways, gateway({"availability_zone": "us-east-1b"})) == 1
    assert used(place, usage.nat_gateways, gateway({"availability_zone": "us-east-1c"})) == 0


def test_buckets_with_names_of_the_environment_are_its_own(place: Place) -> None:
    s3 = place.client("s3")
    for name in ("own", "other"):
        s3.create_bucket(Bucket=f"{name}-{place.id}")

    buckets = usage.named("s3", "list_buckets", "Buckets", name="Name", kinds={"aws_s3_bucket": "bucket"})
    assert used(place, buckets, {"aws_s3_bucket.a": {"bucket": f"own-{place.id}"}}) == 1


def test_zones_are_compared_without_the_last_dot(place: Place) -> None:
    route53 = place.client("route53")
    for name in ("own.example", "other.example"):
        route53.create_hosted_zone(Name=name, CallerReference=f"{name}-{place.id}")

    zones = usage.named("route53", "list_hosted_zones", "HostedZones", name="Name", kinds={"aws_route53_zone": "name"})
    assert used(place, zones, {"aws_route53_zone.a": {"name": "own.example"}}) == 1


def test_certificates_for_other_domains_count(place: Place) -> None:
    acm = place.client("acm")
    for name in ("own.example", "other.example"):
        acm.request_certificate(DomainName=name)

    assert used(place, usage.certificates, {"aws_acm_certificate.a": {"domain_name": "own.example"}}) == 1


def test_storage_of_other_instances_counts(place: Place) -> None:
    rds = place.client("rds")
    for name in ("own", "other"):
        rds.create_db_instance(
            DBInstanceIdentifier=name,
            Engine="postgres",
            DBInstanceClass="db.t3.micro",
            AllocatedStorage=30,
            MasterUsername="u",
            MasterUserPassword="not-a-secret",
        )

    assert used(place, usage.database_storage_gib, {"aws_db_instance.a": {"identifier": "own"}}) == 30


def test_reservations_of_the_environment_are_subtracted(place: Place) -> None:
    REGISTRY.store.table(APPLIED, place.id, REGION)["lambda/L-B99A9384"] = 1000
    function = place.client("lambda")
    role = place.client("iam").create_role(
        RoleName="f", AssumeRolePolicyDocument='{"Statement": [{"Principal": {"Service": "lambda.amazonaws.com"}}]}'
    )["Role"]["Arn"]
    for name, reserved in (("own", 5), ("other", 7)):
        function.create_function(
            FunctionName=name, Role=role, Runtime="python3.13", Handler="h.h", Code={"ZipFile": _EMPTY_ZIP}
        )
        function.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=reserved)
    own = {
        "aws_lambda_function.a": {"function_name": "own", "reserved_concurrent_executions": 5},
        "aws_lambda_function.b": {"function_name": "not-yet", "reserved_concurrent_executions": 9},
    }

    assert used(place, usage.reserved_concurrency, own) == 7

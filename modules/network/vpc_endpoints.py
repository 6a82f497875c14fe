"""Private connections to AWS services, so that traffic does not leave the AWS network and does not pay for NAT."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.vpc_endpoint import VpcEndpoint
from constructs import Construct

from modules.network.connections import Port, SecurityGroup
from modules.policy import Condition, Principal, Statement, render_statements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modules.label import Label
    from modules.network.connections import Connections
    from modules.network.vpc import Vpc

_HTTPS: Final = Port.tcp(443)


class GatewayEndpoints(Construct):
    """Free routes to S3 and DynamoDB from the private subnets, to data of this account and to what AWS publishes."""

    def __init__(self, scope: Construct, id_: str, *, label: Label, vpc: Vpc) -> None:
        super().__init__(scope, id_)
        own_data = Statement(
            sid="AllowOwnAccount",
            principal=Principal.anyone(),
            actions=("*",),
            resources=("*",),
            # Stolen credentials of another account cannot send data out through this network.
            conditions=(Condition(operator="StringEquals", key="aws:ResourceAccount", values=(label.account_id,)),),
        )
        # ECR stores image layers in a bucket that AWS owns:
        # https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-setting-up-s3-gateway
        image_layers = Statement(
            sid="AllowImageLayers",
            principal=Principal.anyone(),
            actions=("s3:GetObject",),
            resources=(f"arn:aws:s3:::prod-{label.region}-starport-layer-bucket/*",),
        )
        # Where dnf of Amazon Linux 2023 finds packages: https://qiita.com/mbear06/items/1d05224bfaef4f0ac1d1
        packages = Statement(
            sid="AllowPackages",
            principal=Principal.anyone(),
            actions=("s3:GetObject",),
            resources=(f"arn:aws:s3:::al2023-repos-{label.region}-de612dc2/*",),
        )
        self._endpoints = {
            service: VpcEndpoint(
                self,
                service,
                vpc_id=vpc.id,
                service_name=f"com.amazonaws.{label.region}.{service}",
                vpc_endpoint_type="Gateway",
                route_table_ids=vpc.private_route_table_ids,
                policy=render_statements(*statements),
                tags=label.name_tag(service),
            )
            for service, statements in (("s3", (own_data, image_layers, packages)), ("dynamodb", (own_data,)))
        }

    @property
    def s3_prefix_list_id(self) -> str:
        """For security group rules: the addresses of S3 in this region."""
        return self._endpoints["s3"].prefix_list_id

    @property
    def dynamodb_prefix_list_id(self) -> str:
        """For security group rules: the addresses of DynamoDB in this region."""
        return self._endpoints["dynamodb"].prefix_list_id


class InterfaceEndpoints(Construct):
    """An address in each private subnet for each of the services; each costs money per hour."""

    def __init__(self, scope: Construct, id_: str, *, services: Sequence[str], label: Label, vpc: Vpc) -> None:
        super().__init__(scope, id_)
        self._group = SecurityGroup(
            self,
            "security-group",
            label=label,
            vpc=vpc,
            name="endpoints",
            description="Interface endpoints of the VPC",
            port=_HTTPS,
        )
        for zone, cidr in vpc.private_cidrs.items():
            self._group.connections.allow_from_cidr(cidr, name=f"private-{zone}")
        for service in services:
            VpcEndpoint(
                self,
                service.replace(".", "-"),
                vpc_id=vpc.id,
                service_name=f"com.amazonaws.{label.region}.{service}",
                vpc_endpoint_type="Interface",
                subnet_ids=vpc.private_subnet_ids,
                security_group_ids=[self._group.id],
                private_dns_enabled=True,
                tags=label.name_tag(service),
            )

    @property
    def connections(self) -> Connections:
        """For callers outside the private subnets."""
        return self._group.connections

"""CloudFront's way to an internal load balancer."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from cdktf import DataResource, Fn, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.cloudfront_vpc_origin import (
    CloudfrontVpcOrigin,
    CloudfrontVpcOriginTimeouts,
    CloudfrontVpcOriginVpcOriginEndpointConfig,
    CloudfrontVpcOriginVpcOriginEndpointConfigOriginSslProtocols,
)
from cdktf_cdktf_provider_aws.data_aws_security_group import DataAwsSecurityGroup
from constructs import Construct

from modules.label import Label, NameLimit

if TYPE_CHECKING:
    from modules.network.vpc import Vpc
    from modules.service.load_balancer import LoadBalancer

_GROUP_OF_CLOUDFRONT: Final = "CloudFront-VPCOrigins-Service-SG"
"""The group that AWS makes in a VPC with its first origin.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
"""
_HTTP_PORT: Final = 80
_HTTPS_PORT: Final = 443
_HTTPS_ONLY: Final = "https-only"
_TLS: Final = ("TLSv1.2",)
_HASH_LENGTH: Final = 8
# AWS takes up to 15 minutes, and the provider's default ends with them:
# https://github.com/terraform-aws-modules/terraform-aws-cloudfront/issues/163
_TIMEOUT: Final = "30m"


class VpcOrigin(Construct):
    """A VPC origin, and the rule by which CloudFront's network interfaces in the VPC reach the load balancer.

    AWS refuses to change or delete an origin that a distribution uses, and the provider changes it in place:
    https://github.com/hashicorp/terraform-provider-aws/issues/40905
    So its name ends in a hash of all of its arguments, the ARN of the load balancer included, and another name replaces
    it: the new one exists before the old one is deleted. Terraform computes the hash, since it knows the ARN.

    CloudFront's interfaces are in a group that AWS makes with the first origin of a VPC. Only that group, or a prefix
    list, lets them in: a rule for the addresses of the subnets does not apply to them.
    """

    def __init__(self, scope: Construct, id_: str, *, label: Label, vpc: Vpc, load_balancer: LoadBalancer) -> None:
        super().__init__(scope, id_)
        arguments = {
            "arn": load_balancer.arn,
            "http_port": _HTTP_PORT,
            "https_port": _HTTPS_PORT,
            "origin_protocol_policy": _HTTPS_ONLY,
            "origin_ssl_protocols": list(_TLS),
        }
        digest = Fn.substr(Fn.sha256(Fn.jsonencode(arguments)), 0, _HASH_LENGTH)
        name = f"{label.name('web', limit=NameLimit.VPC_ORIGIN)}-{digest}"
        trigger = DataResource(self, "arguments", triggers_replace={"name": name})
        self._origin = CloudfrontVpcOrigin(
            self,
            "Default",
            vpc_origin_endpoint_config=[
                CloudfrontVpcOriginVpcOriginEndpointConfig(
                    name=name,
                    arn=load_balancer.arn,
                    http_port=_HTTP_PORT,  # required, and not used
                    https_port=_HTTPS_PORT,
                    origin_protocol_policy=_HTTPS_ONLY,
                    origin_ssl_protocols=[
                        CloudfrontVpcOriginVpcOriginEndpointConfigOriginSslProtocols(
                            items=list(_TLS), quantity=len(_TLS)
                        )
                    ],
                )
            ],
            tags=label.name_tag("web"),
            timeouts=CloudfrontVpcOriginTimeouts(create=_TIMEOUT, update=_TIMEOUT, delete=_TIMEOUT),
            lifecycle=TerraformResourceLifecycle(
                create_before_destroy=True,
                replace_triggered_by=[f"terraform_data.{trigger.friendly_unique_id}.id"],
            ),
            depends_on=load_balancer.dependables,
        )
        group = DataAwsSecurityGroup(
            self, "cloudfront", name=_GROUP_OF_CLOUDFRONT, vpc_id=vpc.id, depends_on=[self._origin]
        )
        load_balancer.connections.allow_from_group(group.id, name="cloudfront")

    @cached_property
    def id(self) -> str:
        """Id of the origin, for a distribution."""
        return self._origin.id

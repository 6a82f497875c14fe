"""What uses web ACLs and their parts: moto associates anything, keeps former associations, and deletes what is used."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from moto.elbv2.models import elbv2_backends
from moto.wafv2.models import WAFV2Backend

from emulator.arns import parse_arn
from emulator.registry import Context, guard, patch
from emulator.services.cloudfront.usage import distributions
from emulator.services.wafv2.scopes import CLOUDFRONT, backend_of, in_use, invalid_arn, missing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.store import Shape

_BALANCER: Final = "elasticloadbalancing"
_PARTS: Final = {
    "DeleteIPSet": "ip_sets",
    "DeleteRegexPatternSet": "regex_pattern_sets",
    "DeleteRuleGroup": "rule_groups",
}


@guard("wafv2", "AssociateWebACL")
def refuse_wrong_association(params: Shape, context: Context) -> None:
    """Refuse a web ACL for CloudFront, whose distributions name it, and what cannot have a web ACL.

    https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html
    https://github.com/hashicorp/terraform-provider-aws/issues/28753
    """
    acl, resource = parse_arn(params["WebACLArn"]), parse_arn(params["ResourceArn"])
    if acl is None or acl.region != context.region or not acl.resource.startswith("regional/webacl/"):
        raise invalid_arn(params["WebACLArn"], field="RESOURCE_ARN")
    if resource is None or resource.service == "cloudfront" or resource.region != context.region:
        raise invalid_arn(params["ResourceArn"], field="RESOURCE_ARN")
    if resource.service == _BALANCER:
        balancer = context.backend(elbv2_backends).load_balancers.get(params["ResourceArn"])
        if balancer is None:
            raise missing()
        if balancer.type != "application":
            raise invalid_arn(params["ResourceArn"], field="RESOURCE_ARN")


@patch(WAFV2Backend, "associate_web_acl")
def replace_association(original: Any, backend: Any, web_acl_arn: str, resource_arn: str) -> None:
    """Associate a resource with one web ACL only: a new association replaces the former.

    https://github.com/pulumi/pulumi-aws/issues/4782
    """
    if web_acl_arn in backend.wacls:
        backend.disassociate_web_acl(resource_arn)
    original(backend, web_acl_arn, resource_arn)


@guard("wafv2", "DeleteWebACL")
def refuse_used_web_acl(params: Shape, context: Context) -> None:
    """Refuse to delete a web ACL that a distribution or a load balancer has.

    https://github.com/hashicorp/terraform-provider-aws/issues/37229
    """
    acl = next((one for one in backend_of(params["Scope"], context).wacls.values() if one.id == params["Id"]), None)
    if acl is not None and any(_users(acl, params["Scope"], context)):
        raise in_use()


@guard("wafv2", *_PARTS)
def refuse_used_part(params: Shape, context: Context) -> None:
    """Refuse to delete a set or a rule group that a rule references.

    https://docs.aws.amazon.com/waf/latest/APIReference/API_DeleteIPSet.html
    """
    backend = backend_of(params["Scope"], context)
    held = getattr(backend, _PARTS[context.operation])
    arn = next((one for one in held if one.endswith(f"/{params['Id']}")), None)
    users = (*backend.wacls.values(), *backend.rule_groups.values())
    texts = (json.dumps([rule.statement for rule in user.rules], default=str) for user in users)
    if arn is not None and any(f'"{arn}"' in text for text in texts):
        raise in_use()


def _users(acl: Any, scope: str, context: Context) -> Iterator[str]:
    """Iterate over the ARNs of what has the web ACL; a deleted load balancer has it no longer."""
    if scope == CLOUDFRONT:
        yield from (one.arn for one in distributions(context) if one.distribution_config.WebACLId == acl.arn)
    balancers = context.backend(elbv2_backends).load_balancers
    for arn in acl.associated_resources:
        if f":{_BALANCER}:" not in arn or arn in balancers:
            yield arn

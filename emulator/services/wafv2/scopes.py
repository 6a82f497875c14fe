"""The scopes of AWS WAF, and what has a name in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.wafv2 import models
from moto.wafv2.models import GLOBAL_REGION, wafv2_backends
from moto.wafv2.utils import make_arn

from emulator.errors import AwsError
from emulator.registry import Context, guard, patch

if TYPE_CHECKING:
    from emulator.store import Shape

CLOUDFRONT: Final = "CLOUDFRONT"
REGION_OF_CLOUDFRONT: Final = "us-east-1"
_NAMED: Final = {
    "CreateWebACL": "wacls",
    "CreateIPSet": "ip_sets",
    "CreateRuleGroup": "rule_groups",
    "CreateRegexPatternSet": "regex_pattern_sets",
}
_KINDS: Final = ("WebACL", "IPSet", "RuleGroup", "RegexPatternSet")
_WITH_SCOPE: Final = (
    *(f"{verb}{kind}" for verb in ("Create", "Delete", "Get", "Update") for kind in _KINDS),
    *(f"List{kind}s" for kind in _KINDS),
    "CheckCapacity",
    "ListLoggingConfigurations",
)


def invalid(reason: str, field: str, parameter: str) -> AwsError:
    """Return the error for a parameter, in the form of AWS."""
    return AwsError(
        code="WAFInvalidParameterException",
        message=f"Error reason: {reason}, field: {field}, parameter: {parameter}",
    )


def invalid_arn(arn: str, *, field: str) -> AwsError:
    """Return the error for an ARN that cannot be used, which AWS calls not valid whatever is wrong with it."""
    reason = "The ARN isn't valid. A valid ARN begins with arn: and includes other information separated by colons or"
    return invalid(f"{reason} slashes.", field, arn)


def missing() -> AwsError:
    """Return the error for a resource that does not exist."""
    message = "AWS WAF couldn’t perform the operation because your resource doesn’t exist."  # noqa: RUF001  AWS's text
    return AwsError(code="WAFNonexistentItemException", message=message)


def in_use() -> AwsError:
    """Return the error for the deletion of a resource in use."""
    return AwsError(
        code="WAFAssociatedItemException",
        message=(
            "AWS WAF couldn’t perform the operation because your resource is being used by another resource or it’s "  # noqa: RUF001  AWS's text
            "associated with another resource."
        ),
    )


def backend_of(scope: str, context: Context) -> Any:
    """Return moto's backend of a scope."""
    return context.backend(wafv2_backends, GLOBAL_REGION if scope == CLOUDFRONT else None)


@guard("wafv2", *_WITH_SCOPE)
def refuse_cloudfront_elsewhere(params: Shape, context: Context) -> None:
    """Refuse the scope CLOUDFRONT outside us-east-1.

    https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateWebACL.html
    https://github.com/aws-samples/aws-genai-llm-chatbot/issues/585 has the message.
    """
    if params.get("Scope") == CLOUDFRONT and context.region != REGION_OF_CLOUDFRONT:
        reason = "The scope is not valid."
        raise invalid(reason, "SCOPE_VALUE", CLOUDFRONT)


@guard("wafv2", *_NAMED)
def refuse_second_of_name(params: Shape, context: Context) -> None:
    """Refuse a name that another resource of its kind has in the scope; moto has another code, or accepts it.

    https://github.com/hashicorp/terraform-provider-aws/issues/21577
    """
    held = getattr(backend_of(params["Scope"], context), _NAMED[context.operation]).values()
    if any(one.name == params["Name"] for one in held):
        raise AwsError(
            code="WAFDuplicateItemException",
            message=(
                "AWS WAF couldn’t perform the operation because some resource in your request is a duplicate of an "  # noqa: RUF001  AWS's text
                "existing one."
            ),
        )


@patch(models, "make_arn_for_regex_pattern_set")
def name_scope_of_pattern_set(_: Any, name: str, account_id: str, region_name: str, _id: str, scope: str) -> str:
    """Return an ARN with the scope, which moto has for the other kinds."""
    return str(make_arn(name, account_id, region_name, _id, scope, "regexpatternset"))

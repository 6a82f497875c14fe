"""AWS IAM: moto accepts policies and trust policies that IAM calls malformed."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from emulator.errors import AwsError
from emulator.policy import as_list
from emulator.registry import Context, guard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.store import Shape

_SID = re.compile(r"[0-9A-Za-z]*")
_SERVICE = re.compile(r"[a-z0-9.-]+\.(amazonaws\.com(\.cn)?|aws\.internal)")


@guard("iam", "CreatePolicy", "CreatePolicyVersion", "PutRolePolicy", "PutUserPolicy", "PutGroupPolicy")
def refuse_principal(params: Shape, _: Context) -> None:
    """Refuse a principal in the policy of a principal, and a Sid with other characters than letters and digits.

    https://github.com/hashicorp/terraform/issues/13449
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
    """
    _refuse(fault for statement in _statements(params["PolicyDocument"]) for fault in _faults(statement))


@guard("iam", "CreateRole", "UpdateAssumeRolePolicy")
def refuse_malformed_trust(params: Shape, _: Context) -> None:
    """Refuse a trust policy with a resource, without a principal, or with a service that is not a service principal.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    """
    document = params.get("AssumeRolePolicyDocument") or params.get("PolicyDocument") or "{}"
    _refuse(fault for statement in _statements(document) for fault in _trust_faults(statement))


def _faults(statement: dict[str, Any]) -> Iterator[str]:
    if "Principal" in statement or "NotPrincipal" in statement:
        yield "Policy document should not specify a principal."
    if not _SID.fullmatch(str(statement.get("Sid", ""))):
        yield (
            "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression "
            "[0-9A-Za-z]*"
        )


def _trust_faults(statement: dict[str, Any]) -> Iterator[str]:
    for prohibited in ("Resource", "NotResource"):
        if prohibited in statement:
            yield f"Has prohibited field {prohibited}"
    if "Principal" not in statement and "NotPrincipal" not in statement:
        yield "Missing required field Principal"
    principal = statement.get("Principal")
    for service in as_list(principal.get("Service", [])) if isinstance(principal, dict) else ():
        if not _SERVICE.fullmatch(str(service)):
            yield f'Invalid principal in policy: "SERVICE":"{service}"'


def _refuse(faults: Iterator[str]) -> None:
    """Raise the first fault."""
    for fault in faults:
        raise AwsError(code="MalformedPolicyDocument", message=fault)


def _statements(document: str) -> Iterator[dict[str, Any]]:
    """The statements of a policy; moto refuses what is not JSON."""
    try:
        parsed = json.loads(document)
    except ValueError:
        return
    if isinstance(parsed, dict):
        yield from (one for one in as_list(parsed.get("Statement", [])) if isinstance(one, dict))

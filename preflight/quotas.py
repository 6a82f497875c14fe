"""Compares the platform's peak with the account's quotas."""

from __future__ import annotations

from functools import partial
from math import ceil
from typing import TYPE_CHECKING, Any, Final

from preflight.account import unless_missing
from preflight.check import Check
from preflight.failures import denied_line
from preflight.line import Line, ok, problem, unreadable
from preflight.permissions import BEHIND_QUOTAS
from preflight.quota_table import QUOTAS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.account import Account
    from preflight.platform import Platform
    from preflight.quota_table import Quota

_GLOBAL_REGION: Final = "us-east-1"
_NO_SUCH_QUOTA: Final = "NoSuchResourceException"
_DEPENDENCY_DENIED: Final = "DEPENDENCY_ACCESS_DENIED_ERROR"
"""https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_ErrorReason.html"""


def checks(platform: Platform, account: Account) -> Iterator[Check]:
    """A check for each quota that the platform uses, in each region where it does."""
    for quota in QUOTAS:
        regions = platform.regions_with(*quota.kinds)
        if quota.is_global and regions:
            yield _check(quota, platform, account, _GLOBAL_REGION)
        elif not quota.is_global:
            for region in regions:
                yield _check(quota, platform, account, region)


def _check(quota: Quota, platform: Platform, account: Account, region: str) -> Check:
    subject = f"quota: {quota.subject}" + ("" if quota.is_global else f", {region}")
    return Check(subject, partial(_lines, subject, quota, platform, account, region))


def _lines(subject: str, quota: Quota, platform: Platform, account: Account, region: str) -> Iterator[Line]:
    need = quota.need(platform, region)
    if not need:
        return
    limit = _limit(quota, account, region)
    if limit is None:
        yield unreadable(
            subject,
            f"Service Quotas has no {quota.code} of {quota.service} in {region}",
            f"Look for the quota in the console, and compare it with {_text(need)}. It is described at {quota.source}",
        )
        return
    if "Value" not in limit or limit.get("ErrorReason"):
        yield _without_value(subject, quota, limit)
        return
    used = quota.used(account, platform, region)
    total = need + used
    found = f"needs {_text(need)}{quota.peak}, others use {_text(used)}, the limit is {_text(limit['Value'])}"
    if total <= limit["Value"]:
        yield ok(subject, found)
    elif not limit.get("Adjustable", True):
        yield problem(
            subject, found, f"AWS does not raise it: remove what is not needed, or use less. See {quota.source}"
        )
    else:
        yield problem(
            subject,
            found,
            "aws service-quotas request-service-quota-increase "
            f"--service-code {quota.service} --quota-code {quota.code} --desired-value {ceil(total)} --region {region}",
        )


def _without_value(subject: str, quota: Quota, limit: Any) -> Line:  # noqa: ANN401 - a quota of boto3
    code = limit.get("ErrorReason", {}).get("ErrorCode", "no value")
    permission = BEHIND_QUOTAS.get(quota.service, "")
    if code == _DEPENDENCY_DENIED and permission:
        return denied_line(subject, permission)
    return unreadable(subject, f"Service Quotas has no value of {quota.code}: {code}", "Repeat it in a few minutes.")


def _limit(quota: Quota, account: Account, region: str) -> Any:  # noqa: ANN401 - a quota of boto3
    """The account's value, else AWS's default: some quotas have no value of the account.

    https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html
    """
    if quota.fixed:
        return {"Value": quota.fixed, "Adjustable": False}
    client = account.client("service-quotas", region)
    if quota.service in BEHIND_QUOTAS:
        account.called.add(BEHIND_QUOTAS[quota.service])
    arguments = {"ServiceCode": quota.service, "QuotaCode": quota.code}
    for read in (client.get_service_quota, client.get_aws_default_service_quota):
        answer = unless_missing(partial(read, **arguments), _NO_SUCH_QUOTA)
        if answer is not None:
            return answer["Quota"]
    return None


def _text(number: float) -> str:
    return f"{number:g}" if number < 1_000_000 else f"{number:.0f}"  # noqa: PLR2004 - where :g writes an exponent

"""Settings of the web application firewall before CloudFront or, without it, before the public load balancer."""

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Final, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from config.edge import VIEWER_REGION
from config.errors import Problem
from config.firewall_capacity import INCLUDED_CAPACITY, MAX_CAPACITY, required_capacity
from config.ip_blocks import IpBlock, Network, is_inside
from config.managed_rules import Group, ManagedRulesSettings, all_groups
from config.model import Check, Model

# https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html
_MIN_RATE, _MAX_RATE = 10, 2_000_000_000
RATE_WINDOWS: Final = (60, 120, 300, 600)
"""https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html"""
BALANCER_BODY_KIB: Final = 8
"""What a load balancer passes to AWS WAF of a request's body, always.

https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-setting-body-inspection-limit.html
"""
CLOUDFRONT_BODY_KIB: Final = (16, 32, 48, 64)
"""What CloudFront can pass; the first is its default, and AWS charges for more: the same page."""
# https://docs.aws.amazon.com/waf/latest/developerguide/limits.html
_MAX_ADDRESSES: Final = 10_000
# https://docs.aws.amazon.com/waf/latest/APIReference/API_ByteMatchStatement.html (bytes of a text to search)
_MAX_PATH_LENGTH: Final = 200
_PATH: Final = r"/[a-z0-9._~/-]+"
_WEB_ACL_ARN: Final = (
    r"arn:aws:wafv2:(?P<region>[a-z0-9-]+):(?P<account>[0-9]{12}):(?P<scope>global|regional)/webacl/"
    r"[A-Za-z0-9_-]{1,128}/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)


def _rate_window(value: int) -> int:
    if value in RATE_WINDOWS:
        return value
    nearest_window = min(RATE_WINDOWS, key=lambda seconds: abs(seconds - value))
    allowed = ", ".join(map(str, RATE_WINDOWS))
    message = f"is not a valid window of AWS WAF; the nearest is {nearest_window} (allowed: {allowed})"
    raise ValueError(message)


def _body_limit(value: int) -> int:
    sizes = (BALANCER_BODY_KIB, *CLOUDFRONT_BODY_KIB)
    if value in sizes:
        return value
    message = f"is not a size that AWS WAF inspects; allowed: {', '.join(map(str, sizes))}"
    raise ValueError(message)


def _path_start(value: str) -> str:
    if not re.fullmatch(_PATH, value):
        message = (
            "is not a valid start of a path; use a slash, then lowercase letters, digits and . _ ~ / -, and no * or "
            'escapes, like "/api/auth/": requests are compared after they are decoded and in lowercase letters'
        )
        raise ValueError(message)
    if len(value) > _MAX_PATH_LENGTH:
        message = f"has {len(value)} characters; AWS WAF compares {_MAX_PATH_LENGTH} or fewer"
        raise ValueError(message)
    return value


def _web_acl_arn(value: str) -> str:
    if re.fullmatch(_WEB_ACL_ARN, value):
        return value
    message = (
        "is not a valid ARN of a web ACL; `aws wafv2 list-web-acls --scope CLOUDFRONT --region us-east-1` or "
        "`--scope REGIONAL` prints those of an account"
    )
    raise ValueError(message)


RateWindow = Annotated[
    int, AfterValidator(_rate_window), WithJsonSchema({"type": "integer", "enum": list(RATE_WINDOWS)})
]
PathStart = Annotated[
    str,
    AfterValidator(_path_start),
    WithJsonSchema({"type": "string", "pattern": f"^{_PATH}$", "maxLength": _MAX_PATH_LENGTH}),
]


class SignInSettings(Model):
    """A stricter limit for requests that try passwords."""

    paths: tuple[PathStart, ...] = Field(min_length=1)
    """The start of each path that it holds for, like "/api/auth/"."""

    rate_limit: int = Field(ge=_MIN_RATE, le=_MAX_RATE)
    """Requests to these paths from one address within the window; those above it get the status 429."""

    rate_window_seconds: RateWindow = 300
    """Seconds over which they are counted; AWS counts again about every ten seconds."""


def _check_sign_in_is_stricter(
    rate_limit: int,
    rate_window_seconds: int,
    sign_in__rate_limit: int | None,
    sign_in__rate_window_seconds: int | None,
) -> Iterator[Problem]:
    if sign_in__rate_limit is None or sign_in__rate_window_seconds is None:
        return
    if sign_in__rate_limit * rate_window_seconds >= rate_limit * sign_in__rate_window_seconds:
        yield Problem(
            key="sign_in.rate_limit",
            value=sign_in__rate_limit,
            allowed=f"is not stricter than the limit of the whole site, rate_limit = {rate_limit} in "
            f"{rate_window_seconds} seconds; lower it, or remove [firewall.sign_in]",
        )


def _check_allowed_addresses(allow_ips: Sequence[Network], deny_ips: Sequence[Network]) -> Iterator[Problem]:
    for index, block in enumerate(allow_ips):
        outer = next((other for other in deny_ips if is_inside(block, other)), None)
        if outer is not None:
            yield Problem(
                key=f"allow_ips[{index}]",
                value=block,
                allowed=f"is in {outer} of deny_ips, which comes first, so it is never allowed; remove one of them",
            )


def _check_capacity(
    *,
    managed_rules__common: Group,
    managed_rules__known_bad_inputs: Group,
    managed_rules__sql_injection: Group,
    managed_rules__ip_reputation: Group,
    managed_rules__anonymous_ip: Group,
    allow_ips: Sequence[Network],
    deny_ips: Sequence[Network],
    sign_in__paths: Sequence[str] | None,
    upload_paths: Sequence[str] | None,
    max_capacity: int,
) -> Iterator[Problem]:
    groups = {
        "common": managed_rules__common,
        "known_bad_inputs": managed_rules__known_bad_inputs,
        "sql_injection": managed_rules__sql_injection,
        "ip_reputation": managed_rules__ip_reputation,
        "anonymous_ip": managed_rules__anonymous_ip,
    }
    needed = required_capacity(
        groups=[name for name, settings in groups.items() if settings is not None],
        address_lists=(allow_ips, deny_ips),
        sign_in_paths=sign_in__paths or (),
        upload_paths=upload_paths,
    )
    if needed > max_capacity:
        fewer = "use fewer groups in [firewall.managed_rules], or fewer paths in sign_in.paths and upload_paths"
        more = f"raise it to {needed} (AWS charges for each 500 above {INCLUDED_CAPACITY}), or {fewer}"
        yield Problem(
            key="max_capacity",
            value=max_capacity,
            allowed=f"the rules need {needed} WCUs; "
            + (more if needed <= MAX_CAPACITY else f"AWS accepts {MAX_CAPACITY} or fewer: {fewer}"),
        )


class FirewallSettings(Model):
    """AWS WAF before what the internet reaches; the table, which may be empty, turns it on."""

    mode: Literal["block", "count"] = "block"
    """Whether rules block, or all of them only count, to see first what they would block."""

    managed_rules: ManagedRulesSettings = Field(default_factory=all_groups)
    """The rule groups of AWS; without the table all of them are on. Each costs 1.00 USD a month."""

    rate_limit: int = Field(default=10_000, ge=_MIN_RATE, le=_MAX_RATE)
    """Requests from one address within the window; an office or a mobile network can have one for all its people."""

    rate_window_seconds: RateWindow = 300
    """Seconds over which they are counted; AWS counts again about every ten seconds."""

    sign_in: SignInSettings | None = None
    """A stricter limit for paths where people sign in; without the table there is none."""

    allow_ips: tuple[IpBlock, ...] = Field(default=(), max_length=_MAX_ADDRESSES)
    """Addresses whose requests no rule inspects or limits, like those of a scanner."""

    deny_ips: tuple[IpBlock, ...] = Field(default=(), max_length=_MAX_ADDRESSES)
    """Addresses whose requests are blocked, before any other rule."""

    body_limit_kib: Annotated[
        int | None,
        AfterValidator(lambda value: None if value is None else _body_limit(value)),
        WithJsonSchema({"type": "integer", "enum": [BALANCER_BODY_KIB, *CLOUDFRONT_BODY_KIB]}),
    ] = None
    """KiB of a request's body that are inspected: 8 at a load balancer; 16 at CloudFront, or more for a fee."""

    upload_paths: tuple[PathStart, ...] | None = None
    """The start of the paths that take larger bodies, which are blocked elsewhere; without it every path takes them."""

    max_capacity: int = Field(default=INCLUDED_CAPACITY, ge=1, le=MAX_CAPACITY)
    """WCUs that the rules may need; above 1500 AWS charges more for each request."""

    log_allowed: bool = False
    """Whether requests that no rule matched are logged too; CloudFront and the load balancer have logs of them."""

    shield_advanced: bool = False
    """Protects CloudFront or the load balancer by Shield Advanced, to which the account must be subscribed."""

    web_acl_arn: Annotated[
        str | None,
        AfterValidator(lambda value: value and _web_acl_arn(value)),
        WithJsonSchema({"type": "string"}),
    ] = None
    """A web ACL of your own, in place of the one that these settings make; only shield_advanced can stand beside it."""

    checks: ClassVar[tuple[Check, ...]] = (_check_sign_in_is_stricter, _check_allowed_addresses, _check_capacity)

    def problems(self) -> Iterator[Problem]:
        """Also refuse settings that a web ACL of the user's own would leave without effect."""
        yield from super().problems()
        others = self.model_fields_set - {"web_acl_arn", "shield_advanced"}
        if self.web_acl_arn and others:
            yield Problem(
                key="web_acl_arn",
                value=self.web_acl_arn,
                allowed="has rules of its own, so these settings would have no effect: "
                f"{', '.join(name for name in type(self).model_fields if name in others)}; remove them, or web_acl_arn",
            )


def check_firewall_has_entrance(firewall: object, load_balancer: object) -> Iterator[Problem]:
    """A web ACL alone inspects nothing."""
    if firewall is not None and load_balancer is None:
        yield Problem(
            key="firewall",
            allowed="there is no [load_balancer] whose requests it would inspect; add the table, or remove [firewall]",
        )


def check_firewall_body_limit(firewall__body_limit_kib: int | None, edge: object) -> Iterator[Problem]:
    """CloudFront and load balancers pass different parts of a body to AWS WAF."""
    if firewall__body_limit_kib is None:
        return
    if edge is None and firewall__body_limit_kib != BALANCER_BODY_KIB:
        allowed = f"a load balancer passes {BALANCER_BODY_KIB} KiB to AWS WAF only; remove the line, or add [edge]"
    elif edge is not None and firewall__body_limit_kib not in CLOUDFRONT_BODY_KIB:
        sizes = ", ".join(map(str, CLOUDFRONT_BODY_KIB))
        allowed = f"is not a size that CloudFront passes to AWS WAF; allowed: {sizes}"
    else:
        return
    yield Problem(key="firewall.body_limit_kib", value=firewall__body_limit_kib, allowed=allowed)


def check_web_acl_fits(
    firewall__web_acl_arn: str | None, edge: object, region: str, account_id: str
) -> Iterator[Problem]:
    """A web ACL is of CloudFront or of a region, and protects what is in its own account.

    https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html
    """
    found = re.fullmatch(_WEB_ACL_ARN, firewall__web_acl_arn or "")
    if found is None:
        return
    scope, where = ("global", VIEWER_REGION) if edge is not None else ("regional", region)
    if (found["scope"], found["region"], found["account"]) != (scope, where, account_id):
        protected = "CloudFront" if edge is not None else f"a load balancer in {region}"
        yield Problem(
            key="firewall.web_acl_arn",
            value=firewall__web_acl_arn,
            allowed=f"cannot protect {protected} of this account; "
            f'use one that starts with "arn:aws:wafv2:{where}:{account_id}:{scope}/webacl/"',
        )

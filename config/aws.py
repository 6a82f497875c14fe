"""AWS's terms as types: each value is checked by the rule that AWS documents for it."""

import re
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError
from typing import Annotated, Final

from pydantic import AfterValidator, PlainSerializer, PlainValidator, WithJsonSchema

from config.errors import list_allowed, nearest

REGIONS: Final = (
    "af-south-1",
    "ap-east-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
)
"""The regions of the commercial partition that the AWS provider 5.100.0 and Terraform's backend know.

https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
Both refuse a newer region as an invalid one: the provider ap-southeast-6, the backend of Terraform 1.11 also ap-east-2.
https://github.com/hashicorp/terraform-provider-aws/issues/44113
https://developer.hashicorp.com/terraform/language/backend/s3#skip_region_validation
"""

LOG_RETENTION_DAYS: Final = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html"""

MAX_LIFECYCLE_DAYS: Final = 2_147_483_647
"""https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleExpiration.html (a 32-bit number)"""

_ACCOUNT_ID: Final = r"[0-9]{12}"
_ROLE_ARN: Final = r"arn:aws:iam::[0-9]{12}:role/([!-~]{1,510}/)?[A-Za-z0-9_+=,.@-]{1,64}"
_DOMAIN_LABEL: Final = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
HOST_NAME: Final = rf"({_DOMAIN_LABEL}\.)+[a-z]([a-z0-9-]{{0,61}}[a-z0-9])"
_DOMAIN_NAME_LENGTH: Final = 64
MAX_HOST_NAME: Final = 253
"""Characters of a name in DNS: https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4"""
_TAG_VALUE_LENGTH: Final = 256
_TAG_PUNCTUATION: Final = "_.:/=+-@"
NAME_PATTERN: Final = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
_IPV4_CIDR: Final = r"[0-9]{1,3}(\.[0-9]{1,3}){3}/[0-9]{1,2}"


def role_account(role_arn: str) -> str:
    """The account that the role is in."""
    return role_arn.split(":")[4]


def validate_name(value: str, *, what: str, max_length: int) -> str:
    """Return the name if it is valid in every AWS name that contains it.

    Two hyphens in a row, or one at the end, are refused by RDS and by load balancers:
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.Constraints
    """
    if not re.fullmatch(NAME_PATTERN, value):
        message = f"is not a valid {what}; use lowercase letters, digits and single hyphens, and start with a letter"
        raise ValueError(message)
    if len(value) > max_length:
        message = f"has {len(value)} characters; it must have {max_length} or fewer, because of AWS's limits on names"
        raise ValueError(message)
    return value


def _account_id(value: str) -> str:
    if re.fullmatch(_ACCOUNT_ID, value):
        return value
    message = f'is not a valid account id; use its 12 digits without spaces or hyphens, like "{"1" * 12}"'
    raise ValueError(message)


def _region(value: str) -> str:
    if value in REGIONS:
        return value
    message = (
        f"is not a valid region of AWS's commercial partition; {list_allowed(REGIONS, meant=nearest(value, REGIONS))}"
    )
    raise ValueError(message)


def _ipv4_cidr(value: object) -> IPv4Network:
    if isinstance(value, IPv4Network):
        return value
    if not isinstance(value, str):
        message = 'must be text in quotes, like "10.0.0.0/16"'
        raise ValueError(message)  # noqa: TRY004 - pydantic turns only ValueError into a problem
    if "/" not in value:
        message = 'has no prefix length; add it, like "10.0.0.0/16"'
        raise ValueError(message)
    message = 'is not a valid IPv4 block; use four numbers up to 255 and a prefix length up to 32, like "10.0.0.0/16"'
    if not re.fullmatch(_IPV4_CIDR, value):
        raise ValueError(message)
    try:
        network = IPv4Network(value, strict=False)
    except (AddressValueError, NetmaskValueError):
        raise ValueError(message) from None
    if str(network) != value:
        message = f'is an address inside the block, not the block; use "{network}"'
        raise ValueError(message)
    return network


def _domain_name(value: str) -> str:
    if not re.fullmatch(HOST_NAME, value):
        message = (
            "is not a valid domain name; use lowercase letters and at least one dot, "
            'without "https://" and without a dot at the end, like "users.example.com"'
        )
        raise ValueError(message)
    if len(value) > _DOMAIN_NAME_LENGTH:
        message = f"has {len(value)} characters; a certificate's first name must have {_DOMAIN_NAME_LENGTH} or fewer"
        raise ValueError(message)
    return value


def is_host_name(value: str) -> bool:
    """Whether it is a valid name in DNS, in lowercase letters and without a dot at the end.

    https://www.rfc-editor.org/rfc/rfc1035#section-2.3.1
    """
    return len(value) <= MAX_HOST_NAME and re.fullmatch(HOST_NAME, value) is not None


def _role_arn(value: str) -> str:
    if re.fullmatch(_ROLE_ARN, value):
        return value
    message = f'is not a valid ARN of an IAM role; use one like "arn:aws:iam::{"1" * 12}:role/deploy"'
    raise ValueError(message)


def _log_retention_days(value: int) -> int:
    if value in LOG_RETENTION_DAYS:
        return value
    nearest = min(LOG_RETENTION_DAYS, key=lambda days: abs(days - value))
    allowed = ", ".join(map(str, LOG_RETENTION_DAYS))
    message = f"is not a valid retention of CloudWatch Logs; the nearest is {nearest} (allowed: {allowed})"
    raise ValueError(message)


def _tag_value(value: str) -> str:
    if not value.strip():
        message = "must not be empty: cost reports group by it"
        raise ValueError(message)
    if wrong := sorted({c for c in value if not (c.isalnum() or c == " " or c in _TAG_PUNCTUATION)}):
        allowed = f"letters, digits, spaces and {' '.join(_TAG_PUNCTUATION)}"
        message = f"contains {' '.join(wrong)}; AWS allows {allowed} in tags"
        raise ValueError(message)
    if value.lower().startswith("aws:"):
        message = 'must not start with "aws:", which AWS keeps for itself'
        raise ValueError(message)
    if len(value) > _TAG_VALUE_LENGTH:
        message = f"has {len(value)} characters; an AWS tag must have {_TAG_VALUE_LENGTH} or fewer"
        raise ValueError(message)
    return value


def _anchored(pattern: str) -> str:
    return f"^{pattern}$"


AccountId = Annotated[
    str,
    AfterValidator(_account_id),
    WithJsonSchema({"type": "string", "pattern": _anchored(_ACCOUNT_ID)}),
]
"""https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html"""

Region = Annotated[
    str,
    AfterValidator(_region),
    WithJsonSchema({"type": "string", "enum": list(REGIONS)}),
]
"""A region of the commercial partition."""

Ipv4Cidr = Annotated[
    IPv4Network,
    PlainValidator(_ipv4_cidr),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": _anchored(_IPV4_CIDR)}),
]
"""An IPv4 block as text; it must start at the first address of the block."""

DomainName = Annotated[
    str,
    AfterValidator(_domain_name),
    WithJsonSchema({"type": "string", "pattern": _anchored(HOST_NAME), "maxLength": _DOMAIN_NAME_LENGTH}),
]
"""At most 64 characters: https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html"""

RoleArn = Annotated[
    str,
    AfterValidator(_role_arn),
    WithJsonSchema({"type": "string", "pattern": _anchored(_ROLE_ARN)}),
]
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns"""

LogRetentionDays = Annotated[
    int,
    AfterValidator(_log_retention_days),
    WithJsonSchema({"type": "integer", "enum": list(LOG_RETENTION_DAYS)}),
]
"""Days that CloudWatch Logs keeps a log; only some numbers are valid."""

TagValue = Annotated[
    str,
    AfterValidator(_tag_value),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": _TAG_VALUE_LENGTH}),
]
"""https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html#id_tags_naming_best_practices"""

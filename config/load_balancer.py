"""Settings of the load balancer."""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from config.aws import NAME_PATTERN, validate_name
from config.model import Model

TlsPolicy = Literal[
    "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-2021-06",
    "ELBSecurityPolicy-TLS13-1-3-2021-06",
]
"""The policies that allow only TLS 1.2 or newer and only ciphers with forward secrecy.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
"""


_LONGEST_NAME: Final = 8


def _name(value: str) -> str:
    return validate_name(value, what="end of the load balancer's name", max_length=_LONGEST_NAME)


LoadBalancerName = Annotated[
    str,
    AfterValidator(_name),
    WithJsonSchema({"type": "string", "pattern": f"^{NAME_PATTERN}$", "maxLength": _LONGEST_NAME}),
]


class LoadBalancerSettings(Model):
    """The load balancer before the services."""

    name: LoadBalancerName = "web"
    """The end of its name. AWS cannot make a public one internal: add or remove [edge] together with another name."""

    tls_policy: TlsPolicy = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
    """The TLS versions and ciphers that it accepts."""

    idle_timeout_seconds: int = Field(default=60, ge=1, le=4000)
    """Seconds without data after which it closes a connection; the services must keep theirs open for longer."""
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html

    zonal_shift: bool = False
    """Whether a person, or AWS, may shift its traffic away from a zone that fails (zonal shift of ARC); it is free."""
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/zonal-shift.html

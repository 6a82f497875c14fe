"""Settings of the load balancer."""

from typing import Literal

from pydantic import Field

from config.model import Model
from config.names import NameLimit, Names

TlsPolicy = Literal[
    "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-2021-06",
    "ELBSecurityPolicy-TLS13-1-3-2021-06",
]
"""The policies that allow only TLS 1.2 or newer and only ciphers with forward secrecy.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
"""


class LoadBalancerSettings(Model):
    """The load balancer before the services."""

    tls_policy: TlsPolicy = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
    """The TLS versions and ciphers that it accepts."""

    idle_timeout_seconds: int = Field(default=60, ge=1, le=4000)
    """Seconds without data after which it closes a connection; the services must keep theirs open for longer."""
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html

    zonal_shift: bool = False
    """Whether a person, or AWS, may shift its traffic away from a zone that fails (zonal shift of ARC); it is free."""
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/zonal-shift.html


def load_balancer_name(names: Names, *, internal: bool) -> str:
    """Name of the load balancer.

    AWS cannot make an internal one public: it is replaced, and behind a VPC origin the new one is created first.
    """
    return names.name("int" if internal else "web", limit=NameLimit.LOAD_BALANCER)

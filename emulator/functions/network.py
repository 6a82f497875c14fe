"""What a function reaches: AWS from everywhere or through its VPC, and a database only through its VPC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator import address
from emulator.http import SIGNING_NAMES
from emulator.protocol import service_model
from emulator.reachability import HTTPS, Place, endpoint_services, reaches_internet

if TYPE_CHECKING:
    from collections.abc import Iterator

# The services of the SDK whose calls go to an endpoint service, where their names differ.
_SERVICES: Final = {"ecr.api": ("ecr",), "rds": ("rds", "docdb"), "elasticloadbalancing": ("elb", "elbv2")}


def place_of(function: Any) -> Place | None:
    """Where moto's function is, or None outside of a VPC."""
    config = function.vpc_config or {}
    if not config.get("SubnetIds"):
        return None
    return Place(
        account=function.account_id,
        region=function.region,
        subnets=tuple(config["SubnetIds"]),
        groups=tuple(config.get("SecurityGroupIds") or ()),
    )


def unreached_host(region: str) -> str:
    """The name that stands for the services of AWS which a function does not reach."""
    return f"aws.{region}.amazonaws.com"


def endpoint_variables(place: Place | None, region: str) -> dict[str, str]:
    """The environment variables that lead the SDK to this emulator, or to nowhere.

    The name of what is not reached is one of AWS's, so that an error of the SDK says that AWS was meant.
    """
    here, nowhere = address.current(), f"http://{unreached_host(region)}:{HTTPS}"
    if place is None:
        return {"AWS_ENDPOINT_URL": here}
    variables = {"AWS_ENDPOINT_URL": here if reaches_internet(place) else nowhere}
    for name, reached in endpoint_services(place).items():
        for service in _sdk_services(name):
            variables[f"AWS_ENDPOINT_URL_{service}"] = here if reached else nowhere
    return variables


def _sdk_services(name: str) -> Iterator[str]:
    for service in _SERVICES.get(name, (SIGNING_NAMES.get(name, name),)):
        model = service_model(service)
        if model is not None:
            yield str(model.service_id).upper().replace(" ", "_")

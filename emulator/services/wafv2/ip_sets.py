"""The addresses of IP sets: moto accepts any text."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from emulator.registry import Context, guard
from emulator.services.wafv2.scopes import backend_of, invalid

if TYPE_CHECKING:
    from emulator.store import Shape


@guard("wafv2", "CreateIPSet", "UpdateIPSet")
def refuse_wrong_addresses(params: Shape, context: Context) -> None:
    """Refuse what is not a CIDR block of the set's IP version, and /0.

    https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateIPSet.html
    https://github.com/aws-samples/dcv-web-portal/issues/10 and https://github.com/aws/aws-cdk/issues/20003
    """
    version = params.get("IPAddressVersion")
    if version is None:
        held = backend_of(params["Scope"], context).ip_sets.values()
        version = next((one.ip_address_version for one in held if one.ip_set_id == params["Id"]), None)
    for address in params["Addresses"]:
        if version is not None and not _is_block(address, version):
            reason = "The parameter contains formatting that is not valid."
            raise invalid(reason, "IP_ADDRESS", address)


def _is_block(address: str, version: str) -> bool:
    """Return whether it is a CIDR block without host bits; a single address needs its /32 or /128."""
    try:
        block = ipaddress.ip_network(address)
    except ValueError:
        return False
    return "/" in address and block.prefixlen > 0 and f"IPV{block.version}" == version

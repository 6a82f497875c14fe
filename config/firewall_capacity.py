"""What the firewall's rules cost in WCUs, the unit in which AWS bounds and bills a web ACL.

AWS computes it when it creates the web ACL, so too many rules would otherwise fail in the middle of an apply:
https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html
"""

from collections.abc import Collection, Iterable
from typing import Final

from config.ip_blocks import Network
from config.managed_rule_groups import GROUPS

MAX_CAPACITY: Final = 5_000
"""What AWS accepts at most."""
INCLUDED_CAPACITY: Final = 1_500
"""What the price of each request includes; AWS charges for every 500 more: https://aws.amazon.com/waf/pricing/"""

# https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-ipset-match.html
_IP_SET: Final = 1
# https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html
_RATE: Final = 2
# https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-size-constraint-match.html
_SIZE: Final = 1
# https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-string-match.html
_PATH: Final = 2
_TRANSFORMATION: Final = 10
_PATH_TRANSFORMATIONS: Final = 2

PATH_CAPACITY: Final = _PATH + _PATH_TRANSFORMATIONS * _TRANSFORMATION
"""One path that is compared with the start of a request's path, decoded and in lowercase letters."""


def required_capacity(
    *,
    groups: Collection[str],
    address_lists: Iterable[Iterable[Network]],
    sign_in_paths: Collection[str],
    upload_paths: Collection[str] | None,
) -> int:
    """The WCUs of the rules; AWS can charge less, where two of them read the same part of a request in the same way.

    Args:
        groups: The managed groups, by the names of their tables.
        address_lists: The lists of addresses that are allowed or denied.
        sign_in_paths: The paths with a rate limit of their own.
        upload_paths: The paths that take larger bodies; None if all do.
    """
    needed = _RATE + sum(GROUPS[name].capacity for name in groups)
    # A set of addresses has one IP version.
    needed += sum(_IP_SET * len({block.version for block in blocks}) for blocks in address_lists)
    if sign_in_paths:
        needed += _RATE + PATH_CAPACITY * len(sign_in_paths)
    if upload_paths is not None:
        needed += _SIZE + PATH_CAPACITY * len(upload_paths)
    return needed

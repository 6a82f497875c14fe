"""Asks DNS for the name servers that a zone's parent domain has for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import dns.resolver

if TYPE_CHECKING:
    from collections.abc import Iterator

_TIMEOUT_SECONDS: Final = 5.0
_PARENT_SERVERS: Final = 3
"""Name servers of the parent domain that are asked before it counts as out of reach."""


@dataclass(frozen=True, kw_only=True)
class Delegation:
    """The answer of DNS about a zone."""

    name_servers: frozenset[str] = frozenset()
    """In lowercase letters, without a dot at the end; empty if the parent domain has none for the zone."""

    failure: str = ""
    """Why DNS could not be asked; empty if it answered."""


def look_up_delegation(zone_name: str, *, resolver: dns.resolver.Resolver | None = None) -> Delegation:
    """The name servers that resolvers find for a zone.

    The name servers of the parent domain are asked, whose answer no cache delays; where a network does not allow that,
    the resolver of this machine is. Raises nothing: without an answer, the result says why.

    Args:
        zone_name: Name of the zone, like `users.example.com`.
        resolver: The resolver to use; None for the one of this machine.
    """
    name = dns.name.from_text(zone_name)
    try:
        used = resolver or dns.resolver.Resolver()
        used.lifetime = _TIMEOUT_SECONDS
        found = _ask_parent(name, used)
        return Delegation(name_servers=_ask_resolver(name, used) if found is None else found)
    except (dns.exception.DNSException, OSError) as error:
        return Delegation(failure=str(error) or type(error).__name__)


def _ask_parent(name: dns.name.Name, resolver: dns.resolver.Resolver) -> frozenset[str] | None:
    """The answer of the parent domain's name servers; None if none of them can be reached."""
    try:
        parent = dns.resolver.zone_for_name(name.parent(), resolver=resolver)
        addresses = list(_addresses(parent, resolver))
    except dns.exception.DNSException:
        return None
    question = dns.message.make_query(name, dns.rdatatype.NS)
    question.flags &= ~dns.flags.RD  # the server's own answer is wanted, not what it could find elsewhere
    for address in addresses:
        try:
            answer, _ = dns.query.udp_with_fallback(question, address, timeout=_TIMEOUT_SECONDS, port=resolver.port)
        except (dns.exception.DNSException, OSError):
            continue
        if answer.rcode() in {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}:
            return frozenset(_name_servers(name, answer))
    return None


def _addresses(parent: dns.name.Name, resolver: dns.resolver.Resolver) -> Iterator[str]:
    servers = sorted(str(record.target) for record in resolver.resolve(parent, "NS"))
    for server in servers[:_PARENT_SERVERS]:
        yield from (record.address for record in resolver.resolve(server, "A"))


def _name_servers(name: dns.name.Name, answer: dns.message.Message) -> Iterator[str]:
    """Those of a referral, or of an answer if the server has the zone itself."""
    for records in (*answer.answer, *answer.authority):
        if records.name == name and records.rdtype == dns.rdatatype.NS:
            yield from (_text(record.target) for record in records)


def _ask_resolver(name: dns.name.Name, resolver: dns.resolver.Resolver) -> frozenset[str]:
    try:
        return frozenset(_text(record.target) for record in resolver.resolve(name, "NS"))
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return frozenset()


def _text(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()

"""The name servers that DNS has for a zone, asked of DNS servers on this machine."""

from __future__ import annotations

import socketserver
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from runner.name_servers import look_up_delegation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Answer = tuple[dns.rcode.Rcode, dict[str, list[tuple[str, str, tuple[str, ...]]]]]
PARENT_NS = ("example.com.", "NS", ("ns.example.com.",))
PARENT_SOA = ("example.com.", "SOA", ("ns.example.com. hostmaster.example.com. 1 2 3 4 5",))


@contextmanager
def serving(answer: Callable[[str, str, bool], Answer]) -> Iterator[dns.resolver.Resolver]:
    """A resolver whose only server answers by name, type and whether recursion is desired."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, socket = self.request
            query = dns.message.from_wire(data)
            question = query.question[0]
            recursive = bool(query.flags & dns.flags.RD)
            code, sections = answer(question.name.to_text(), dns.rdatatype.to_text(question.rdtype), recursive)
            response = dns.message.make_response(query)
            response.set_rcode(code)
            for section, records in sections.items():
                for name, kind, values in records:
                    getattr(response, section).append(dns.rrset.from_text(name, 60, "IN", kind, *values))
            socket.sendto(response.to_wire(), self.client_address)

    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], server.server_address[1]
        try:
            yield resolver
        finally:
            server.shutdown()
            thread.join()


def parent(referral: Answer, *, cached: Answer | None = None) -> Callable[[str, str, bool], Answer]:
    """The DNS of example.com, which answers questions about users.example.com like this; resolvers may have others."""
    noerror = dns.rcode.NOERROR

    def answer(name: str, kind: str, recursive: bool) -> Answer:  # noqa: FBT001
        if name == "users.example.com.":
            return (cached or referral) if recursive else referral
        known = {("example.com.", "SOA"): PARENT_SOA, ("example.com.", "NS"): PARENT_NS}
        if (name, kind) in known:
            return noerror, {"answer": [known[name, kind]]}
        if (name, kind) == ("ns.example.com.", "A"):
            return noerror, {"answer": [(name, "A", ("127.0.0.1",))]}
        return dns.rcode.NXDOMAIN, {"authority": [PARENT_SOA]}

    return answer


NONE: Answer = (dns.rcode.NXDOMAIN, {"authority": [PARENT_SOA]})
DELEGATED: Answer = (
    dns.rcode.NOERROR,
    {"authority": [("users.example.com.", "NS", ("NS-1.awsdns-00.com.", "ns-2.awsdns-00.net."))]},
)
ANSWERED: Answer = (dns.rcode.NOERROR, {"answer": DELEGATED[1]["authority"]})
SERVERS = {"ns-1.awsdns-00.com", "ns-2.awsdns-00.net"}


@pytest.mark.parametrize("referral", [DELEGATED, ANSWERED])
def test_the_name_servers_of_a_referral_are_found(referral: Answer) -> None:
    with serving(parent(referral)) as resolver:
        found = look_up_delegation("users.example.com", resolver=resolver)
    assert found.name_servers == SERVERS
    assert found.failure == ""


@pytest.mark.parametrize("nothing", [NONE, (dns.rcode.NOERROR, {"authority": [PARENT_SOA]})])
def test_a_zone_without_a_delegation_has_none(nothing: Answer) -> None:
    with serving(parent(nothing)) as resolver:
        found = look_up_delegation("users.example.com", resolver=resolver)
    assert (found.name_servers, found.failure) == (frozenset(), "")


def test_the_parents_servers_are_asked_because_resolvers_remember_that_there_were_none() -> None:
    with serving(parent(DELEGATED, cached=NONE)) as resolver:
        assert look_up_delegation("users.example.com", resolver=resolver).name_servers == SERVERS


def test_the_resolver_is_asked_where_the_parents_servers_do_not_answer() -> None:
    refused: Answer = (dns.rcode.REFUSED, {})
    with serving(parent(refused, cached=ANSWERED)) as resolver:
        assert look_up_delegation("users.example.com", resolver=resolver).name_servers == SERVERS
    with serving(parent(refused, cached=NONE)) as resolver:
        found = look_up_delegation("users.example.com", resolver=resolver)
    assert (found.name_servers, found.failure) == (frozenset(), "")


def test_a_network_without_dns_is_a_failure_and_not_an_answer() -> None:
    broken: Answer = (dns.rcode.SERVFAIL, {})
    with serving(lambda *_: broken) as resolver:
        found = look_up_delegation("users.example.com", resolver=resolver)
    assert found.name_servers == frozenset()
    assert "SERVFAIL" in found.failure

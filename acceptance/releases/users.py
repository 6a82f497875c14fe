"""Clients who ask the services all the time while releases are deployed, and never may be left without an answer."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final

from emulator.databases.servers import authority
from emulator.registry import REGISTRY
from emulator.releases import answers, traffic
from emulator.releases.listeners import LISTENERS
from emulator.releases.observers import OBSERVERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

EVERY_SECONDS: Final = 0.1
_TIMEOUT_SECONDS: Final = 30.0
_HOST: Final = "127.0.0.1"
_OK: Final = 200
_MOST_TOLD: Final = 3


@dataclass(frozen=True)
class Address:
    """Where users reach a service."""

    service: str
    listener_arn: str
    host: str
    path: str


@dataclass
class Tally:
    """What the users have seen."""

    requests: int = 0
    misses: list[str] = field(default_factory=list)
    """Each request that was not answered as it must be."""
    dead_ends: set[str] = field(default_factory=set)
    """Each weight that led to a target group without a healthy target, at whatever moment."""
    seen: dict[str, list[str]] = field(default_factory=dict)
    """What has answered each service's users, in the order of the first answers."""

    def problems(self) -> Iterator[str]:
        """What must not have happened."""
        if self.misses:
            first = "; ".join(self.misses[:_MOST_TOLD])
            yield f"{len(self.misses)} of {self.requests} requests were not answered: {first}"
        yield from sorted(self.dead_ends)


class Users:
    """Ask each address every 100 ms, and look where the weights lead after each answer and at each change."""

    def __init__(
        self,
        addresses: Sequence[Address],
        *,
        ask: Callable[[Address], tuple[int, str]],
        dead_ends: Callable[[Address], Iterator[str]],
    ) -> None:
        """Prepare them.

        Args:
            addresses: Who is asked.
            ask: Returns status and text of an answer.
            dead_ends: Finds weights that lead to no healthy target.
        """
        self._addresses, self._ask, self._dead_ends = addresses, ask, dead_ends
        self._stopped = threading.Event()
        self._active = threading.Event()
        self._active.set()
        self._lock = threading.Lock()
        self.tally = Tally()

    @contextmanager
    def asking(self) -> Iterator[Tally]:
        """Ask until the block ends."""
        threads = [
            threading.Thread(target=self._run, args=(address,), name=f"user of {address.service}", daemon=True)
            for address in self._addresses
        ]
        OBSERVERS.append(self.look)
        for thread in threads:
            thread.start()
        try:
            yield self.tally
        finally:
            self._stopped.set()
            self._active.set()
            for thread in threads:
                thread.join()
            if self.look in OBSERVERS:
                OBSERVERS.remove(self.look)

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Ask nobody until the block ends. Nothing may be deployed in it: Terraform plans, for example."""
        self._active.clear()
        try:
            yield
        finally:
            self._active.set()

    def look(self) -> None:
        """Look where the weights lead at this moment."""
        for address in self._addresses:
            self._look_at(address)

    def _look_at(self, address: Address) -> None:
        found = {f"{address.service}: {one}" for one in self._dead_ends(address)}
        with self._lock:
            self.tally.dead_ends |= found

    def _run(self, address: Address) -> None:
        due = time.monotonic()
        while not self._stopped.is_set():
            self._once(address)
            self._active.wait()
            due = max(due + EVERY_SECONDS, time.monotonic())
            self._stopped.wait(due - time.monotonic())

    def _once(self, address: Address) -> None:
        try:
            status, text = self._ask(address)
            miss = "" if status == _OK else f"{address.service} answered {status} ({text})"
        except (OSError, http.client.HTTPException) as error:
            text, miss = "", f"{address.service} did not answer: {error!r}"
        with self._lock:
            self.tally.requests += 1
            if miss:
                self.tally.misses.append(miss)
            elif text not in self.tally.seen.setdefault(address.service, []):
                self.tally.seen[address.service].append(text)
        self._look_at(address)


def ask_listener(address: Address) -> tuple[int, str]:
    """Ask over TLS, as CloudFront or a browser does, on a connection of its own."""
    context = _trusting(authority().pem)
    port = LISTENERS.port(address.listener_arn)
    with socket.create_connection((_HOST, port), timeout=_TIMEOUT_SECONDS) as plain:
        connection = http.client.HTTPConnection(_HOST, port, timeout=_TIMEOUT_SECONDS)
        connection.sock = context.wrap_socket(plain, server_hostname=address.host)
        try:
            connection.request("GET", address.path, headers={"Host": address.host, "Connection": "close"})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()


@cache
def _trusting(authority_pem: str) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=authority_pem)


def dead_ends_of(address: Address) -> Iterator[str]:
    """The weights of the listener that lead to no healthy target."""
    with REGISTRY.lock:
        listener = traffic.find_listener(address.listener_arn)
        return iter(list(answers.dead_ends(listener)) if listener else [f"there is no {address.listener_arn}"])

"""Registers what the services add to moto: operations, guards, hooks and patches."""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from emulator.store import Kind, Record, Shape, Store, Table

if TYPE_CHECKING:
    from emulator.http import HttpRequest, HttpResponse


class Forward:
    """The type of FORWARD, which an operation returns to let moto answer the call."""


FORWARD: Final = Forward()


@dataclass(frozen=True)
class Context:
    """The caller of an operation, and the state that the caller may see."""

    service: str
    operation: str
    account: str
    region: str
    store: Store
    role: str | None = None
    """The ARN of the role that calls; None of a person, whose key is the number of an account."""

    def arn(self, resource: str, *, service: str | None = None, region: str | None = None) -> str:
        """Build an ARN in the caller's account; pass region="" for a global service."""
        return ":".join(
            (
                "arn",
                "aws",
                self.service if service is None else service,
                self.region if region is None else region,
                self.account,
                resource,
            )
        )

    def owns(self, arn: str) -> bool:
        """Return whether the account and the region of the ARN, if it has them, are the caller's."""
        _, _, _, region, account, *_ = f"{arn}:::::".split(":")
        return region in {"", self.region} and account in {"", self.account}

    def table(self, kind: Kind[Record]) -> Table[Record]:
        """Return the caller's records of one kind."""
        return self.store.table(kind, self.account, self.region)

    def tags(self, arn: str) -> dict[str, str]:
        """Return the tags of one resource, to read and to change."""
        return self.store.tags(arn)

    def backend(self, backends: Any, region: str | None = None) -> Any:
        """Return moto's backend for the caller's account and region; "aws" is moto's name for global."""
        return backends[self.account][self.region if region is None else region]


Operation = Callable[[Shape, Context], Shape | Forward]
Check = Callable[[Shape, Context], None]
Route = Callable[["HttpRequest"], "HttpResponse"]
OperationT = TypeVar("OperationT", bound=Operation)
CheckT = TypeVar("CheckT", bound=Check)
RouteT = TypeVar("RouteT", bound=Route)


@dataclass
class Handlers:
    """Everything registered for one AWS operation."""

    guards: list[Check] = field(default_factory=list)
    operation: Operation | None = None
    followers: list[Check] = field(default_factory=list)


class Registry:
    """The handlers and the state of the emulator; the dispatcher uses it for every call."""

    def __init__(self) -> None:
        """Start without handlers and state."""
        self._handlers: dict[str, dict[str, Handlers]] = {}
        self.store = Store()
        # moto's stores are plain dicts that one request iterates while another changes them. Python runs one thread
        # at a time anyway, so the lock costs no throughput; reading, parsing and sending are outside of it.
        self.lock = threading.RLock()
        self.denied: set[tuple[str, str]] = set()
        """Operations that every caller is refused, by service and name; `*` is all of a service.

        For tests of a caller without permissions, which are not evaluated.
        """
        self.routes: dict[str, Route] = {}
        """The answers of the emulator's own paths, by the start of the path; they run without the lock."""
        self.resets: list[Callable[[], None]] = []
        """What a reset ends besides the state."""

    def handlers(self, service: str, operation: str) -> Handlers | None:
        """Return the handlers of an operation, if there are any."""
        return self._handlers.get(service, {}).get(operation)

    def knows(self, service: str) -> bool:
        """Return whether any operation of the service is registered; otherwise its requests need not be parsed."""
        return service in self._handlers

    def operations(self) -> list[tuple[str, str]]:
        """List every (service, operation) with a handler."""
        return [(service, name) for service, names in self._handlers.items() for name in names]

    def denies(self, service: str, operation: str) -> bool:
        """Return whether callers are refused an operation."""
        return bool(self.denied & {(service, operation), (service, "*")})

    def at(self, service: str, operation: str) -> Handlers:
        """Return the handlers of one operation, to add to them."""
        return self._handlers.setdefault(service, {}).setdefault(operation, Handlers())


REGISTRY: Final = Registry()


def operation(service: str, *names: str) -> Callable[[OperationT], OperationT]:
    """Register a function that answers these AWS operations; the botocore model parses and validates its input."""

    def register(function: OperationT) -> OperationT:
        for name in names:
            handlers = REGISTRY.at(service, name)
            if handlers.operation is not None:
                message = f"{service}:{name} is registered twice"
                raise ValueError(message)
            handlers.operation = function
        return function

    return register


def route(start: str) -> Callable[[RouteT], RouteT]:
    """Register a function that answers the requests of paths with that start, which no AWS service has."""

    def register(function: RouteT) -> RouteT:
        REGISTRY.routes[start] = function
        return function

    return register


def guard(service: str, *names: str) -> Callable[[CheckT], CheckT]:
    """Register a function that runs before a call is answered, and raises AwsError to refuse it."""

    def register(function: CheckT) -> CheckT:
        for name in names:
            REGISTRY.at(service, name).guards.append(function)
        return function

    return register


def after(service: str, *names: str) -> Callable[[CheckT], CheckT]:
    """Register a function that runs after moto has accepted a call, to store what moto drops."""

    def register(function: CheckT) -> CheckT:
        for name in names:
            REGISTRY.at(service, name).followers.append(function)
        return function

    return register


def patch(owner: Any, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Replace a function of moto by one that receives the original as its first argument.

    A name that moto no longer has raises AttributeError at import, so an upgrade cannot silently remove a patch.
    """
    found = inspect.getattr_static(owner, name)
    wrap: Callable[[Any], Any] | None = None
    original = found
    if isinstance(found, staticmethod | classmethod):
        wrap, original = type(found), found.__func__
    elif isinstance(found, property):
        wrap, original = property, found.fget

    def install(replacement: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def patched(*args: Any, **kwargs: Any) -> Any:
            return replacement(original, *args, **kwargs)

        setattr(owner, name, wrap(patched) if wrap else patched)
        return replacement

    return install

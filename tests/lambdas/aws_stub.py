"""Clients of AWS that answer what a test says, and accept only calls that the service's own model accepts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import botocore.session
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Answer = "Callable[..., dict[str, Any]]"


class Aws:
    """What functions get instead of `boto3.client`; each operation is a method that a test adds."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._answers: dict[str, Callable[..., dict[str, Any]]] = {}
        self._session = botocore.session.get_session()

    def answer(self, operation: str, with_: Callable[..., dict[str, Any]]) -> None:
        """Answer an operation, like `ecs.list_tasks`."""
        self._answers[operation] = with_

    def called(self, operation: str) -> list[dict[str, Any]]:
        """The arguments of each call of an operation."""
        return [arguments for name, arguments in self.calls if name == operation]

    def client(self, service: str) -> Client:
        """A client of a service."""
        return Client(self, service, self._session.get_service_model(service))

    def call(self, operation: str, shape: Any, arguments: dict[str, Any]) -> dict[str, Any]:
        """Check a call, and answer it.

        Raises:
            AssertionError: The service knows no such argument.
        """
        report = ParamValidator().validate(arguments, shape)
        if report.has_errors():
            message = f"{operation}: {report.generate_report()}"
            raise AssertionError(message)
        self.calls.append((operation, arguments))
        return self._answers[operation](**arguments)


class Client:
    """A client of one service."""

    def __init__(self, aws: Aws, service: str, model: Any) -> None:
        self._aws, self._service = aws, service
        self._operations = {xform_name(name): model.operation_model(name) for name in model.operation_names}

    def __getattr__(self, name: str) -> Callable[..., dict[str, Any]]:
        shape = self._operations[name].input_shape
        return lambda **arguments: self._aws.call(f"{self._service}.{name}", shape, arguments)

    def get_paginator(self, name: str) -> Pages:
        """All answers in one page."""
        return Pages(getattr(self, name))


class Pages:
    """A paginator whose only page is the answer."""

    def __init__(self, call: Callable[..., dict[str, Any]]) -> None:
        self._call = call

    def paginate(self, **arguments: Any) -> Iterator[dict[str, Any]]:
        """The page."""
        yield self._call(**arguments)


def refusal(code: str) -> ClientError:
    """What boto3 raises for an error of AWS."""
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Operation")

"""Parses a request into an operation with parameters, and serializes a result into the service's wire format."""

from __future__ import annotations

import functools
import gzip
import json
import re
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import botocore
from botocore.exceptions import UnknownServiceError
from moto.core.errors import ErrorLookupFactory
from moto.core.exceptions import ServiceException
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model
from werkzeug.exceptions import NotFound

from emulator.errors import AwsError
from emulator.http import HttpResponse

if TYPE_CHECKING:
    from emulator.http import HttpRequest
    from emulator.store import Shape


# A model starts with its metadata.
_METADATA = re.compile(rb'"(signingName|endpointPrefix)":\s*"([^"]+)"')
_METADATA_BYTES = 2000


@dataclass(frozen=True)
class Call:
    """The AWS operation of a request."""

    service: str
    name: str
    model: Any
    protocol: str
    request: Any
    url_params: dict[str, Any]

    def parameters(self) -> Shape:
        """Parse the request with the botocore model."""
        parser = PROTOCOL_PARSERS[self.protocol](self.model, map_type=dict)
        request = self.request
        try:
            parsed = parser.parse(
                {
                    "method": request.method,
                    "values": request.values,
                    "headers": request.headers,
                    "body": request.data,
                    "url_path": request.path,
                    "url_params": self.url_params,
                }
            )
        except (TypeError, ValueError, AttributeError) as error:
            message = f"The request could not be parsed: {error}"
            raise AwsError(code="SerializationException", message=message) from error
        return dict(parsed or {})

    def answer(self, result: Shape | ServiceException) -> HttpResponse:
        """Serialize a result, or an error that the service's model lists."""
        if isinstance(result, ServiceException) and not _modelled(self.model.service_model, result.code):
            status = result.status if isinstance(result, AwsError) else HTTPStatus.BAD_REQUEST
            return plain_error(self.protocol, self.service, result, status)
        serialiser = get_serializer_class(self.service, self.protocol)(operation_model=self.model)
        serialised = serialiser.serialize(result)
        body = serialised["body"] or b""
        return HttpResponse(
            status=self._status(result) or serialised["status_code"],
            headers=[(name, str(value)) for name, value in serialised["headers"].items()],
            body=body.encode() if isinstance(body, str) else body,
        )

    def _status(self, result: Shape | ServiceException) -> int | None:
        """Return the member of a result that is the status of the response; moto's serializers leave it out."""
        shape = self.model.output_shape
        if isinstance(result, ServiceException) or shape is None:
            return None
        for name, member in shape.members.items():
            if member.serialization.get("location") == "statusCode":
                return result.get(name)
        return None


def find_call(incoming: HttpRequest) -> Call | None:
    """Find the operation of a request, if botocore has it."""
    try:
        model = service_model(incoming.service)
        if model is None:
            return None
        request = Request(incoming.fresh_environ())
        protocol = determine_request_protocol(model, request.content_type)
        name = incoming.action
        url_params: dict[str, Any] = {}
        if protocol.startswith("rest"):
            operation, url_params = get_service_router(incoming.service).match(request)
            name = operation.name
    except (NotFound, NotImplementedError):  # moto raises the second for a protocol that it cannot read
        return None
    if name is None or name not in model.operation_names:
        return None
    return Call(incoming.service, name, model.operation_model(name), protocol, request, url_params)


def named_call(incoming: HttpRequest) -> Call | None:
    """Find the operation of a request also if several services share its signing name.

    It is slow the first time, and only for error messages.
    """
    services = [incoming.service, *_services_by_signing_name().get(incoming.signed_for, ())]
    return next((call for service in services if (call := find_call(replace(incoming, service=service)))), None)


@functools.cache
def _services_by_signing_name() -> dict[str, list[str]]:
    """Read which services have each signing name from botocore; loading the complete models would take seconds."""
    found: dict[str, list[str]] = {}
    for path in sorted((Path(botocore.__file__).parent / "data").glob("*/*/service-2.json*")):
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            names = dict(_METADATA.findall(file.read(_METADATA_BYTES)))
        name = names.get(b"signingName") or names.get(b"endpointPrefix")
        if name:
            services = found.setdefault(name.decode(), [])
            services += {path.parts[-3]} - set(services)
    return found


@functools.cache
def service_model(service: str) -> Any:
    """Return botocore's model of a service, or None if there is no such service."""
    try:
        return get_service_model(service) if service else None
    except UnknownServiceError:
        return None


def plain_error(protocol: str, service: str, error: ServiceException, status: int = 400) -> HttpResponse:
    """Write an error that the service's model does not list in a form that every SDK can read."""
    code, message = error.code, str(error.message)
    if protocol in {"query", "ec2", "rest-xml"}:
        inner = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
        if protocol == "ec2":
            text = f"<Response><Errors><Error>{inner}</Error></Errors><RequestID>0</RequestID></Response>"
        elif service == "s3":
            text = f"<Error>{inner}</Error>"
        else:
            text = f"<ErrorResponse><Error><Type>Sender</Type>{inner}</Error><RequestId>0</RequestId></ErrorResponse>"
        return HttpResponse(status, [("Content-Type", "text/xml")], text.encode())
    body = json.dumps({"__type": code, "message": message}).encode()
    return HttpResponse(status, [("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-errortype", code)], body)


def _modelled(model: Any, code: str) -> bool:
    """Return whether the service's model lists the error; moto warns about any other."""
    return ErrorLookupFactory().for_service(model).from_code(code) is not None

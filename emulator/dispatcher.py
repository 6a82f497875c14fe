"""The WSGI application in front of moto: it adds, refuses and completes operations, and reports gaps."""

from __future__ import annotations

import contextlib
import json
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from moto.backends import list_of_moto_modules
from moto.core.exceptions import ServiceException
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.exceptions import HTTPException

from emulator.dns import CALLED
from emulator.errors import DeniedError, EmulatorFaultError, EmulatorGapError, UnansweredError
from emulator.http import HttpRequest, HttpResponse
from emulator.outages.refusals import find_refusal
from emulator.protocol import find_call, named_call, plain_error, service_model
from emulator.registry import FORWARD, Context, Forward, Handlers, Registry
from emulator.replay import Replay
from emulator.signatures import role_with_key
from emulator.validate import check

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emulator.protocol import Call
    from emulator.store import Shape

LOG = logging.getLogger(__name__)

READY_PATH = "/emulator/ready"
RESET_PATH = "/moto-api/reset"

# Calls that wait inside moto: they must not keep the lock meanwhile.
_WAITING_ACTIONS = {"ReceiveMessage", "GetActivityTask", "StartSyncExecution"}
_WAITING_PATH_ENDS = ("/invocations",)

# They change nothing, and their responses may be large, so there is no use in keeping them for a retry.
_READS = {"GET", "HEAD"}

_BACKENDS = frozenset(list_of_moto_modules())


class _Moto(DomainDispatcherApplication):
    """moto's dispatcher, which prints a line and fails if it has no backend."""

    def get_backend_for_host(self, host: str | None) -> Any:
        """Find the backend, or raise UnansweredError."""
        if host is None or host == "moto_api" or host in _BACKENDS:
            return host
        for backend, pattern in self.backend_url_patterns:
            if pattern.match(f"http://{host}"):
                return backend
        message = f"moto has no backend for {host}"
        raise UnansweredError(message)


class Dispatcher:
    """Answers every request: from a registered operation, otherwise from moto."""

    def __init__(self, registry: Registry) -> None:
        """Put the registered handlers in front of moto."""
        self._registry = registry
        self._moto = _Moto(create_backend_app)
        self._replay = Replay()
        self._lock = registry.lock
        self.called: set[tuple[str, str, str]] = set()
        """Account, region and service of every call so far."""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Serve one request."""
        return self._serve(environ).send(environ, start_response)

    def reset(self) -> None:
        """Delete the calls, the refusals, the state of the added operations and the replay; moto has its own route.

        What the emulator has started ends, too: calls of functions and databases.
        """
        self.called.clear()
        self._registry.denied.clear()
        self._registry.store.clear()
        self._replay.clear()
        for end in self._registry.resets:
            end()

    def _serve(self, environ: dict[str, Any]) -> HttpResponse:
        if environ.get("PATH_INFO") == READY_PATH:
            body = json.dumps({"status": "ready"}).encode()
            return HttpResponse(HTTPStatus.OK, [("Content-Type", "application/json")], body)
        incoming = HttpRequest.read(environ)
        for start, answer_own in self._registry.routes.items():
            if incoming.path.startswith(start):
                return answer_own(incoming)
        if incoming.path != RESET_PATH and (lost := find_refusal(incoming)):
            return self._error(incoming, lost, HTTPStatus.SERVICE_UNAVAILABLE)
        self.called.add((incoming.account, incoming.region, incoming.service))
        CALLED.set(self.called)
        answer = self._replayed(incoming)
        if LOG.isEnabledFor(logging.DEBUG):
            LOG.debug("%s %s %s: %s", incoming.account, incoming.region, _operation_name(incoming), answer.status)
            if not answer.succeeded:
                LOG.debug("sent %r, answered %r", incoming.body, answer.body)
        return answer

    def _replayed(self, incoming: HttpRequest) -> HttpResponse:
        if incoming.path == RESET_PATH and incoming.method == "POST":
            with self._lock:
                self.reset()
                return self._moto_answer(incoming)
        if incoming.invocation is None or incoming.method in _READS:
            return self._answer(incoming)
        return self._replay.once(incoming.invocation, lambda: self._answer(incoming))

    def _answer(self, incoming: HttpRequest) -> HttpResponse:
        try:
            call = find_call(incoming) if self._registry.knows(incoming.service) or self._registry.denied else None
            handlers = self._handlers(call) if call else None
            if call is None or handlers is None:
                with self._guarded(incoming):
                    return self._forward(incoming)
            try:
                return self._handle(incoming, call, handlers)
            except ServiceException as error:
                return call.answer(error)
            except UnansweredError as error:
                return self._gap(incoming, str(error))
        except HTTPException as error:
            # The exception of moto's older services; a guard that reads their backends may raise it.
            return HttpResponse(error.code or HTTPStatus.BAD_REQUEST, error.get_headers(), error.get_body().encode())
        except Exception as error:
            LOG.exception("failed on %s %s", incoming.method, incoming.path)
            return self._fault(incoming, repr(error))

    def _handlers(self, call: Call) -> Handlers | None:
        if self._registry.denies(call.service, call.name):
            return Handlers(guards=[_deny])
        return self._registry.handlers(call.service, call.name)

    def _handle(self, incoming: HttpRequest, call: Call, handlers: Handlers) -> HttpResponse:
        params = call.parameters()
        context = Context(
            service=call.service,
            operation=call.name,
            account=incoming.account,
            region=incoming.region,
            store=self._registry.store,
            role=role_with_key(incoming.key),
        )
        if handlers.operation is not None:
            check(call.service, params, call.model.input_shape)
        with self._guarded(incoming):
            for refuse in handlers.guards:
                refuse(params, context)
            result = handlers.operation(params, context) if handlers.operation else FORWARD
            if not isinstance(result, Forward):
                # Serialized under the lock: the result may be the stored record itself.
                return call.answer(result)
            answer = self._forward(incoming)
            if answer.succeeded:
                for keep in handlers.followers:
                    keep(params, context)
            return answer

    def _guarded(self, incoming: HttpRequest) -> contextlib.AbstractContextManager[Any]:
        waits = incoming.action in _WAITING_ACTIONS or incoming.path.endswith(_WAITING_PATH_ENDS)
        return contextlib.nullcontext() if waits else self._lock

    def _forward(self, incoming: HttpRequest) -> HttpResponse:
        """Let moto answer, and turn what it cannot answer into one clear error.

        moto answers 500 for an operation it lacks, and the provider retries that up to 25 times, so it seems to hang.
        """
        try:
            answer = self._moto_answer(incoming)
        except (UnansweredError, NotImplementedError) as error:  # moto raises the second
            return self._gap(incoming, str(error))
        except ServiceException as error:
            call = find_call(incoming)
            return call.answer(error) if call else self._fault(incoming, repr(error))
        except Exception as error:
            LOG.exception("moto failed on %s %s", incoming.method, incoming.path)
            return self._fault(incoming, repr(error))
        html = answer.body[:15].lower().startswith((b"<!doctype html", b"<html"))
        if answer.status in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED} and html:
            return self._gap(incoming, "moto has no route for it")
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return self._fault(incoming, answer.body[:300].decode(errors="replace"))
        return answer

    def _moto_answer(self, incoming: HttpRequest) -> HttpResponse:
        captured: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
            del exc_info
            captured[:] = [int(status.split(maxsplit=1)[0]), headers]

        body = b"".join(self._moto(incoming.fresh_environ(), start_response))
        return HttpResponse(captured[0], list(captured[1]), body)

    def _gap(self, incoming: HttpRequest, detail: str) -> HttpResponse:
        name = _operation_name(incoming)
        message = (
            f"The emulator does not implement {name}. This is a gap of the emulator, not an error in your "
            f"configuration: add it to emulator/services/. ({detail})"
        )
        LOG.warning("gap: %s", name)
        return self._error(incoming, EmulatorGapError(message))

    def _fault(self, incoming: HttpRequest, detail: str) -> HttpResponse:
        message = (
            f"The emulator failed on {_operation_name(incoming)}: {detail}. "
            "This is a fault of the emulator, not a refusal by AWS."
        )
        return self._error(incoming, EmulatorFaultError(message))

    @staticmethod
    def _error(
        incoming: HttpRequest, error: ServiceException, status: HTTPStatus = HTTPStatus.BAD_REQUEST
    ) -> HttpResponse:
        model = service_model(incoming.service)
        protocol = str(model.protocol) if model else "json"
        if incoming.environ.get("HTTP_X_AMZ_TARGET"):
            protocol = "json"
        return plain_error(protocol, incoming.service, error, status)


def _deny(_: Shape, context: Context) -> None:
    message = f"User is not authorized to perform: {context.service}:{context.operation}"
    raise DeniedError(protocol=str(service_model(context.service).protocol), message=message)


def _operation_name(incoming: HttpRequest) -> str:
    """Name service and operation as exactly as the request allows."""
    call = named_call(incoming)
    service, operation = (call.service, call.name) if call else (incoming.service, incoming.action)
    request = f"{incoming.method} {incoming.path}"
    name = f"{service or 'unknown service'}:{operation}" if operation else service
    return f"{name} ({request})"

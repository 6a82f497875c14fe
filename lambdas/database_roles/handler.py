"""Make the roles of a database, and replace their passwords in turn, so that no client is ever refused.

    {"action": "prepare"}                   roles, rights, logins and their passwords; no urls
    {"action": "apply"}                     the same, then the urls
    {"action": "turn"}                      rotate what is due, which the schedule asks for
    {"action": "rotate"}                    rotate all roles now
    {"action": "rotate", "role": "backend"} only that one; with "force": true also if tasks hold the login that loses
                                            its password
    {"action": "status"}                    which logins are in use; changes nothing

Each may be repeated, and answers without a secret:

    {"outcome": "rotated", "rotated": ["backend"],
     "roles": {"backend": {"login": "backend_b", "set_at": "...", "due": "..."}}}

What a person can act on is an exception of `database.py`. While a sleep schedule has stopped the database, a turn
answers "stopped", and what a person asks for fails.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError

from .database import BusyError, Server, StoppedError, UnreachableError
from .patience import Patience
from .rotation import Rotation
from .settings import Engine, Settings
from .stores import Stores
from .tasks import Tasks
from .urls import Urls

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .database import Database
    from .settings import Role

LOGGER = logging.getLogger()

SETTINGS: Final = Path(__file__).with_name("settings.json")
"""The roles, which synthesis adds to the package beside the file of authorities."""
_ACTIONS: Final = ("prepare", "apply", "turn", "rotate", "status")
_AWAITED: Final = frozenset({"prepare", "apply"})
"""What Terraform calls just after it has made the instance and the rights of this function."""
_NEW_PROXY_SECONDS: Final = 600
"""For an apply: Terraform does not wait until a new proxy reaches its database, which takes minutes.

https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/rds/proxy_target.go
"""
_CALLS: Final = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})
"""So that a missing way to AWS is reported within `Patience`; by default, one call takes five minutes to fail.

https://botocore.amazonaws.com/v1/documentation/api/latest/reference/config.html
"""
_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException"})
_STOPPED: Final = frozenset({"stopping", "stopped"})
_ASLEEP: Final = _STOPPED | {"starting"}
"""For a turn: a database that wakes answers after minutes, and the next turn is in hours."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What an event asks for."""

    action: str
    roles: Sequence[Role]
    force: bool

    @staticmethod
    def parse(event: Mapping[str, Any], settings: Settings) -> Request:
        """Read an event.

        Raises:
            ValueError: It asks for what there is not.
        """
        action, name = event.get("action"), event.get("role")
        if action not in _ACTIONS:
            message = f"action {action!r} is not valid; it must be one of {', '.join(_ACTIONS)}"
            raise ValueError(message)
        rotatable = {role.name: role for role in settings.roles if role.has_passwords}
        if name is not None and name not in rotatable:
            message = f"role {name!r} is not a role with a password; it must be one of {', '.join(sorted(rotatable))}"
            raise ValueError(message)
        roles = [rotatable[name]] if name is not None else list(rotatable.values())
        return Request(action=action, roles=roles, force=event.get("force") is True)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 (Lambda passes it)
    """Do what the event asks for."""
    LOGGER.setLevel(logging.INFO)
    settings = Settings.parse(SETTINGS.read_text(encoding="utf-8"))
    request = Request.parse(event, settings)
    answer = _patiently(request, lambda: run(request, settings, os.environ))
    LOGGER.info("%s", json.dumps(answer))
    return answer


def make_client(service: str) -> Any:  # noqa: ANN401 (what boto3 makes has no static type)
    """A client of a service of AWS."""
    return boto3.client(service, config=_CALLS)


def run(
    request: Request,
    settings: Settings,
    variables: Mapping[str, str],
    client: Callable[..., Any] = make_client,
) -> dict[str, Any]:
    """One run.

    Args:
        request: What to do.
        settings: The roles.
        variables: The environment variables of the function.
        client: Makes clients of AWS.
    """
    now = datetime.now(tz=UTC)
    stores = Stores(ssm=client("ssm"), secrets=client("secretsmanager"), key_id=variables["KEY_ID"])
    urls = Urls(settings=settings, stores=stores, host=variables["HOST"], now=now)
    outcome, rotated = "unchanged", None
    if request.action != "status":
        asleep = _ASLEEP if request.action == "turn" else _STOPPED
        if settings.stops and _status(client, settings.engine, settings.stops) in asleep:
            return _answer_stopped(request, settings.stops, urls)
        database = open_database(_server(variables, settings, client), settings.engine)
        rotation = Rotation(
            roles=settings.roles,
            period=settings.rotation,
            database=database,
            urls=urls,
            tasks=Tasks(ecs=client("ecs"), cluster=settings.cluster),
            now=now,
            patience=Patience(seconds=_NEW_PROXY_SECONDS) if request.action == "apply" else Patience(),
        )
        try:
            with database.lock():
                outcome, rotated = _act(request, rotation)
        finally:
            database.close()
    answer: dict[str, Any] = {"outcome": outcome, "roles": urls.status()}
    return answer if rotated is None else answer | {"rotated": rotated}


def open_database(server: Server, engine: Engine) -> Database:
    """The database, to which nothing is connected yet."""
    # Each imports its driver, of which a package may have only the one that it needs.
    if engine is Engine.POSTGRES:
        from .postgres import Postgres  # noqa: PLC0415

        return Postgres(server)
    from .documentdb import Documentdb  # noqa: PLC0415

    return Documentdb(server)


def _act(request: Request, rotation: Rotation) -> tuple[str, list[str] | None]:
    match request.action:
        case "prepare":
            rotation.prepare()
            return "prepared", None
        case "apply":
            rotation.apply()
            return "applied", None
        case "turn":
            rotated = rotation.turn()
        case _:
            rotated = rotation.rotate(request.roles, force=request.force)
    return "rotated" if rotated else "nothing is due", rotated


def _patiently(request: Request, action: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    return Patience().repeat(action, while_raises=_is_slow) if request.action in _AWAITED else action()


def _is_slow(error: Exception) -> bool:
    if isinstance(error, ClientError):
        return error.response["Error"]["Code"] in _DENIED
    return isinstance(error, (BusyError, ConnectTimeoutError, EndpointConnectionError, UnreachableError))


def _server(variables: Mapping[str, str], settings: Settings, client: Callable[..., Any]) -> Server:
    stored = client("secretsmanager").get_secret_value(SecretId=variables["MASTER_SECRET"])["SecretString"]
    master = json.loads(stored)
    return Server(
        host=variables["HOST"],
        port=int(variables["PORT"]),
        database=settings.database,
        user=master["username"],
        password=master["password"],
        authorities=SETTINGS.with_name(settings.authorities),
    )


def _status(client: Callable[..., Any], engine: Engine, identifier: str) -> str:
    if engine is Engine.POSTGRES:
        answer = client("rds").describe_db_instances(DBInstanceIdentifier=identifier)
        return str(answer["DBInstances"][0]["DBInstanceStatus"])
    answer = client("docdb").describe_db_clusters(DBClusterIdentifier=identifier)
    return str(answer["DBClusters"][0]["Status"])


def _answer_stopped(request: Request, identifier: str, urls: Urls) -> dict[str, Any]:
    if request.action != "turn":
        message = (
            f"the sleep schedule has stopped {identifier}, so nothing was changed: wake the environment "
            f"(`make wake`), then repeat"
        )
        raise StoppedError(message)
    return {"outcome": "stopped", "roles": urls.status()}

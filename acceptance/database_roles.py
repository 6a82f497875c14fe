"""Signs in to the databases of an environment on the emulator with every url that its functions wrote, and rotates."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from acceptance.database_clients import CLIENT_ERRORS, open_documentdb, open_postgres
from config.names import NameLimit

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3

    from config.database_roles import DatabaseRole
    from config.environment import Environment
    from emulator import Emulator


@dataclass(frozen=True, kw_only=True)
class Roles:
    """The roles of an environment's databases, with what stores and rotates their logins."""

    environment: Environment
    session: boto3.Session
    emulator: Emulator

    def url(self, role: DatabaseRole) -> str:
        """The url that is stored for a role."""
        ssm: Any = self.session.client("ssm")
        name = self.environment.names.path(role.url_name)
        return str(ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])

    def rotate(self, role: DatabaseRole) -> dict[str, Any]:
        """Have the function rotate a role; returns its answer."""
        name = self.environment.names.name(f"{role.database}-roles", limit=NameLimit.LAMBDA_FUNCTION)
        client: Any = self.session.client("lambda")
        event = json.dumps({"action": "rotate", "role": role.name}).encode()
        answer: dict[str, Any] = json.load(client.invoke(FunctionName=name, Payload=event)["Payload"])
        return answer

    def sign_in(self, url: str) -> str:
        """Sign in as a client does with the url, TLS verified; returns why it was refused, or nothing."""
        account = self.environment.account_id
        try:
            if urlsplit(url).scheme == "postgresql":
                with open_postgres(url, self.emulator, account=account) as connection:
                    connection.run("SELECT 1")
            else:
                with open_documentdb(url, self.emulator, account=account) as database:
                    database.command("ping")
        except CLIENT_ERRORS as error:
            return str(error)
        return ""


def check_roles_sign_in_and_rotate(
    environment: Environment, session: boto3.Session, emulator: Emulator
) -> Iterator[str]:
    """The url of each role signs in; after a rotation the new one and the one from before do.

    The functions run as Terraform made them; what their role may not do, only AWS refuses.
    """
    roles = Roles(environment=environment, session=session, emulator=emulator)
    for role in (*environment.postgres_roles, *environment.documentdb_roles):
        if role.is_for_drills:  # it has no url, and signs in to restored copies: acceptance/drills.py
            continue
        yield from (f"{role.name} of {role.database}: {problem}" for problem in _problems(roles, role))


def _problems(roles: Roles, role: DatabaseRole) -> Iterator[str]:
    before = roles.url(role)
    if role.iam:
        if urlsplit(before).password:
            yield "its url has a password, though it signs in by IAM"
        return
    if refused := roles.sign_in(before):
        yield f"it cannot sign in: {refused}"
    answer = roles.rotate(role)
    if answer.get("outcome") != "rotated":
        yield f"it was not rotated: {answer}"
        return
    after = roles.url(role)
    if urlsplit(after).username == urlsplit(before).username:
        yield "its url names the same login after a rotation"
    for which, url in (("new", after), ("old", before)):
        if refused := roles.sign_in(url):
            yield f"it cannot sign in with its {which} url after a rotation: {refused}"

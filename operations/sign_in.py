"""What a person types to sign in through a tunnel, with the certificate of the database checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from operations.databases import POSTGRES

if TYPE_CHECKING:
    from operations.databases import Database


def how_to_sign_in(database: Database, *, region: str, port: int) -> str:
    """Where the tunnel begins, and the command of the database's own client.

    The certificate is of the database's name, which is not that of this machine: PostgreSQL's client takes the name and
    the address apart, that of MongoDB has to be told not to compare the name.
    https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-HOSTADDR
    https://www.mongodb.com/docs/mongodb-shell/reference/options/
    """
    authorities = f"lambdas/database_roles/authorities/{region}.pem"
    if database.kind == POSTGRES:
        command = (
            f'psql "host={database.host} hostaddr=127.0.0.1 port={port} dbname={database.name} user=USER '
            f'sslmode=verify-full sslrootcert={authorities}"'
        )
    else:
        options = f"tls=true&tlsCAFile={authorities}&tlsAllowInvalidHostnames=true"
        command = f'mongosh "mongodb://USER@127.0.0.1:{port}/?directConnection=true&retryWrites=false&{options}"'
    return "\n".join(
        (
            f"{database.identifier} answers at 127.0.0.1:{port} until Ctrl-C.",
            f"  {command}",
            "Who can sign in, and with what: docs/data.md#who-can-sign-in-as-what",
        )
    )

"""A real PostgreSQL server as RDS has it: its roles, a master user who is no superuser, TLS only.

The master user has what RDS gives it: it may create roles and databases and grant the roles of RDS. Only RDS's own
`rdsadmin` is a superuser; here it signs in through a socket and never over the network.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Roles.html
"""

from __future__ import annotations

import atexit
import datetime as dt
import functools
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Self

from pg8000.native import identifier, literal

from emulator.databases.authority import Authority
from emulator.databases.content import PostgresContent
from emulator.databases.postgres_binaries import find_binaries
from emulator.databases.postgres_front import PostgresFront
from emulator.databases.postgres_process import ADMINISTRATOR, PostgresProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

_LOCAL: Final = ("localhost", "127.0.0.1")

_FAST: Final = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "jit": "off",
    "shared_buffers": "16MB",
}
# Nothing of the log is removed, because a backup is the log from the beginning.
_KEPT: Final = {"wal_level": "replica", "wal_keep_size": "1TB"}
_SECURE: Final = {
    "password_encryption": "scram-sha-256",
    "ssl": "on",
    "ssl_min_protocol_version": "TLSv1.2",
}

# A member of rds_iam cannot sign in with a password; the front that checks its token comes through the socket.
# The master's line comes first: it is one so that it may grant it.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.DBAccounts.html
_ACCESS: Final = """
local   all  {administrator}             trust
local   all  +rds_iam                    trust
hostssl all  {administrator}  0.0.0.0/0  reject
hostssl all  "{master}"       0.0.0.0/0  scram-sha-256
hostssl all  +rds_iam         0.0.0.0/0  reject
hostssl all  all              0.0.0.0/0  scram-sha-256
"""

_ROLES: Final = (
    "CREATE ROLE rds_superuser NOLOGIN",
    "CREATE ROLE rds_iam NOLOGIN",
    "CREATE ROLE rds_password NOLOGIN",
    "CREATE ROLE rds_replication NOLOGIN",
    "GRANT pg_monitor, pg_signal_backend, rds_password, rds_replication TO rds_superuser WITH ADMIN OPTION",
    "CREATE DATABASE rdsadmin",
    "REVOKE ALL ON DATABASE rdsadmin FROM PUBLIC",
)


# RDS does not log what it does itself.
_UNLOGGED: Final = "SET log_statement = 'none'"


class PostgresServer:
    """A server on a port of 127.0.0.1, until `close()` or the end of this process."""

    def __init__(
        self,
        *,
        master: str,
        password: str,
        database: str = "users",
        hosts: Iterable[str] = (),
        binaries: Path | None = None,
        log_statements: bool = False,
        authority: Authority | None = None,
        content: PostgresContent | None = None,
        read_only: bool = False,
    ) -> None:
        """Start it.

        Args:
            master: The name of the master user.
            password: The master's password.
            database: The database that the master owns; `postgres` exists in any case.
            hosts: The names that clients know it by, besides localhost.
            binaries: The folder of another server than the one that `find_binaries()` finds.
            log_statements: Log each statement, as `log_statement = all` does.
            authority: Issues its certificate; by default one of its own.
            content: What it begins with, of a server with the same master; by default it is empty.
            read_only: Write nothing for its clients, as a read replica does not.
        """
        self.master = master
        self.database = database
        self._read_only = read_only
        self._front: PostgresFront | None = None
        self._authority = authority or Authority()
        self._hosts = [*_LOCAL, *hosts]
        binaries = binaries or find_binaries()
        template = _template(binaries)
        self._process = PostgresProcess(binaries)
        shutil.copytree(template, self._process.data, copy_function=shutil.copyfile)
        self._process.own(self._process.data)
        self._process.write("pg_hba.conf", _ACCESS.format(administrator=ADMINISTRATOR, master=master))
        self._write_certificate()
        settings = _FAST | _SECURE | _KEPT | {"log_statement": "all" if log_statements else "none"}
        if read_only:
            settings["default_transaction_read_only"] = "on"
        if content:
            content.write(self._process.data)
            self._process.own(self._process.data)
            self._process.start(settings | content.settings)
            self.set_master_password(password)
        else:
            self._process.start(settings)
            self._create_master(password)
        self._since = dt.datetime.now(dt.UTC)

    def __enter__(self) -> Self:
        """Close it at the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def port(self) -> int:
        """Its port on 127.0.0.1."""
        return self._process.port

    def front_port(self, require_token: Callable[[str, str], None]) -> int:
        """Return the port at which members of `rds_iam` sign in with a token, and let it listen.

        Args:
            require_token: Checks the token of a user; raises SignatureError.
        """
        if self._front is None:
            self._front = PostgresFront(
                port=self.port,
                local=self._process.socket,
                trusted=self._authority.pem,
                chain=self._chain,
                is_member=self._is_iam_user,
                require_token=require_token,
            )
        return self._front.port

    def _is_iam_user(self, user: str) -> bool:
        if user == self.master:
            return False
        with self.administrator("postgres") as connection:
            connection.run(_UNLOGGED)
            found = connection.run(
                "SELECT pg_has_role(oid, 'rds_iam', 'MEMBER') FROM pg_roles WHERE rolname = :user AND NOT rolsuper",
                user=user,
            )
        return bool(found == [[True]])

    @property
    def ca_pem(self) -> str:
        """The certificate of the authority that a client must trust."""
        return self._authority.pem

    @property
    def log(self) -> str:
        """What the server has logged."""
        return self._process.log

    @contextmanager
    def administrator(self, database: str | None = None) -> Iterator[Any]:
        """A connection as RDS's own superuser."""
        connection = self._process.connect(database or self.database)
        try:
            if self._read_only:
                connection.run("SET default_transaction_read_only = off")
            yield connection
        finally:
            connection.close()

    def set_master_password(self, password: str) -> None:
        """Replace the master's password, as `ModifyDBInstance` does."""
        with self.administrator() as connection:
            connection.run(_UNLOGGED)
            connection.run(f"ALTER ROLE {identifier(self.master)} PASSWORD {literal(password)}")

    def content(self) -> PostgresContent:
        """Return all that was committed before this call."""
        taken = dt.datetime.now(dt.UTC)
        with self.administrator("postgres") as connection:
            connection.run(_UNLOGGED)
            connection.run("SET synchronous_commit = on")
            # A commit of its own: it waits until the log is written, and a restore to a moment before it finds its end.
            connection.run("SELECT pg_logical_emit_message(true, 'backup', '')")
            ((last,),) = connection.run("SELECT pg_walfile_name(pg_current_wal_flush_lsn())")
            return PostgresContent.read(self._process.data, last=last, since=self._since, taken=taken)

    def add_hosts(self, hosts: Iterable[str]) -> None:
        """Let the certificate be valid for other names too, like that of a proxy."""
        self._hosts += hosts
        self._write_certificate()
        with self.administrator() as connection:
            connection.run("SELECT pg_reload_conf()")

    def close(self) -> None:
        """End it and remove its files."""
        if self._front is not None:
            self._front.close()
        self._process.close()

    def _create_master(self, password: str) -> None:
        master = identifier(self.master)
        with self.administrator("postgres") as connection:
            for statement in (
                _UNLOGGED,
                f"CREATE ROLE {master} LOGIN CREATEDB CREATEROLE PASSWORD {literal(password)}",
                f"GRANT rds_superuser TO {master}",
                f"GRANT rds_iam TO {master} WITH ADMIN OPTION",
                f"ALTER DATABASE postgres OWNER TO {master}",
                f"ALTER DATABASE template1 OWNER TO {master}",
            ):
                connection.run(statement)
            if self.database != "postgres":
                connection.run(f"CREATE DATABASE {identifier(self.database)} OWNER {master}")

    def _write_certificate(self) -> None:
        certificate, key = self._chain = self._authority.issue(self._hosts)
        if self._front is not None:
            self._front.certify(self._chain)
        self._process.write("server.crt", certificate)
        self._process.write("server.key", key)


@functools.cache
def _template(binaries: Path) -> Path:
    """The data of a server with the roles of RDS: made once in a process, copied for each server."""
    process = PostgresProcess(binaries)
    atexit.register(process.close)
    process.initialize()
    process.start(_FAST)
    connection = process.connect("postgres")
    for statement in _ROLES:
        connection.run(statement)
    connection.close()
    # In order, so that a copy has nothing to recover.
    process.stop()
    return process.data

"""What one connection to the double of DocumentDB has: its user, and the cluster behind it."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from emulator.databases.content import DocumentContent
from emulator.databases.documentdb_data import Databases
from emulator.databases.documentdb_errors import unauthorized
from emulator.databases.documentdb_roles import ADMIN, allows
from emulator.databases.documentdb_scram import SHA_1, SHA_256, Conversation
from emulator.databases.documentdb_users import Users
from emulator.databases.documentdb_wire import MAX_MESSAGE_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emulator.databases.documentdb_iam import IamConversation

MECHANISMS: Final = {"4.0.0": (SHA_1,), "5.0.0": (SHA_1,), "5.0.1": (SHA_1, SHA_256)}
"""By the version of the engine; a patch of 5.0 brought the second one.

https://docs.aws.amazon.com/documentdb/latest/devguide/scram-sha-256-auth.html
"""

# The newest protocol that each speaks: https://github.com/SDA-SE/sda-dropwizard-commons/pull/3936 shows 7 for 4.0, and
# 13 is that of MongoDB 5.0.
_WIRE_VERSIONS: Final = {"4.0.0": 7, "5.0.0": 13, "5.0.1": 13}

REPLICA_SET: Final = "rs0"
"""https://docs.aws.amazon.com/documentdb/latest/developerguide/connect-to-replica-set.html ."""


class Cluster:
    """The users and the data, and what clients are told about the instances."""

    def __init__(
        self,
        *,
        master: str,
        password: str,
        engine_version: str,
        members: Sequence[str],
        region: str = "us-east-1",
        content: DocumentContent | None = None,
    ) -> None:
        self.engine_version = engine_version
        self.region = region
        self.users = Users(
            master=master, password=password, mechanisms=MECHANISMS[engine_version], has_iam=self.has_iam
        )
        self.databases = copy.deepcopy(content.databases) if content else Databases()
        if content:
            self.users.restore(content.users)
            self.users.set_master_password(password)
        self._members = list(members)

    @property
    def has_iam(self) -> bool:
        """Whether users can sign in by IAM.

        https://docs.aws.amazon.com/documentdb/latest/developerguide/iam-identity-auth.html
        """
        return not self.engine_version.startswith("4.")

    def content(self) -> DocumentContent:
        """Return a copy of what it has."""
        return DocumentContent(users=self.users.all(), databases=copy.deepcopy(self.databases))

    def hello(self) -> dict[str, Any]:
        """Describe the primary of the replica set."""
        return {
            "hosts": self._members,
            "setName": REPLICA_SET,
            "setVersion": 1,
            "secondary": False,
            "primary": self._members[0],
            "me": self._members[0],
            "maxBsonObjectSize": 16 * 1024 * 1024,
            "maxMessageSizeBytes": MAX_MESSAGE_BYTES,
            "maxWriteBatchSize": 100_000,
            "localTime": datetime.now(tz=UTC),
            "logicalSessionTimeoutMinutes": 30,
            "minWireVersion": 0,
            "maxWireVersion": _WIRE_VERSIONS[self.engine_version],
            "readOnly": False,
        }


@dataclass(kw_only=True)
class Session:
    """One connection."""

    cluster: Cluster
    user: str | None = None
    """Who signed in."""
    conversation: Conversation | IamConversation | None = None
    """Who is signing in."""

    def may(self, action: str, database: str = ADMIN) -> bool:
        """Whether the user's roles of this moment allow the action."""
        user = self.cluster.users.find(self.user) if self.user else None
        return user is not None and allows(user.grants, action, database)

    def require(self, action: str, database: str = ADMIN) -> None:
        """Refuse what the roles do not allow."""
        if not self.may(action, database):
            raise unauthorized()

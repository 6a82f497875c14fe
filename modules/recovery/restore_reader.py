"""The function in the network of restore drills that signs in to what was restored, and counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from constructs import Construct

from config.database_roles import IAM_LOGIN, RESTORE_CHECK
from config.recovery_drills import COUNTED_ROWS, RESTORE_READER
from modules.data.database_roles import AUTHORITY_FOLDER, DRIVERS
from modules.data.iam_sign_in import connect_statement
from modules.data.postgres import DATABASE
from modules.data.role_settings import AUTHORITIES
from modules.function import Function

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modules.key import Key
    from modules.label import Label
    from modules.recovery.drill_network import DrillNetwork

_FOLDER: Final = "restore_reader"
# What restore-check waits for: lambdas/restore_check/handler.py
_TIMEOUT_SECONDS: Final = 600
# A share of a CPU with which the drivers are imported in a second or two.
_MEMORY_MIB: Final = 512
_IAM_SIGN_IN: Final = "pymongo_auth_aws"
"""What pymongo needs to sign in by IAM: https://pymongo.readthedocs.io/en/stable/examples/authentication.html"""
_ANY: Final = "*"


class RestoreReader(Construct):
    """A function that may read in restored copies, by the role `restore_check` of each database, and do nothing else.

    It has no way out of its network and needs none: it signs in with its own credentials, and no secret exists.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        network: DrillNetwork,
        engines: Sequence[str],
        documentdb_databases: Sequence[str],
        key: Key,
        log_retention_days: int,
    ) -> None:
        """Create the function.

        Args:
            label: Names it, and its role: the databases know that name.
            network: Where it is.
            engines: `postgres`, `documentdb`: what it reads.
            documentdb_databases: The databases of DocumentDB that the role may read.
            key: Encrypts its variables and its log.
            log_retention_days: Days that its log is kept.
        """
        super().__init__(scope, id_)
        drivers = [package for engine in engines for package in DRIVERS[engine]]
        if "documentdb" in engines:
            drivers.append(_IAM_SIGN_IN)
        login = f"{RESTORE_CHECK}_{IAM_LOGIN}"
        self.function = Function(
            self,
            "function",
            label=label,
            folder=_FOLDER,
            name=RESTORE_READER,
            description="Counts what is in a restored database",
            variables={
                "DATABASE": DATABASE,
                "DATABASES": json.dumps(list(documentdb_databases)),
                "LOGIN": login,
                "MOST_ROWS": str(COUNTED_ROWS),
            },
            timeout_seconds=_TIMEOUT_SECONDS,
            memory_mib=_MEMORY_MIB,
            key=key,
            logs_key=key,
            log_retention_days=log_retention_days,
            topics=None,  # restore-check waits for its answer, and what it cannot read fails the drill: a message
            files={AUTHORITIES: Path(AUTHORITY_FOLDER, f"{label.region}.pem").read_text(encoding="utf-8")},
            packages=drivers,
            vpc=network,
        )
        self.rules = network.allow_from(self.function)
        """What lets it reach the databases."""
        if "postgres" in engines:
            # The id of an instance that is restored is known only then. Nothing else in this region has that user.
            self.function.role.add_to_policy(connect_statement(label, resource_ids=[_ANY], users=[login]))

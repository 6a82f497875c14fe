"""Names of the databases, for code that needs them without the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from modules.label import NameLimit

if TYPE_CHECKING:
    from modules.label import Label


DATABASES_KEY: Final = "databases"
"""Component of the alias of the key of the databases."""

SECRETS_KEY: Final = "secrets"
"""Component of the alias of the key of parameters and secrets."""


def postgres_identifier(label: Label) -> str:
    """Name of PostgreSQL's primary instance."""
    return label.name("postgres", limit=NameLimit.DATABASE)


def documentdb_identifier(label: Label) -> str:
    """Name of the cluster of DocumentDB."""
    return label.name("documentdb", limit=NameLimit.DATABASE)


def global_cluster_identifier(label: Label) -> str:
    """Name of the global cluster of DocumentDB, the same in all regions."""
    return label.name("documentdb-global", limit=NameLimit.DATABASE)

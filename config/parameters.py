"""Names of the parameters of the layer `data`, as services request them: `postgres/url`, `jwt/current`."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from config.database_roles import DatabaseName

SOURCES: Final[Mapping[str, str]] = {
    "postgres": "postgres",
    "documentdb": "documentdb",
    "jwt": "secrets",
    "api-keys": "secrets",
}
"""First part of a parameter's name to the table of settings that creates it."""

URLS: Final[Mapping[str, DatabaseName]] = {"postgres/url": "postgres", "documentdb/url": "documentdb"}
"""Names that mean another parameter for each service: the url of its own role."""

ROTATED_PARTS: Final[Mapping[str, str]] = {
    f"{database}/{part}": url for url, database in URLS.items() for part in ("username", "password")
}
"""Parameters of an earlier version to the one that replaces them."""

_OF_EVERY_DATABASE: Final = ("host", "port", "url")
_ROTATED: Final = ("jwt/current", "jwt/previous")


def parameter_names(*, databases: Collection[str], replicas: int, api_keys: Sequence[str] | None) -> tuple[str, ...]:
    """Every name, sorted.

    Args:
        databases: The databases of the environment: `postgres`, `documentdb`.
        replicas: Read replicas of PostgreSQL.
        api_keys: Names of the API keys; None without the table [secrets].
    """
    names = {f"{database}/{part}" for database in databases for part in _OF_EVERY_DATABASE}
    if "postgres" in databases:
        names |= {"postgres/database", *(["postgres/reader-hosts"] if replicas else [])}
    if "documentdb" in databases:
        names.add("documentdb/reader-hosts")
    if api_keys is not None:
        names |= {*_ROTATED, *(f"api-keys/{name}" for name in api_keys)}
    return tuple(sorted(names))

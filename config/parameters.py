"""What Parameter Store holds for the services, by the end of each name: known before anything is made."""

from collections.abc import Sequence
from typing import Final

_DATABASE: Final = ("host", "port", "username", "password")


def parameter_names(*, postgres_replicas: int, api_keys: Sequence[str]) -> frozenset[str]:
    """All names below `/<project>/<environment>/`, like `postgres/host`."""
    return frozenset(
        {
            *(f"postgres/{fact}" for fact in (*_DATABASE, "database")),
            *(["postgres/reader-hosts"] if postgres_replicas else []),
            *(f"documentdb/{fact}" for fact in (*_DATABASE, "reader-hosts")),
            "jwt/current",
            "jwt/previous",
            *(f"api-keys/{name}" for name in api_keys),
        }
    )

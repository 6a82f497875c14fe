"""Names of the parameters that the layer `data` makes, as services ask for them: `postgres/url`, `jwt/current`."""

from collections.abc import Sequence
from typing import Final

_OF_EVERY_DATABASE: Final = ("host", "port", "username", "password", "url")


def parameter_names(*, replicas: int, api_keys: Sequence[str]) -> tuple[str, ...]:
    """Every name, sorted.

    Args:
        replicas: Read replicas of PostgreSQL.
        api_keys: Names of the API keys.
    """
    names = {f"{database}/{part}" for database in ("postgres", "documentdb") for part in _OF_EVERY_DATABASE}
    names |= {"postgres/database", "documentdb/reader-hosts", "jwt/current", "jwt/previous"}
    names |= {"postgres/reader-hosts"} if replicas else set()
    names |= {f"api-keys/{name}" for name in api_keys}
    return tuple(sorted(names))

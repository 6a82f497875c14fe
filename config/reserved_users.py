"""Names that RDS and DocumentDB refuse for a master user: "a reserved word used by the engine"."""

from typing import Final

_BEGINNINGS: Final = (
    # Roles that PostgreSQL reserves: https://www.postgresql.org/docs/release/9.6.0/
    "pg_",
    # Roles that RDS creates in each database:
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Roles.html
    "rds",
)

# Both engines refuse it: https://github.com/aws/aws-cdk/pull/10597 and https://github.com/aws/aws-cdk/pull/13295
_ADMINISTRATOR: Final = "admin"

# The user with which AWS administers DocumentDB:
# https://docs.aws.amazon.com/documentdb/latest/developerguide/security.managing-users.html
_DOCUMENTDB: Final = "serviceadmin"

# Reserved words of PostgreSQL, and its names for no role and every role:
# https://www.postgresql.org/docs/current/sql-keywords-appendix.html
# https://www.postgresql.org/docs/current/sql-createrole.html
_POSTGRESQL: Final = """
    all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation
    column concurrently constraint create cross current_catalog current_date current_role current_schema current_time
    current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze
    from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like
    limit localtime localtimestamp natural none not notnull null offset on only or order outer overlaps placing primary
    public references returning right select session_user similar some symmetric system_user table tablesample then to
    trailing true union unique user using variadic verbose when where window with
"""

_NAMES: Final = frozenset({_ADMINISTRATOR, _DOCUMENTDB, *_POSTGRESQL.split()})


def is_reserved(user: str) -> bool:
    """Whether an engine reserves the name."""
    return user in _NAMES or user.startswith(_BEGINNINGS)

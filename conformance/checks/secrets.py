"""Parameter Store: credentials, JWT secrets, keys of other APIs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.checks.data import postgres
from conformance.clause import ALL, DEV, clause, instead
from conformance.expect import equals, is_set, mentions
from conformance.paths import item

if TYPE_CHECKING:
    from conformance.view import Seen, View

_LAYER: Final = "data"
_ROTATION: Final = "tests/modules/data/test_jwt_rotation.py"
_ROTATION_DAYS: Final = 30
_STORES: Final = "tests/modules/data/test_role_stores.py"


def _secret(view: View, name: str) -> Seen:
    """A parameter that is encrypted with the platform's own key."""
    found = view.one("aws_ssm_parameter", {"name": mentions(name)}, layer=_LAYER)
    found.require("type", equals("SecureString"))
    found.follow("key_id", to="aws_kms_key")
    found.require("value", equals(None))  # value_wo: a value here would be in the state
    return found


@clause("3.2/14", _STORES, "tests/lambdas/database_roles")
def database_credentials(view: View) -> None:
    """What the backend connects by, written by the function that makes its roles."""
    for name in ("/postgres/backend/url", "/documentdb/backend/url"):
        _secret(view, name).require("value_wo", equals("unset"))
    for database in ("postgres", "documentdb"):
        schedule = view.one("aws_scheduler_schedule", {"name": mentions(f"-{database}-roles")}, layer=_LAYER)
        schedule.require("schedule_expression", is_set())


@clause("3.2/15", _ROTATION, "tests/lambdas/test_jwt_rotation.py")
def jwt_secrets(view: View) -> None:
    """The secret that signs, and the one before."""
    for name in ("/jwt/current", "/jwt/previous"):
        _secret(view, name).require("value_wo", mentions("random_password"))


@clause("3.2/16", "tests/modules/data/test_api_keys.py")
def api_keys(view: View) -> None:
    """A parameter for each key, which a person sets."""
    _secret(view, "/api-keys/email").require("value_wo", equals("unset"))


@clause("2.4/3", "tests/modules/test_parameter.py", "tests/compliance/test_leaks.py")
@clause("6.2/3", "tests/compliance/test_leaks.py")
def only_parameter_store(view: View) -> None:
    """All secrets are parameters."""
    parameter_store(view)
    view.none("aws_secretsmanager_secret", layer=_LAYER)
    postgres(view).require("manage_master_user_password", equals(None))


@instead(
    "2.4/3",
    "6.2/3",
    environments=ALL,
    why=(
        "all secrets of services; the masters' passwords, and those of RDS Proxy, are in Secrets Manager, where AWS "
        "wants them: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html"
    ),
)
def parameter_store_of_services(view: View) -> None:
    """The services' secrets are parameters; those that AWS itself needs are in Secrets Manager."""
    parameter_store(view)
    postgres(view).require("manage_master_user_password", equals(value=True))
    view.one("aws_secretsmanager_secret", {"name": mentions("documentdb")}, layer=_LAYER)
    if view.environment != DEV:
        proxy = view.one("aws_db_proxy", layer=_LAYER)
        proxy.follow("auth", to="aws_secretsmanager_secret")


@clause("1/15", "tests/modules/test_parameter.py")
@clause("3.2/13", "tests/modules/test_parameter.py")
def parameter_store(view: View) -> None:
    """All secrets of services are parameters, and tasks get them by name only."""
    database_credentials(view)
    jwt_secrets(view)
    api_keys(view)
    task = view.one("aws_ecs_task_definition", {"family": mentions("-backend")}, layer="service")
    for variable in ("DATABASE_URL", "DOCUMENTDB_URL", "EMAIL_API_KEY"):
        path = ("container_definitions", item(name="backend"), "secrets", item(name=variable), "valueFrom")
        task.follow(*path, to="aws_ssm_parameter")
    postgres(view).require("password", equals(None))


@clause(
    "6.3/3",
    "tests/examples/test_backend_tokens.py",
    "tests/lambdas/test_jwt_rotation.py",
    _ROTATION,
    note="the platform rotates the secret, and names issuer and audience; the application validates tokens by them",
)
def jwt_rotation(view: View) -> None:
    """A new secret every 30 days, the one before stays valid; the backend knows where both are."""
    schedule = view.one("aws_scheduler_schedule", {"name": mentions("-jwt-rotation")}, layer=_LAYER)
    schedule.require("schedule_expression", equals(f"rate({_ROTATION_DAYS} days)"))
    schedule.follow("target", "arn", to="aws_lambda_function")
    jwt_secrets(view)
    task = view.one("aws_ecs_task_definition", {"family": mentions("-backend")}, layer="service")
    environment = ("container_definitions", item(name="backend"), "environment")
    task.require(*environment, item(name="JWT_CURRENT_PARAMETER"), "value", mentions("/jwt/current"))
    task.require(*environment, item(name="JWT_PREVIOUS_PARAMETER"), "value", mentions("/jwt/previous"))
    task.require(*environment, item(name="JWT_AUDIENCE"), "value", is_set())
    task.require(*environment, item(name="JWT_ISSUER"), "value", mentions("https://"))

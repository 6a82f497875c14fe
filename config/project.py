"""The name of the project, the start of all names in all environments, from environments/project.toml."""

from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, WithJsonSchema

from config.aws import NAME_PATTERN, validate_name
from config.database_roles import AUDIT_OWNER, OWNER, login_names
from config.errors import ConfigError, Problem
from config.model import Model
from config.names import MAX_PROJECT_LENGTH, database_user
from config.reserved_users import is_reserved
from config.toml import load_model

PROJECT_FILE: Final = "project.toml"

_RESERVED_BEGINNINGS: Final = (
    # https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
    ("aws", "Parameter Store"),
    ("ssm", "Parameter Store"),
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html: "xn--" is refused too, and has two
    # hyphens; its reserved endings do not matter, because every bucket's name ends in the account id.
    ("sthree-", "S3"),
    ("amzn-s3-demo-", "S3"),
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
    ("sg-", "EC2, for security groups,"),
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
    ("internal-", "Elastic Load Balancing"),
)
"""Starts that an AWS service refuses in names, and the service."""


_OWN_USERS: Final = frozenset({OWNER, *login_names(OWNER), AUDIT_OWNER})
"""Users that every database has besides its master."""


def validate_project_name(value: str) -> str:
    """Return the name if all names that contain it are valid too."""
    validate_name(value, what="project name", max_length=MAX_PROJECT_LENGTH)
    for beginning, service in _RESERVED_BEGINNINGS:
        if f"{value}-".startswith(beginning):
            message = f'must not start with "{beginning}", because {service} refuses such names; use another name'
            raise ValueError(message)
    user = database_user(value)
    if is_reserved(user):
        message = f'makes "{user}" the master user of the databases, which is a reserved name; use another name'
        raise ValueError(message)
    if user in _OWN_USERS:
        message = f'makes "{user}" the master user of the databases, which have another "{user}"; use another name'
        raise ValueError(message)
    return value


ProjectName = Annotated[
    str,
    AfterValidator(validate_project_name),
    WithJsonSchema({"type": "string", "pattern": f"^{NAME_PATTERN}$", "maxLength": MAX_PROJECT_LENGTH}),
]
"""Lowercase letters, digits and single hyphens."""


class ProjectSettings(Model):
    """The settings that are the same for every environment."""

    name: ProjectName
    """The start of all resource names; a new name replaces all resources, so choose it before the first apply."""


def load_project(folder: Path) -> str:
    """Read the name of the project.

    Raises:
        ConfigError: The file is missing or not valid; with every problem of it.
    """
    file = folder / PROJECT_FILE
    if not file.exists():
        allowed = 'is missing; create it with one line, like name = "acme-shop": the start of all names'
        raise ConfigError(Problem(key="", allowed=allowed), file=file)
    return load_model(ProjectSettings, file).name

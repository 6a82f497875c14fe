"""The project's name, which all names in all environments start with: environments/project.toml has it."""

from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, WithJsonSchema

from config.aws import NAME_PATTERN, validate_name
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
    # hyphens; its reserved endings are no matter, since every bucket's name ends in the account's id.
    ("sthree-", "S3"),
    ("amzn-s3-demo-", "S3"),
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
    ("sg-", "EC2, for security groups,"),
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
    ("internal-", "Elastic Load Balancing"),
)
"""What no name of a service may begin with, and the service that refuses it."""


def validate_project_name(value: str) -> str:
    """Return the name if everything that is made of it has a valid name too."""
    validate_name(value, what="project name", max_length=MAX_PROJECT_LENGTH)
    for beginning, service in _RESERVED_BEGINNINGS:
        if f"{value}-".startswith(beginning):
            message = f'begins with "{beginning}", and {service} refuses names that do; choose another beginning'
            raise ValueError(message)
    user = database_user(value)
    if is_reserved(user):
        message = f'makes "{user}" the master user of the databases, which is reserved there; choose another name'
        raise ValueError(message)
    return value


ProjectName = Annotated[
    str,
    AfterValidator(validate_project_name),
    WithJsonSchema({"type": "string", "pattern": f"^{NAME_PATTERN}$", "maxLength": MAX_PROJECT_LENGTH}),
]
"""Lowercase letters, digits and single hyphens."""


class ProjectSettings(Model):
    """What holds for every environment."""

    name: ProjectName
    """What the names of all resources start with; another name means other resources, so choose it before the first."""


def load_project(folder: Path) -> str:
    """The project's name, from a folder of environments.

    Raises:
        ConfigError: when the file is missing, or with every problem of it.
    """
    file = folder / PROJECT_FILE
    if not file.exists():
        allowed = 'is missing; write it with one line, like name = "acme-shop": all names start with that'
        raise ConfigError(Problem(key="", allowed=allowed), file=file)
    return load_model(ProjectSettings, file).name

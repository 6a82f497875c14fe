"""Parameters, as Parameter Store describes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3

    from config.environment import Environment

# What AWS takes for a value that is written without a key:
# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html (KeyId)
_DEFAULT_KEY = "alias/aws/ssm"


def check_no_parameter_has_the_default_key(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """Terraform ignores the key after it has created a parameter, so no plan shows another one."""
    path = environment.names.path("")
    names = [{"Key": "Name", "Option": "BeginsWith", "Values": [path]}]
    pages = session.client("ssm").get_paginator("describe_parameters").paginate(ParameterFilters=names)
    found = [parameter for page in pages for parameter in page["Parameters"]]
    if not found and (environment.secrets or environment.postgres or environment.documentdb):
        yield f"there is no parameter in {path}"
    for parameter in found:
        if parameter.get("Type") != "SecureString" or parameter.get("KeyId") == _DEFAULT_KEY:
            yield f"{parameter.get('Name')} is not encrypted with the environment's key: see `make secrets`"

"""Roles that belong to a service: moto spells AWS Config's name in lowercase letters."""

from moto.iam.models import SERVICE_NAME_CONVERSION

# AWSServiceRoleForConfig, https://docs.aws.amazon.com/config/latest/developerguide/using-service-linked-roles.html
SERVICE_NAME_CONVERSION["config"] = "Config"

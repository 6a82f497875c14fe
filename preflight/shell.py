"""The credentials of the shell, as the SDK finds them."""

from __future__ import annotations

import os

import boto3
import botocore.session

from runner.environment import is_emulator


def shell_session() -> boto3.Session:
    """The caller's credentials; as for Terraform, an `endpoint_url` of a profile is obeyed on the emulator only."""
    core = botocore.session.get_session()
    if not is_emulator(os.environ):
        core.set_config_variable("ignore_configured_endpoint_urls", True)
    return boto3.Session(botocore_session=core)

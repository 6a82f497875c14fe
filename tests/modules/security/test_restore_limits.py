"""The roles of restore drills use keys through the services that they call, and in no other way."""

from __future__ import annotations

import json

import pytest

from compliance.evaluation import Request, is_allowed
from modules.policy import render_statements
from modules.security.restore_limits import restore_limits
from tests.template import LABEL

KEY = "arn:aws:kms:us-west-2:444444444444:key/1"
FUNCTION = "arn:aws:lambda:us-west-2:444444444444:function:user-management-{}-restore-check"
VIA, OF = "kms:ViaService", "kms:EncryptionContext:aws:lambda:FunctionArn"


def may(action: str, **context: str) -> bool:
    limits = json.loads(render_statements(*restore_limits(LABEL)))["Statement"]
    sent = {key.lower(): [value] for key, value in context.items()}
    anything = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
    return is_allowed(Request(action=action, resource=KEY, context=sent), identity=anything, boundary=limits)


@pytest.mark.parametrize("service", ["rds", "sns", "sqs"])
def test_keys_are_used_through_the_services_that_restore_and_notify(service: str) -> None:
    assert may("kms:Decrypt", **{VIA: f"{service}.us-west-2.amazonaws.com"})
    assert may("kms:GenerateDataKey", **{VIA: f"{service}.us-west-2.amazonaws.com"})


def test_keys_are_used_in_no_other_way() -> None:
    assert not may("kms:Decrypt")
    assert not may("kms:Decrypt", **{VIA: "s3.us-west-2.amazonaws.com"})
    assert not may("kms:CreateGrant", **{VIA: "rds.us-west-2.amazonaws.com"})


def test_the_variables_of_its_own_functions_can_be_read() -> None:
    assert may("kms:Decrypt", **{OF: FUNCTION.format("test")})
    assert not may("kms:Decrypt", **{OF: FUNCTION.format("prod")})
    assert not may("kms:Encrypt", **{OF: FUNCTION.format("test")})

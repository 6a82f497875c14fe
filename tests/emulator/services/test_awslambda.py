from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def test_destinations_of_failed_calls_and_logs_are_stored_and_can_be_changed(client: Client) -> None:
    role = client("iam").create_role(RoleName="kept", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("handler.py", "")
    logs = {"LogFormat": "JSON", "LogGroup": "/aws/lambda/kept"}
    client("lambda").create_function(
        FunctionName="kept",
        Runtime="python3.13",
        Handler="handler.handler",
        Role=role,
        Code={"ZipFile": code.getvalue()},
        DeadLetterConfig={"TargetArn": "arn:aws:sqs:us-east-1:123456789012:first"},
        LoggingConfig=logs,
    )
    second = {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:second"}
    client("lambda").update_function_configuration(FunctionName="kept", DeadLetterConfig=second)

    with pytest.raises(ClientError, match=r"UnreservedConcurrentExecution below its minimum value of \[10\]"):
        client("lambda").put_function_concurrency(FunctionName="kept", ReservedConcurrentExecutions=1)
    client("lambda").put_function_concurrency(FunctionName="kept", ReservedConcurrentExecutions=0)

    returned = client("lambda").get_function(FunctionName="kept")["Configuration"]
    assert (returned["DeadLetterConfig"], returned["LoggingConfig"]) == (second, logs)


def test_the_limits_of_an_account_know_what_is_reserved(client: Client) -> None:
    functions = client("lambda", account="900000000092")

    limits = functions.get_account_settings()["AccountLimit"]

    assert (limits["ConcurrentExecutions"], limits["UnreservedConcurrentExecutions"]) == (10, 10)

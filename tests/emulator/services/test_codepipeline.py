from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.emulator.raw import raw_answer

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


def test_a_pipelines_timestamps_are_numbers(client: Client) -> None:
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "codepipeline.amazonaws.com"}}]}
    role = client("iam").create_role(RoleName="pipeline", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    kind = {"owner": "AWS", "version": "1"}
    source = {"category": "Source", "provider": "S3", **kind}
    build = {"category": "Build", "provider": "CodeBuild", **kind}
    client("codepipeline").create_pipeline(
        pipeline={
            "name": "app",
            "roleArn": role["Arn"],
            "artifactStore": {"type": "S3", "location": "artifacts"},
            "stages": [
                {"name": "source", "actions": [{"name": "source", "actionTypeId": source}]},
                {"name": "build", "actions": [{"name": "build", "actionTypeId": build}]},
            ],
        }
    )

    metadata = raw_answer(client("codepipeline"), "get_pipeline", name="app")["metadata"]
    assert isinstance(metadata["created"], int | float)
    assert isinstance(metadata["updated"], int | float)

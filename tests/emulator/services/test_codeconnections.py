from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


@pytest.mark.parametrize("service", ["codeconnections", "codestar-connections"])
def test_a_connection_is_pending_until_a_person_confirms_it(client: Client, service: str) -> None:
    connections = client(service)
    tags = [{"Key": "a", "Value": "1"}]
    arn = connections.create_connection(ConnectionName="code", ProviderType="GitHub", Tags=tags)["ConnectionArn"]

    assert connections.get_connection(ConnectionArn=arn)["Connection"]["ConnectionStatus"] == "PENDING"
    assert connections.list_tags_for_resource(ResourceArn=arn)["Tags"] == tags
    assert arn in [one["ConnectionArn"] for one in connections.list_connections()["Connections"]]
    connections.delete_connection(ConnectionArn=arn)
    with pytest.raises(ClientError, match="not found"):
        connections.get_connection(ConnectionArn=arn)

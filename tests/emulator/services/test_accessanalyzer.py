from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


def test_an_analyzer_is_stored_tagged_and_deleted(client: Client) -> None:
    analyzer = client("accessanalyzer")
    arn = analyzer.create_analyzer(analyzerName="own", type="ACCOUNT", tags={"a": "1"})["arn"]
    analyzer.tag_resource(resourceArn=arn, tags={"b": "2"})
    analyzer.untag_resource(resourceArn=arn, tagKeys=["a"])

    assert arn == "arn:aws:access-analyzer:us-east-1:123456789012:analyzer/own"
    assert analyzer.get_analyzer(analyzerName="own")["analyzer"]["tags"] == {"b": "2"}
    assert analyzer.list_tags_for_resource(resourceArn=arn)["tags"] == {"b": "2"}
    analyzer.delete_analyzer(analyzerName="own")
    assert analyzer.list_analyzers()["analyzers"] == []


def test_a_second_analyzer_of_the_same_name_is_refused(client: Client) -> None:
    analyzer = client("accessanalyzer", region="us-west-2")
    analyzer.create_analyzer(analyzerName="twice", type="ACCOUNT")

    with pytest.raises(ClientError, match="ConflictException"):
        analyzer.create_analyzer(analyzerName="twice", type="ACCOUNT")


def test_a_second_analyzer_of_the_account_is_refused(client: Client) -> None:
    analyzer = client("accessanalyzer", account="900000000089")
    analyzer.create_analyzer(analyzerName="first", type="ACCOUNT")

    with pytest.raises(ClientError, match="ServiceQuotaExceededException"):
        analyzer.create_analyzer(analyzerName="second", type="ACCOUNT")
    analyzer.create_analyzer(analyzerName="unused", type="ACCOUNT_UNUSED_ACCESS")


def test_a_missing_analyzer_is_a_404(client: Client) -> None:
    with pytest.raises(ClientError) as missing:
        client("accessanalyzer").get_analyzer(analyzerName="none")

    assert missing.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    assert missing.value.response["Error"]["Code"] == "ResourceNotFoundException"

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


def test_a_slack_channel_is_stored_changed_tagged_and_deleted(client: Client) -> None:
    chatbot = client("chatbot", region="us-east-2")
    channel = chatbot.create_slack_channel_configuration(
        SlackTeamId="T0123456789",
        SlackChannelId="C0123456789",
        IamRoleArn="arn:aws:iam::123456789012:role/chat",
        ConfigurationName="alerts",
        Tags=[{"TagKey": "a", "TagValue": "1"}],
    )["ChannelConfiguration"]
    arn = channel["ChatConfigurationArn"]
    chatbot.update_slack_channel_configuration(
        ChatConfigurationArn=arn, SlackChannelId="C0123456789", LoggingLevel="ERROR"
    )
    chatbot.tag_resource(ResourceARN=arn, Tags=[{"TagKey": "b", "TagValue": "2"}])
    chatbot.untag_resource(ResourceARN=arn, TagKeys=["a"])

    found = chatbot.describe_slack_channel_configurations(ChatConfigurationArn=arn)
    assert found["SlackChannelConfigurations"][0]["LoggingLevel"] == "ERROR"
    assert found["SlackChannelConfigurations"][0]["Tags"] == [{"TagKey": "b", "TagValue": "2"}]
    chatbot.delete_slack_channel_configuration(ChatConfigurationArn=arn)
    assert chatbot.describe_slack_channel_configurations()["SlackChannelConfigurations"] == []

"""AWS Chatbot: moto has no backend for it."""

from __future__ import annotations

from emulator.errors import AwsError
from emulator.registry import Context, operation
from emulator.store import Kind, Scope, Shape
from emulator.tagging import tag_operations, to_list, to_map

CHANNELS: Kind[Shape] = Kind(
    "slack channel",
    missing="ResourceNotFoundException",
    message="Could not find a Slack channel configuration {key}",
    scope=Scope.ACCOUNT,
)

_PAIR = ("TagKey", "TagValue")
_DEFAULT_GUARDRAIL = "arn:aws:iam::aws:policy/AdministratorAccess"

tag_operations("chatbot", arn="ResourceARN", pair=_PAIR)


@operation("chatbot", "CreateSlackChannelConfiguration")
def create_slack_channel(params: Shape, context: Context) -> Shape:
    """Store the channel with AWS's defaults."""
    name = params["ConfigurationName"]
    arn = context.arn(f"chat-configuration/slack-channel/{name}", region="")
    if arn in context.table(CHANNELS):
        raise AwsError(code="ConflictException", message=f"Configuration {name} already exists.")
    channel = {
        "SlackTeamName": params["SlackTeamId"],
        "SlackTeamId": params["SlackTeamId"],
        "SlackChannelId": params["SlackChannelId"],
        "SlackChannelName": params.get("SlackChannelName") or params["SlackChannelId"],
        "ChatConfigurationArn": arn,
        "IamRoleArn": params["IamRoleArn"],
        "SnsTopicArns": params.get("SnsTopicArns") or [],
        "ConfigurationName": name,
        "LoggingLevel": params.get("LoggingLevel") or "NONE",
        "GuardrailPolicyArns": params.get("GuardrailPolicyArns") or [_DEFAULT_GUARDRAIL],
        "UserAuthorizationRequired": bool(params.get("UserAuthorizationRequired")),
        "State": "ENABLED",
    }
    context.table(CHANNELS)[arn] = channel
    context.tags(arn).update(to_map(params.get("Tags"), *_PAIR))
    return {"ChannelConfiguration": _with_tags(channel, context)}


@operation("chatbot", "UpdateSlackChannelConfiguration")
def update_slack_channel(params: Shape, context: Context) -> Shape:
    """Change the given members."""
    channel = context.table(CHANNELS).require(params["ChatConfigurationArn"])
    channel.update(params)
    return {"ChannelConfiguration": _with_tags(channel, context)}


@operation("chatbot", "DescribeSlackChannelConfigurations")
def describe_slack_channels(params: Shape, context: Context) -> Shape:
    """List the channels, or the named one."""
    wanted = params.get("ChatConfigurationArn")
    channels = [one for arn, one in context.table(CHANNELS).items() if wanted in {None, arn}]
    return {"SlackChannelConfigurations": [_with_tags(one, context) for one in channels]}


@operation("chatbot", "DeleteSlackChannelConfiguration")
def delete_slack_channel(params: Shape, context: Context) -> Shape:
    """Delete the channel and its tags."""
    context.table(CHANNELS).remove(params["ChatConfigurationArn"])
    context.store.forget_tags(params["ChatConfigurationArn"])
    return {}


def _with_tags(channel: Shape, context: Context) -> Shape:
    return {**channel, "Tags": to_list(context.tags(channel["ChatConfigurationArn"]), *_PAIR)}

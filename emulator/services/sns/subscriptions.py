"""Subscriptions: moto accepts any endpoint, confirms what only a person can, and posts to real addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from moto.core.responses import ActionResult
from moto.sns.models import SNSBackend, Subscription, sns_backends
from moto.sns.responses import SNSResponse

from emulator.arns import parse_arn
from emulator.errors import AwsError
from emulator.registry import Context, guard, operation, patch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.store import Shape

# The format of an endpoint, and AWS's message if it is not valid; moto checks phone numbers.
# https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
_ADDRESS = (r"[^@\s;,]+@[^@\s;,]+", "Email address")
_ENDPOINTS = {
    "application": (r"arn:[\w-]+:sns:.+:endpoint/.+", "ApplicationEndpoint ARN"),
    "email": _ADDRESS,
    "email-json": _ADDRESS,
    "firehose": (r"arn:[\w-]+:firehose:.+", "Firehose endpoint ARN"),
    "http": (r"http://.+", "Endpoint must match the specified protocol"),
    "https": (r"https://.+", "Endpoint must match the specified protocol"),
    "lambda": (r"arn:[\w-]+:lambda:.+", "Lambda endpoint ARN"),
    "sms": (r".*", ""),
    "sqs": (r"arn:[\w-]+:sqs:.+", "SQS endpoint ARN"),
}
_CONFIRMED_BY_A_PERSON = ("email", "email-json")
_POSTED = ("http", "https")
_PENDING = "PendingConfirmation"


@guard("sns", "Subscribe")
def refuse_subscription(params: Shape, context: Context) -> None:
    """Refuse a topic of another region, an unknown protocol, and an endpoint that does not match the protocol.

    https://github.com/localstack/localstack/blob/main/tests/aws/services/sns/test_sns.snapshot.json has AWS's responses
    about the protocol, queues and topics.
    """
    for problem in _problems(params, context):
        raise AwsError(code="InvalidParameter", message=f"Invalid parameter: {problem}")


@guard("sns", "Unsubscribe")
def refuse_while_pending(params: Shape, context: Context) -> None:
    """Refuse to delete a subscription that is not confirmed: AWS deletes it after two days, or with its topic.

    https://docs.aws.amazon.com/sns/latest/dg/sns-delete-subscription-topic.html
    https://github.com/go-to-k/cdkd/issues/1301 has AWS's message.
    """
    subscription = context.backend(sns_backends).subscriptions.get(params["SubscriptionArn"])
    if subscription is not None and _is_pending(subscription):
        raise AwsError(
            code="InvalidParameter",
            message=(
                "Invalid parameter: SubscriptionArn Reason: "
                "Cannot unsubscribe a subscription that is pending confirmation"
            ),
        )


@patch(SNSBackend, "subscribe")
def await_confirmation(original: Any, backend: Any, topic_arn: str, endpoint: str, protocol: str) -> Any:
    """Create an email subscription as pending confirmation; an https endpoint confirms at once."""
    known = set(backend.subscriptions)
    subscription = original(backend, topic_arn, endpoint, protocol)
    if subscription.arn not in known and protocol in _CONFIRMED_BY_A_PERSON:
        subscription.attributes.update({_PENDING: True, "ConfirmationWasAuthenticated": False})
    return subscription


@patch(SNSResponse, "subscribe")
def hide_pending_arn(original: Any, response: Any) -> Any:
    """Return the ARN of a pending subscription only if it is requested.

    https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
    """
    answer = original(response)
    subscription = response.backend.subscriptions[answer.result["SubscriptionArn"]]
    if _is_pending(subscription) and not response._get_param("ReturnSubscriptionArn"):  # noqa: SLF001  moto's only way
        return ActionResult({"SubscriptionArn": "pending confirmation"})
    return answer


@patch(Subscription, "publish")
def deliver_inside(original: Any, subscription: Any, *args: Any, **kwargs: Any) -> None:
    """Deliver to emulated services only; moto would post to the real address of an http endpoint."""
    if subscription.protocol not in _POSTED:
        original(subscription, *args, **kwargs)


@operation("sns", "ConfirmSubscription")
def confirm(params: Shape, context: Context) -> Shape:
    """Confirm a subscription; moto answers with a constant ARN.

    No email with a token is sent, so the token is the last part of the subscription's ARN.
    """
    backend = context.backend(sns_backends)
    topic = backend.get_topic(params["TopicArn"])
    subscription = backend.subscriptions.get(f"{topic.arn}:{params['Token']}")
    if subscription is None:
        raise AwsError(code="InvalidParameter", message="Invalid parameter: Token")
    subscription.attributes.update({_PENDING: False, "ConfirmationWasAuthenticated": True})
    return {"SubscriptionArn": subscription.arn}


@operation("sns", "ListSubscriptions", "ListSubscriptionsByTopic")
def list_subscriptions(params: Shape, context: Context) -> Shape:
    """List subscriptions; in AWS's list, a pending one has no ARN."""
    backend, page = context.backend(sns_backends), params.get("NextToken")
    if "TopicArn" in params:
        found, following = backend.list_subscriptions_by_topic(params["TopicArn"], next_token=page)
    else:
        found, following = backend.list_subscriptions(next_token=page)
    listed = [
        {
            "SubscriptionArn": _PENDING if _is_pending(one) else one.arn,
            "Owner": one.owner,
            "Protocol": one.protocol,
            "Endpoint": one.endpoint,
            "TopicArn": one.topic.arn,
        }
        for one in found
    ]
    return {"Subscriptions": listed, "NextToken": None if following is None else str(following)}


def _problems(params: Shape, context: Context) -> Iterator[str]:
    topic = parse_arn(params["TopicArn"])
    if topic is None or topic.region != context.region:
        yield "TopicArn"
    protocol, endpoint = params["Protocol"], params.get("Endpoint") or ""
    if protocol not in _ENDPOINTS:
        yield f"Amazon SNS does not support this protocol string: {protocol}"
        return
    form, words = _ENDPOINTS[protocol]
    if not re.fullmatch(form, endpoint):
        yield words


def _is_pending(subscription: Any) -> bool:
    return bool(subscription.attributes[_PENDING])

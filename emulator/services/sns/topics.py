"""Topics: moto returns an existing topic that differs from the request, and publishes without the topic's key."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from moto.core.utils import camelcase_to_underscores
from moto.sns.models import sns_backends
from moto.sns.responses import SNSResponse

from emulator.arns import parse_arn
from emulator.errors import AwsError
from emulator.keys import key_exists, key_state
from emulator.registry import Context, guard, patch
from emulator.tagging import to_map

if TYPE_CHECKING:
    from collections.abc import Callable

    from moto.core.responses import ActionResult

    from emulator.store import Shape

_DISABLED = "Disabled"
_KEPT_AND_NOT_SHOWN = ("SignatureVersion", "TracingConfig")


@guard("sns", "CreateTopic")
def refuse_other_topic_of_same_name(params: Shape, context: Context) -> None:
    """Refuse the name of a topic with other attributes or tags; with the same ones, AWS returns that topic.

    https://github.com/localstack/localstack/blob/main/tests/aws/services/sns/test_sns.snapshot.json has AWS's responses
    for test_create_topic_different_attrs and test_create_duplicate_topic_with_more_tags.
    """
    topic = context.backend(sns_backends).topics.get(context.arn(params["Name"]))
    if topic is None:
        return
    differing = []
    if any(_differs(topic, name, value) for name, value in (params.get("Attributes") or {}).items()):
        differing.append("Attributes")
    if to_map(params.get("Tags")).items() - topic._tags.items():  # noqa: SLF001  moto's only way to them
        differing.append("Tags")
    for member in differing:
        message = f"Invalid parameter: {member} Reason: Topic already exists with different {member.lower()}"
        raise AwsError(code="InvalidParameter", message=message)


@guard("sns", "Publish", "PublishBatch")
def refuse_unusable_key(params: Shape, context: Context) -> None:
    """Refuse to publish to a topic whose KMS key cannot be used; AWS does not check the key before.

    https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
    """
    arn = parse_arn(params.get("TopicArn") or params.get("TargetArn") or "")
    topic = sns_backends[arn.account][context.region].topics.get(":".join(("arn", *arn))) if arn else None
    if arn is None or topic is None or not topic.kms_master_key_id:
        return
    key, owner = topic.kms_master_key_id, replace(context, account=arn.account)
    if key_exists(key, owner):
        return
    state = key_state(key, owner)
    if state is None:
        raise AwsError(
            code="KMSNotFound", message=f"Key '{key}' of topic {topic.name} does not exist in {context.region}"
        )
    code = "KMSDisabled" if state == _DISABLED else "KMSInvalidState"
    raise AwsError(code=code, message=f"Key '{key}' of topic {topic.name} must be Enabled, and is {state}.")


@patch(SNSResponse, "get_topic_attributes")
def return_stored_attributes(original: Callable[..., ActionResult], response: SNSResponse) -> ActionResult:
    """Return the attributes that moto stores but does not return."""
    result = original(response)
    attributes: dict[str, Any] = result.result["Attributes"]  # type: ignore[index]  # moto gives it no type
    topic = response.backend.get_topic(response._get_param("TopicArn"))  # noqa: SLF001  moto's only way to it
    for attribute in _KEPT_AND_NOT_SHOWN:
        value = getattr(topic, camelcase_to_underscores(attribute), None)
        if value is not None:
            attributes[attribute] = value
    return result


def _differs(topic: Any, name: str, value: str) -> bool:
    held = getattr(topic, camelcase_to_underscores(name), "")
    if name == "Policy":
        return bool(json.loads(held) != json.loads(value))
    return bool((str(held).lower() if isinstance(held, bool) else held) != value)

"""SNS, SQS and EventBridge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pricing.charge import Charge, Gap, Item, Site, prices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pricing.resource import Billable


@prices("aws_sns_topic")
def topic(resource: Billable, site: Site) -> Iterator[Item]:
    """Messages to its receivers by email; those to functions and queues are free."""
    if resource.is_on("fifo_topic"):
        yield Gap(component="SNS", reason="a FIFO topic has no price")
        return
    subscriptions = site.inventory.referring(resource, "topic_arn", "aws_sns_topic_subscription")
    receivers = sum(each.text("protocol").startswith("email") for each in subscriptions)
    if receivers:
        emails = receivers * site.usage.emails / 100_000
        yield Charge(component="SNS", price="topic_emails", quantity=emails, is_usage=True)


@prices("aws_sqs_queue")
def queue(resource: Billable, site: Site) -> Iterator[Item]:
    """A queue of failed events is read once a minute at most: the first million of requests of an account is free."""
    price = "queue_requests_fifo" if resource.is_on("fifo_queue") else "queue_requests"
    yield Charge(component="SQS", price=price, quantity=site.usage.function_runs / 1e6, is_usage=True)


@prices("aws_scheduler_schedule")
def schedule(resource: Billable, site: Site) -> Iterator[Item]:  # noqa: ARG001 (all have these parameters)
    """Its calls: one each minute would be 43,800, and 14 million of an account are free."""
    yield Charge(
        component="EventBridge", price="scheduler_runs", quantity=site.usage.function_runs / 1e6, is_usage=True
    )


@prices("aws_cloudwatch_event_bus", "aws_cloudwatch_event_archive", "aws_pipes_pipe")
def bus(resource: Billable, site: Site) -> Iterator[Item]:  # noqa: ARG001
    """Charged by events, which no assumption names."""
    if resource.text("name") != "default":
        yield Gap(component="EventBridge", reason=f"{resource.kind} has no price")

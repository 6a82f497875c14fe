"""Amazon SNS: moto takes any policy and any endpoint, and has every subscription confirmed at once."""

from emulator.services.sns import subscriptions, topic_policies, topics

__all__ = ["subscriptions", "topic_policies", "topics"]

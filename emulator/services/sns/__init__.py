"""Amazon SNS: moto accepts any policy and endpoint, and confirms every subscription at once."""

from emulator.services.sns import subscriptions, topic_policies, topics

__all__ = ["subscriptions", "topic_policies", "topics"]

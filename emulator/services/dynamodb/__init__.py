"""Amazon DynamoDB: moto has no replicas, which make a table a global one (version 2019.11.21).

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GlobalTables.html
"""

from emulator.services.dynamodb import replica_refusals, replicas

__all__ = ["replica_refusals", "replicas"]

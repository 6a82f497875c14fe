"""AWS Lambda: what moto drops, refuses too little, or does not run."""

from emulator.functions import connections
from emulator.services.awslambda import configuration, invocations, vpc

__all__ = ["configuration", "connections", "invocations", "vpc"]

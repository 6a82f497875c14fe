"""AWS Lambda: what moto drops, refuses too little, or does not run."""

from emulator.services.awslambda import configuration, invocations, vpc

__all__ = ["configuration", "invocations", "vpc"]

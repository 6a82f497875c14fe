"""Replication of S3: moto stores a part of the document, accepts what S3 refuses, and copies nothing."""

from emulator.services.s3_replication import changes, documents

__all__ = ["changes", "documents"]

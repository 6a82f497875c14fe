"""Whom the function trusts: RDS's authorities in its region, and the system's, from which a proxy has its certificate.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.howitworks.html#rds-proxy-security.tls
"""

from __future__ import annotations

import ssl
import tempfile
from pathlib import Path


def trusting(authorities: Path) -> ssl.SSLContext:
    """A context for clients that verifies the server's certificate and its name."""
    context = ssl.create_default_context()
    context.load_verify_locations(authorities)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Python 3.13 sets this by default, and then refuses certificates that other clients accept:
    # https://github.com/python/cpython/issues/138193
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def bundle(authorities: Path) -> Path:
    """A file with the certificates of both, for a driver that takes only a file."""
    system = ssl.get_default_verify_paths().cafile
    texts = [authorities.read_text(encoding="utf-8")]
    if system and Path(system).is_file():
        texts.append(Path(system).read_text(encoding="utf-8"))
    with tempfile.NamedTemporaryFile("w", suffix=".pem", delete=False, encoding="utf-8") as file:
        file.write("\n".join(texts))
    return Path(file.name)

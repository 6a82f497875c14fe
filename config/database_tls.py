"""The file of certificate authorities that a client of the databases needs, in every image that uses one.

Databases present a certificate of RDS's own authorities, the proxy of PostgreSQL one of Amazon's public authorities. A
client that is given a file of authorities trusts no other, so the file must have both kinds; docs/services.md says how
an image gets it.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.howitworks.html#rds-proxy-security.tls
"""

from typing import Final

CA_FILE: Final = "/etc/ssl/certs/databases.pem"
"""The path of the file in the image."""

CA_VARIABLE: Final = "NODE_EXTRA_CA_CERTS"
"""The variable by which Node.js trusts the file's authorities besides its own; others take them from the url.

https://nodejs.org/api/cli.html#node_extra_ca_certsfile
"""

"""The DNS zone and the certificates."""

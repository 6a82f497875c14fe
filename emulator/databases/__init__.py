"""Servers that speak the databases' own protocols, for code that signs in to them."""

"""Databases, and the secrets that services need."""

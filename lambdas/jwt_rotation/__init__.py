"""Rotation of the JWT signing secret."""

"""Runbooks: one page per situation and environment, with the names that synthesis has given."""

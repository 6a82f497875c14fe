"""Reads an account before the first apply and reports what would make the apply fail; it changes nothing."""

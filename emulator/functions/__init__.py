"""Runs the code of Lambda functions, each call in a process of its own."""

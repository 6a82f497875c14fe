"""Tests a new version of a service on the test listener, before users see it."""

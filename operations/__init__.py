"""Day 2 for people: a tunnel to a database, the logs of services, and what runs."""

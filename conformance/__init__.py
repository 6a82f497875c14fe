"""The design of the platform, clause by clause: where the synthesized JSON meets it, and where it differs and why."""

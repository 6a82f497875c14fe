"""Who is notified of alarms."""

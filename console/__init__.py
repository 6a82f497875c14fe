"""What every command line of the project shares: tables and numbers."""

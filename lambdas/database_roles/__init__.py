"""Makes the roles of a database and their passwords, and replaces the passwords in turn."""

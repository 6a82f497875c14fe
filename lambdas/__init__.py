"""Code that runs in AWS Lambda: a folder each, the standard library and boto3, for database_roles also its drivers."""

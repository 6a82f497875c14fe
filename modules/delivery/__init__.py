"""The pipeline that builds, tests and deploys the services."""

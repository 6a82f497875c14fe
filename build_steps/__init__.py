"""What the steps of a pipeline run in CodeBuild, where shell is too weak: the standard library and the AWS CLI only.

The layer `delivery` puts these files into a bucket, each buildspec fetches them, and `python3 -m build_steps.<name>` is
a step. A step that cannot be done ends with one line that says what is wrong and what to do.
"""

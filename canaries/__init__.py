"""Scripts that CloudWatch Synthetics runs, each in one file that needs only Python and the library of Synthetics."""

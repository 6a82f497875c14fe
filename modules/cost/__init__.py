"""Budget, reports of unusual costs, tags for the bill, and the sleep schedule."""

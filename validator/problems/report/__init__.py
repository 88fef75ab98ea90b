"""``python -m validator.problems.report``: thousands of problems made and proven, and what came of them in a table."""

"""One module a figure; each has ``measure(quick)``."""

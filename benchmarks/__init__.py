"""Our figures beside our peers'; each by one command."""

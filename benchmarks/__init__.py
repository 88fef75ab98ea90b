"""Our figures beside our peers'; each by one command, both sides measured in turn in one run."""

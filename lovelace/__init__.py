"""The front door of Lovelace: one command with a sub-command for each service."""

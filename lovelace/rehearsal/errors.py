"""What can go wrong in a rehearsal that is none of its parts' doing.

RehearsalError      the network could not be set up, or its outcome not be written
"""


class RehearsalError(Exception):
    """The network could not be set up, or its outcome not be written."""

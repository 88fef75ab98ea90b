"""What can go wrong in a rehearsal that is none of its parts' doing.

RehearsalError      the network could not be set up as asked
"""


class RehearsalError(Exception):
    """The network could not be set up as asked."""

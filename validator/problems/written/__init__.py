"""Problems that a model writes: used only if running proves them, and kept as data; see docs/design/problems.md.

``write`` asks a server and proves what it says, ``read`` gives the kept ones back as ``Made``.
"""

from validator.problems.written.keeping import as_made, read
from validator.problems.written.protocol import Kept, Reason, Refusal, Written
from validator.problems.written.writing import Authors, write

__all__ = ["Authors", "Kept", "Reason", "Refusal", "Written", "as_made", "read", "write"]

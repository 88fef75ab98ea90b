"""How tangled a program is, by numbers that its layout, names and comments do not change.

``measure`` parses in this process: what strangers wrote is for ``evaluator.extraction.apart.reader``.
"""

from evaluator.metrics.measuring import LONGEST, Unmeasurable, measure
from evaluator.metrics.syntax import load

__all__ = ["LONGEST", "Unmeasurable", "load", "measure"]

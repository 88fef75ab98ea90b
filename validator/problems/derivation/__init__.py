"""Problems derived from benchmark problems, whose known answers are wrong for them: see docs/design/problems.md.

``derive`` makes one. ``python -m validator.problems.derivation`` makes ``originals.json``, which it makes them from.
"""

from validator.problems.derivation.making import Derived, derive
from validator.problems.derivation.originals import Original, originals

__all__ = ["Derived", "Original", "derive", "originals"]

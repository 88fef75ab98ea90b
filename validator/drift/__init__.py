"""Whether a miner's model changed, by its answers to canaries, and whether it got better, by verdicts: two questions.

``monitor`` watches one miner; ``conformal`` and ``detector`` say that it changed, ``confirming`` makes sure,
``quality`` says better or worse, and ``standing`` what follows. ``docs/design/drift.md`` has every formula's source.
"""

from validator.drift.confirming import Confirmation, confirm, ordinary
from validator.drift.detector import Detector, allowance
from validator.drift.monitor import Check, Monitor, MonitorState, restored
from validator.drift.quality import Comparison
from validator.drift.standing import Standing, replaces_past, stand

__all__ = [
    "Check",
    "Comparison",
    "Confirmation",
    "Detector",
    "Monitor",
    "MonitorState",
    "Standing",
    "allowance",
    "confirm",
    "ordinary",
    "replaces_past",
    "restored",
    "stand",
]

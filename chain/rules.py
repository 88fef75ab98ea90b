"""The hyperparameters of an embedded subnet, fixed when its ledger is made; the chain's defaults."""

from pydantic import BaseModel, Field

_ACTIVITY_CUTOFF_MILLI = 13889  # of a tempo; the chain's ActivityCutoffFactorMilli


class Rules(BaseModel, frozen=True, extra="forbid"):
    """Blocks, unless said otherwise."""

    netuid: int = Field(default=1, ge=0, le=65535)
    tempo: int = Field(default=360, ge=1)
    """Between two epochs."""
    block_seconds: float = Field(default=12.0, gt=0, allow_inf_nan=False)
    weights_rate_limit: int = Field(default=100, ge=0)
    immunity_period: int = Field(default=4096, ge=0)
    """For so long after its registration a neuron is the last to be replaced."""
    max_uids: int = Field(default=256, ge=1, le=65535)
    max_validators: int = Field(default=64, ge=1)
    """How many of the highest stakes hold a validator permit."""
    commit_reveal: bool = False
    reveal_period: int = Field(default=1, ge=1)
    """Epochs that a row stays hidden and without effect, if ``commit_reveal``."""

    @property
    def activity_cutoff(self) -> int:
        """For so long after its last weights a validator counts."""
        return self.tempo * _ACTIVITY_CUTOFF_MILLI // 1000

"""Each miner's own variant of each problem."""

import hmac

from validator.problems.protocol import Recipe

VARIANT_BYTES = 16


def variant(secret: bytes, round_id: int, hotkey: str, recipe: Recipe) -> bytes:
    """What sets one miner's problem apart: HMAC-SHA256 of the round, the miner and the recipe, under our secret."""
    message = f"{round_id}\0{hotkey}\0{recipe.model_dump_json()}".encode()
    return hmac.digest(secret, message, "sha256")[:VARIANT_BYTES]

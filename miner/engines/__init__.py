"""Bodies of ``miner.engine.Engine``: one scripted, one for any OpenAI-compatible server."""

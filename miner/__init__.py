"""The miner: an OpenAI-compatible server that signs its answers, and the client that validators speak to it with."""

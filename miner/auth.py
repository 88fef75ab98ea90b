"""A validator's signature for any client on top of httpx or httpx2, the official ``openai`` one among them.

http = openai.DefaultAsyncHttpxClient(auth=Signed(identity, miner_hotkey))
client = openai.AsyncOpenAI(base_url=f"{endpoint}/v1", api_key="unused", http_client=http)
"""

from typing import Any

from chain.identity import Identity, sign_request


class Signed:
    """Signs every request, each retry anew, as ``identity`` to the miner ``receiver``. Answers are not verified."""

    def __init__(self, identity: Identity, receiver: str) -> None:
        self._identity = identity
        self._receiver = receiver

    def __call__(self, request: Any) -> Any:
        """``request``, signed: what clients of either library take as their ``auth``."""
        path = request.url.raw_path.decode("ascii")
        request.headers.update(
            sign_request(
                self._identity, method=request.method, path=path, body=request.content, receiver=self._receiver
            )
        )
        return request

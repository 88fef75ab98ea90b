"""Who asks: a key's holder, this machine's own user, or a visitor.

Without a key, somebody on this machine is told from a web page that their browser shows (Host, Origin and content
type: a page can't choose them freely) and from a stranger behind a proxy on this machine (a forwarding header). Not
covered: a proxy on this machine that adds no such header and writes a Host of its own; name it with
``--trusted-proxy``, or say ``--no-local``.
"""

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

from sandbox.errors import Unauthorized
from sandbox.keys import Keys
from sandbox.server.rate import Limiter
from sandbox.server.tenant import Kind, Tenant
from sandbox.settings import Settings

if TYPE_CHECKING:
    from starlette.datastructures import Headers

Address = IPv4Address | IPv6Address

OPEN = ("/", "/healthz", "/readyz", "/openapi.json", "/v1/ping")
"""What tells nothing that would have to be protected: probes have no key, and the page is where one is typed in."""
OPEN_BELOW = "/assets/"
FOR_TENANTS = ("/metrics",)
"""What is not for visitors."""
_OWN_NAME = re.compile(r"(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?", re.IGNORECASE)
FORWARDING = ("forwarded", "x-real-ip")


def is_open(method: str, path: str) -> bool:
    """Whether anybody may ask for it."""
    return path in OPEN or (method in ("GET", "HEAD") and path.startswith(OPEN_BELOW))


class Access:
    """Tells the tenant of a request by its headers and its peer's address."""

    def __init__(self, settings: Settings, keys: Keys) -> None:
        self._settings = settings
        self._keys = keys
        self._limiter = Limiter(settings.anonymous_per_minute, settings.anonymous_burst)

    def tenant(self, method: str, path: str, headers: "Headers", peer: str | None) -> Tenant:
        """Who asks; a visitor pays one token for a POST. Raises Unauthorized, RateLimited."""
        if token := headers.get("authorization"):
            return self._of_key(token)
        address = address_of(peer)
        stranger = self._why_a_stranger(method, headers, address)
        if stranger is None:
            return Tenant(Kind.LOCAL)
        if not self._settings.anonymous or path in FOR_TENANTS:
            raise Unauthorized(f"send an API key (Authorization: Bearer …); without one this is not served: {stranger}")
        if method == "POST" and not _is_json(headers):
            raise Unauthorized("without an API key, Content-Type must be application/json")
        visitor = Tenant(Kind.ANONYMOUS, network_of(self._visitor(headers, address)))
        self.charge(visitor, int(method == "POST"))
        return visitor

    def charge(self, tenant: Tenant, programs: int) -> None:
        """Count programs that ``tenant`` asks for. Raises RateLimited."""
        if tenant.kind is Kind.ANONYMOUS and programs:
            self._limiter.take(tenant.name, programs)

    def _of_key(self, header: str) -> Tenant:
        scheme, _, token = header.partition(" ")
        name = self._keys.find(token.strip()) if scheme.lower() == "bearer" else None
        if name is None:
            raise Unauthorized("this API key is unknown or was revoked")
        return Tenant(Kind.KEY, name)

    def _why_a_stranger(self, method: str, headers: "Headers", peer: Address | None) -> str | None:
        """Why this is not the machine's own user; None if it is."""
        if not self._settings.local:
            return "the server runs with --no-local"
        if peer is None or not peer.is_loopback:
            return "it does not come from this machine"
        if self._is_proxy(peer) or any(name in FORWARDING or name.startswith("x-forwarded") for name in headers):
            return "it was forwarded by a proxy"
        host = headers.get("host", "")
        if not _OWN_NAME.fullmatch(host):
            return f"its Host is {host!r} and not this machine's own name (localhost, 127.0.0.1, [::1])"
        origin = headers.get("origin")
        if origin is not None and origin.lower() not in (f"http://{host}".lower(), f"https://{host}".lower()):
            return f"it was made by a page of {origin!r}"
        if method == "POST" and not _is_json(headers):
            return "its Content-Type is not application/json"
        return None

    def _is_proxy(self, address: Address) -> bool:
        return any(address in network for network in self._settings.trusted_proxy)

    def _visitor(self, headers: "Headers", peer: Address | None) -> Address | None:
        """The address nearest to us that no trusted proxy has; each vouches for the one that it wrote down last."""
        found = peer
        for hop in reversed(",".join(headers.getlist("x-forwarded-for")).split(",")):
            if found is None or not self._is_proxy(found) or (before := address_of(hop)) is None:
                break
            found = before
        return found


def address_of(text: str | None) -> Address | None:
    """An address, perhaps with a port, as peers and proxies write it; None if it is none."""
    text = (text or "").strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def network_of(address: Address | None) -> str:
    """What counts as one visitor: an IPv4 address, an IPv6 /64; all that have no address are one."""
    if address is None:
        return "unknown"
    return str(IPv6Network((address, 64), strict=False)) if isinstance(address, IPv6Address) else str(address)


def _is_json(headers: "Headers") -> bool:
    return headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"

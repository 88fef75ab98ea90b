"""Admission: who runs next, when more ask than there are slots.

Tenants take turns, whatever the order in which they came, and one that has fewer programs at work goes first. How
much of the queue one tenant may fill shrinks as it fills: no more than what is still free, so that there is room for
the next one (dynamic thresholds: Choudhury and Hahne, 1998).
"""

import asyncio
import contextlib
import math
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from sandbox.errors import QueueFull, WaitedTooLong
from sandbox.server.tenant import Tenant

LONGEST_ADVICE_SECONDS = 60
WEIGHT_OF_THE_LATEST = 0.1


@dataclass(eq=False, slots=True)
class _Ticket:
    tenant: Tenant
    called: asyncio.Future[None]


@dataclass(slots=True)
class _Line:
    """What waits in one line: its members take turns too."""

    members: OrderedDict[str, deque[_Ticket]] = field(default_factory=OrderedDict)
    length: int = 0

    def join(self, ticket: _Ticket) -> None:
        self.members.setdefault(ticket.tenant.name, deque()).append(ticket)
        self.length += 1

    def call(self) -> _Ticket:
        name, waiting = next(iter(self.members.items()))
        ticket = waiting.popleft()
        if waiting:
            self.members.move_to_end(name)
        else:
            del self.members[name]
        self.length -= 1
        return ticket

    def leave(self, ticket: _Ticket) -> None:
        name = ticket.tenant.name
        if ticket not in self.members.get(name, ()):
            return
        self.members[name].remove(ticket)
        if not self.members[name]:
            del self.members[name]
        self.length -= 1


class Queue:
    """``slots`` at work, at most ``length`` waiting."""

    def __init__(self, slots: int, length: int) -> None:
        self._slots = slots
        self._most = length
        self._lines: OrderedDict[str, _Line] = OrderedDict()
        self._at_work: dict[str, int] = {}
        self._seconds = 0.1

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(line.length for line in self._lines.values())

    @property
    def at_work(self) -> int:
        """How many have a slot."""
        return sum(self._at_work.values())

    @property
    def retry_after(self) -> int:
        """In how many seconds those who wait now will probably have been served."""
        return max(1, min(LONGEST_ADVICE_SECONDS, math.ceil(self._seconds * (self.waiting + 1) / self._slots)))

    def refuse_if_full(self, tenant: Tenant) -> None:
        """Raises QueueFull if ``tenant`` would have to wait, and may not."""
        line = self._lines.get(tenant.line)
        if self.at_work >= self._slots and (line.length if line else 0) >= self._most - self.waiting:
            raise QueueFull(f"{self.waiting} programs wait: too many for one more of yours", self.retry_after)

    @contextlib.asynccontextmanager
    async def turn(self, tenant: Tenant, seconds: float | None) -> AsyncIterator[None]:
        """A slot for ``tenant``, for as long as the context lasts. Raises QueueFull, WaitedTooLong (after ``seconds``).

        ``seconds`` None: part of a request that was accepted already; it waits as long as it takes.
        """
        if seconds is not None:
            self.refuse_if_full(tenant)
        await self._wait(tenant, seconds)
        began = time.monotonic()
        try:
            yield
        finally:
            self._seconds += (time.monotonic() - began - self._seconds) * WEIGHT_OF_THE_LATEST
            self._release(tenant)

    async def _wait(self, tenant: Tenant, seconds: float | None) -> None:
        ticket = _Ticket(tenant, asyncio.get_running_loop().create_future())
        self._lines.setdefault(tenant.line, _Line()).join(ticket)
        self._call()
        try:
            async with asyncio.timeout(seconds):
                await ticket.called
        except TimeoutError as error:
            self._withdraw(ticket)
            raise WaitedTooLong(f"no slot became free within {seconds:g} s", self.retry_after) from error
        except BaseException:
            self._withdraw(ticket)
            raise

    def _call(self) -> None:
        """Give the free slots to those whose turn it is."""
        while self._lines and self.at_work < self._slots:
            name = min(self._lines, key=lambda name: self._at_work.get(name, 0))  # the first of equals: the longest ago
            line = self._lines[name]
            ticket = line.call()
            if line.length:
                self._lines.move_to_end(name)
            else:
                del self._lines[name]
            if ticket.called.cancelled():  # whoever waited is about to learn it
                continue
            self._at_work[name] = self._at_work.get(name, 0) + 1
            ticket.called.set_result(None)

    def _withdraw(self, ticket: _Ticket) -> None:
        if ticket.called.done() and not ticket.called.cancelled():  # it was called just as it gave up
            self._release(ticket.tenant)
            return
        if line := self._lines.get(ticket.tenant.line):
            line.leave(ticket)
            if not line.length:
                del self._lines[ticket.tenant.line]

    def _release(self, tenant: Tenant) -> None:
        self._at_work[tenant.line] -= 1
        if not self._at_work[tenant.line]:
            del self._at_work[tenant.line]
        self._call()

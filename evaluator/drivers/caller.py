"""The companion of the calls grader: asks for one call at a time on descriptor 3, and writes what came back.

Covered: a call's arguments are sent only after the answer to the call before, with a number that nobody can know by
then; an answer without that number, a second one, one before its call, or one that another process wrote (the
kernel says who did) breaks the exchange. Not covered: whether an answer is right; that the host alone knows.
"""

import os
import socket
import struct
import sys
from typing import BinaryIO

DESCRIPTOR = 3
LARGEST_ANSWER = 16 * 1024 * 1024
NONCE_BYTES = 16
CREDENTIALS = struct.Struct("3i")
"""pid, uid and gid of a sender, as the kernel tells them."""


class Broken(Exception):
    """The other side broke the exchange."""


class Gone(Exception):
    """The other side hung up."""


class Exchange:
    """Our end of the socket."""

    def __init__(self) -> None:
        self.connection = socket.socket(fileno=DESCRIPTOR)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self.pid = 0
        """Who answers; 0 before the first answer."""

    def ask(self, kind: bytes, body: bytes) -> bytes:
        """Send one message, and return the answer to it, without its number. Raises Broken, Gone."""
        self.expect_silence()
        number = os.urandom(NONCE_BYTES // 2).hex().encode()
        message = number + kind + body
        try:
            self.connection.sendall(struct.pack(">I", len(message)) + message)
            (length,) = struct.unpack(">I", self.receive(4))
            if not NONCE_BYTES < length <= LARGEST_ANSWER:
                raise Broken(f"announced an answer of {length} bytes; at most {LARGEST_ANSWER} are allowed")
            answer = self.receive(length)
        except OSError as error:
            raise Gone from error
        if answer[:NONCE_BYTES] != number:
            raise Broken("was answered by something else than an answer to it")
        self.expect_silence()
        return answer[NONCE_BYTES:]

    def expect_silence(self) -> None:
        """Raises Broken if something arrived that nothing asked for."""
        try:
            unasked = self.connection.recv(1, socket.MSG_DONTWAIT | socket.MSG_PEEK)
        except OSError:
            return
        if unasked:
            raise Broken("was answered twice, or before it was asked")

    def receive(self, length: int) -> bytes:
        """Exactly ``length`` bytes, all from the process that was started as the solution."""
        received = bytearray()
        while len(received) < length:
            chunk, extra, _, _ = self.connection.recvmsg(
                min(length - len(received), 1 << 18), socket.CMSG_SPACE(CREDENTIALS.size)
            )
            if not chunk:
                raise Gone
            self.identify(extra)
            received += chunk
        return bytes(received)

    def identify(self, extra: list[tuple[int, int, bytes]]) -> None:
        """Hold the sender to be the one process that may answer: forked by whoever forked us."""
        pid = next((CREDENTIALS.unpack(data)[0] for _, kind, data in extra if kind == socket.SCM_CREDENTIALS), 0)
        if not self.pid and pid and parent_of(pid) == os.getppid():
            self.pid = pid
        if not pid or pid != self.pid:
            raise Broken("was answered by another process")


def parent_of(pid: int) -> int:
    """The parent of process ``pid``; 0 if it is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return int(file.read().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def converse(calls: list[bytes]) -> None:
    """Ask for every one of ``calls``, and write one record each to standard output: a kind, a length, the answer.

    Kinds of the completion's own: r (returned), e (raised), v (returned no plain value). Ours: x (it broke the
    exchange), g (it is gone), and at the end a single full stop.
    """
    record = sys.stdout.buffer
    exchange = Exchange()
    number = 0
    try:
        for call in calls:
            answer = exchange.ask(b"c", call)
            if answer[:1] not in (b"r", b"e", b"v"):
                raise Broken("was answered with nonsense")
            write(record, answer[:1], answer[1:])
            if answer[:1] != b"r":
                break
            number += 1
        if exchange.ask(b"q", b"") != b"q":
            raise Broken("was answered with nonsense")
    except Broken as broken:
        write(record, b"x", f"{number} {broken}".encode())
    except Gone:
        write(record, b"g", str(number).encode())
    write(record, b".", b"")
    record.flush()


def write(record: BinaryIO, kind: bytes, body: bytes) -> None:
    record.write(kind + struct.pack(">I", len(body)) + body)

"""A carrier on the loopback interface that misbehaves on request, and the two event loops we run on."""

import asyncio
import contextlib
import datetime as dt
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

OnLoop = Callable[[Callable[[], Coroutine[Any, Any, None]]], None]
Tls = tuple[ssl.SSLContext, ssl.SSLContext]
Answer = Callable[[socket.socket, bytes], bool]
"""Gets the connection and the whole request; returns whether the connection is kept."""


def message(**changes: object) -> dict[str, object]:
    return {
        "sid": "SM00000000000000000000000000000001",
        "account_sid": "AC1",
        "messaging_service_sid": None,
        "from": "+15005550006",
        "to": "+14155551212",
        "body": "Hello",
        "status": "queued",
        "direction": "outbound-api",
        "num_segments": "1",
        "num_media": "0",
        "error_code": None,
        "date_created": "Fri, 20 Nov 2026 18:30:00 +0000",
        "date_sent": None,
    } | changes


def answering(status: int, body: object, **headers: str) -> Answer:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(text)}", "Content-Type: application/json"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    answer = "\r\n".join(lines).encode() + b"\r\n\r\n" + text

    def respond(connection: socket.socket, _request: bytes) -> bool:
        connection.sendall(answer)
        return True

    return respond


def hanging_up(connection: socket.socket, _request: bytes) -> bool:
    return False


def resetting(connection: socket.socket, _request: bytes) -> bool:
    # Lingering for no time makes the close a reset.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    return False


@dataclass
class LoopbackCarrier:
    """Plain blocking sockets in threads: it sees bytes even while the client's event loop stands still."""

    answer: Answer
    tls: ssl.SSLContext | None = None
    pieces: list[bytes] = field(default_factory=list)
    """Every piece as one read gave it."""
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    arrived: threading.Event = field(default_factory=threading.Event)
    silent: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def serve(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                self.connections += 1
                threading.Thread(target=self.converse, args=(connection,), daemon=True).start()

    def converse(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.closing(connection):
            if self.tls is not None:
                connection = self.tls.wrap_socket(connection, server_side=True)
            with contextlib.closing(connection):
                buffered = b""
                while piece := connection.recv(1 << 16):
                    self.pieces.append(piece)
                    buffered += piece
                    while (request := whole(buffered)) is not None:
                        buffered = buffered[len(request) :]
                        self.requests.append(request)
                        self.arrived.set()
                        if not self.answer(connection, request):
                            return


def whole(buffered: bytes) -> bytes | None:
    head, end, _ = buffered.partition(b"\r\n\r\n")
    if not end:
        return None
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    size = len(head) + 4 + length
    return buffered[:size] if len(buffered) >= size else None


@contextlib.contextmanager
def running(answer: Answer, *, tls: ssl.SSLContext | None = None) -> Iterator[LoopbackCarrier]:
    listener = socket.create_server(("127.0.0.1", 0))
    scheme = "https" if tls else "http"
    carrier = LoopbackCarrier(answer, tls, url=f"{scheme}://127.0.0.1:{listener.getsockname()[1]}")
    thread = threading.Thread(target=carrier.serve, args=(listener,), daemon=True)
    thread.start()
    try:
        yield carrier
    finally:
        # Shutting a listening socket down is what wakes its accept.
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


@pytest.fixture(params=["asyncio", "uvloop"])
def on_loop(request: pytest.FixtureRequest) -> OnLoop:
    """Runs a coroutine on a loop of its own kind, in a thread, apart from the loop of the other tests."""
    factory = uvloop.new_event_loop if request.param == "uvloop" else asyncio.new_event_loop

    def run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
        failures: list[BaseException] = []

        def work() -> None:
            try:
                with asyncio.Runner(loop_factory=factory) as runner:
                    runner.run(main())
            except BaseException as failure:
                failures.append(failure)

        thread = threading.Thread(target=work)
        thread.start()
        thread.join(30)
        assert not thread.is_alive()
        if failures:
            raise failures[0]

    return run


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    """What a server and a client that trusts it need."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path: Path = tmp_path_factory.mktemp("tls") / "loopback.pem"
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + pem
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cadata=pem.decode())

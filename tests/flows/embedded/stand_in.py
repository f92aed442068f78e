"""Stands in for the `textbank` command where a test is about running parts, not about what they do.

It notes what it was asked in $STAND_IN_NOTES: "start web", "stop web"… and can be told to fail.
"""

import asyncio
import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

NAME = sys.argv[1]


def note(word: str) -> None:
    with Path(os.environ["STAND_IN_NOTES"]).open("a") as notes:
        notes.write(f"{word} {NAME} {os.getpid()}\n")


async def ask_database() -> None:
    import asyncpg

    address = os.environ["DATABASE_URL"].replace("+asyncpg", "")
    connection = await asyncpg.connect(address, timeout=10)
    try:
        await connection.fetchval("select 1")
    finally:
        await connection.close()


def ask_queue() -> None:
    import redis

    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        client.ping()


class Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        try:
            asyncio.run(ask_database())
            ask_queue()
        except Exception:
            self.send_response(503)
        else:
            self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def main() -> None:
    note("start")
    print("hello from", NAME, flush=True)
    if NAME in os.environ.get("STAND_IN_FAILS", "").split(","):
        print("this part is broken on purpose", flush=True)
        sys.exit(3)
    if NAME in {"migrate", "demo-data"}:
        return
    if NAME in {"web", "simulator"}:
        server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[3])), Pages)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    signal.sigwait({signal.SIGTERM})
    note("stop")
    if NAME == "worker":
        time.sleep(1)  # work that it still has to finish
        asyncio.run(ask_database())
        note("finished")


signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
main()

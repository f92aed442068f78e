"""Before they begin, the long-running parts leave what they have read out of every search for garbage."""

import os
import subprocess
import sys

_BEGIN = """
import gc, os, uvicorn
from workers.app import app
from textbank.cli import parts_of_up

def tell(*_, **__):
    print(gc.get_freeze_count() > 100_000, gc.get_threshold()[0])

uvicorn.run = app.worker_main = tell
for begin in (parts_of_up.web, lambda: parts_of_up.worker(queue="sending")):
    gc.unfreeze()
    gc.set_threshold(700)
    begin()
"""


def test_web_and_workers_search_seldom_and_never_through_what_they_read() -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": "postgresql+asyncpg://nobody@127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1",
        "TEXTBANK_SECRET_KEY": "the secret of the tests",
        "TEXTBANK_MODE": "simulated",
    }
    told = subprocess.run(
        [sys.executable, "-c", _BEGIN], env=environment, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr
    assert told.stdout.split("\n")[:2] == ["True 50000", "True 50000"]

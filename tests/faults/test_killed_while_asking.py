"""A worker process may be killed anywhere, also while it looks whether to stop."""

import os
import signal
import threading

import pytest

from workers.process import Stopping


# From 3.12 on Python warns of forks beside threads; this child only loops until it is killed.
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_worker_killed_while_it_asks_whether_to_stop_holds_up_nobody() -> None:
    stopping = Stopping()
    for _ in range(30):
        ready, tell = os.pipe()
        child = os.fork()
        if child == 0:
            while True:
                stopping.is_set()
                if tell >= 0:
                    os.write(tell, b"1")
                    os.close(tell)
                    tell = -1
        os.read(ready, 1)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(ready)
        os.close(tell)
    answered: list[bool] = []
    asking = threading.Thread(target=lambda: answered.append(stopping.is_set()), daemon=True)
    asking.start()
    asking.join(timeout=5)
    assert answered == [False]
    stopping.set()
    assert stopping.is_set()

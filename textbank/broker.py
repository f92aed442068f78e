"""Ring the workers: publish jobs to Celery without ever holding up whoever rings.

A publish takes half a millisecond and blocks, and with the broker away it would block for long. So
rings go to a thread; rings of one job within a moment become one; and a ring that cannot be published
is dropped, because the schedule looks into the database twice a second anyway.
"""

import logging
import queue
import threading
from typing import Any, Final

from celery import Celery
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from textbank import clock, jobs
from textbank.embedded.valkey import broker_url
from textbank.settings import Settings

log = logging.getLogger(__name__)

SENDING_QUEUE = "sending"
CHORES_QUEUE = "chores"
COALESCE_SECONDS: Final = 0.03
COALESCE_LONGER: Final = {jobs.SEAL: 1.0}
"""For what nobody waits for: sealing takes what is there, and a second's more is one seal all the same."""
EXPIRES_SECONDS = 30.0
"""A ring that nobody answered by then is stale; the schedule has rung again since."""


def make_celery(url: str) -> Celery:
    """The Celery application as workers and publishers use it."""
    app = Celery("textbank", broker=url)
    app.conf.update(
        # Redis is only a doorbell: no results, and a task is acknowledged when it is done, so that one
        # whose worker was killed rings again.
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_default_queue=CHORES_QUEUE,
        task_routes={jobs.SEND: {"queue": SENDING_QUEUE}},
        task_serializer="json",
        accept_content=["json"],
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            # Longer than any task (60 s), so that none is delivered twice while it runs; short enough
            # that one whose worker vanished rings again soon.
            "visibility_timeout": 120,
            "unacked_restore_interval": 10,
            "socket_timeout": 5,
            "socket_connect_timeout": 2,
            "socket_keepalive": True,
            "health_check_interval": 10,
        },
        enable_utc=True,
    )
    return app


class Doorbell:
    """Publishes jobs from a thread of its own. Make one per process, after forking."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._wanted: queue.Queue[jobs.Job | None] = queue.Queue(maxsize=10_000)
        self._pending: set[jobs.Job] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._publish_forever, name="doorbell", daemon=True)
        self._thread.start()

    @classmethod
    def from_settings(cls, settings: Settings) -> "Doorbell":
        """The doorbell of a process that is no worker itself."""
        return cls(make_celery(broker_url(settings.redis_url)))

    def __call__(self, job: jobs.Job) -> None:
        """Ring. Returns at once; a job that waits to be rung already is not rung twice."""
        with self._lock:
            if job in self._pending:
                return
            self._pending.add(job)
        try:
            self._wanted.put_nowait(job)
        except queue.Full:
            self._done(job)

    def close(self) -> None:
        """Publish what is waiting, then stop."""
        self._wanted.put(None)
        self._thread.join(timeout=5)

    def _done(self, job: jobs.Job) -> None:
        with self._lock:
            self._pending.discard(job)

    def _publish_forever(self) -> None:
        rung_at: dict[jobs.Job, float] = {}
        due: dict[jobs.Job, float] = {}
        is_open = True
        while is_open or due:
            try:
                job = self._wanted.get(
                    timeout=max(0.0, min(due.values()) - clock.monotonic()) if due else None
                )
            except queue.Empty:
                pass
            else:
                is_open = is_open and job is not None
                if job is not None:
                    gap = COALESCE_LONGER.get(job.name, COALESCE_SECONDS)
                    due[job] = rung_at.get(job, float("-inf")) + gap
            now = clock.monotonic()
            for ready in [each for each, at in due.items() if at <= now or not is_open]:
                del due[ready]
                self._done(ready)  # a ring from here on is about something newer, and must ring again
                rung_at[ready] = now
                self._try_to_publish(ready)

    def _try_to_publish(self, job: jobs.Job) -> None:
        try:
            self._publish(job)
        except (KombuError, RedisError, OSError) as error:
            log.warning("could not ring for %s (%s); the schedule will", job.name, error)

    def _publish(self, job: jobs.Job) -> None:
        arguments: dict[str, Any] = (
            {} if not job.organization_id else {"organization_id": job.organization_id}
        )
        self._app.send_task(
            job.name, kwargs=arguments, retry=False, ignore_result=True, expires=EXPIRES_SECONDS
        )

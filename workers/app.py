"""The Celery application that `textbank worker` runs."""

from typing import Any

from celery import signals

from textbank.broker import make_celery
from textbank.embedded.valkey import broker_url
from textbank.settings import get_settings
from workers import process

app = make_celery(broker_url(get_settings().redis_url))
app.autodiscover_tasks(["workers"], related_name="tasks", force=True)


@signals.worker_shutting_down.connect
def _tell_children(**_: Any) -> None:
    """Let a pump end at its next tick instead of after its twenty seconds."""
    process.stopping.set()

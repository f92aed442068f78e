"""The Celery application, its schedule, and thin tasks. Rules live in `textbank/`, never here."""

"""The schema's history (Alembic), the three database roles, and `migrate`, which brings both up to date."""

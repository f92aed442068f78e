"""Textbank: text banking and opt-in for organizing groups. `docs/architecture.md` is the way in."""

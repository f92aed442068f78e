"""What every part does before it works: all tables known, the right roles, the right kind of texts."""

import textbank.models  # noqa: F401 - a row's foreign keys resolve only when every table is known
from textbank import installation
from textbank.database import Database
from textbank.errors import WrongSetup
from textbank.settings import Settings


async def check_database(database: Database, settings: Settings) -> None:
    """Raise WrongSetup where starting would break a promise."""
    await database.check_roles()
    stamped = await installation.mode(database)
    if stamped is None:
        raise WrongSetup("The database has no tables yet. Nothing was started. Run `textbank migrate` first.")
    if stamped != settings.textbank_mode:
        raise WrongSetup(
            f"This database was made for {stamped} texts, and this process was started for "
            f"{settings.textbank_mode} ones (TEXTBANK_MODE). Nothing was started."
        )
    if stamped == "live" and settings.twilio_api_url:
        raise WrongSetup(
            "TWILIO_API_URL names a stand-in for the carrier, but this database is for live texts. Nothing "
            "was started. Remove the setting."
        )

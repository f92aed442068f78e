"""The only module that reads the environment. `.env.example` lists every setting with its meaning."""

import hashlib
import hmac
from functools import lru_cache
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

OWNER_ROLE = "textbank_owner"
APP_ROLE = "textbank_app"
SYSTEM_ROLE = "textbank_system"

Mode = Literal["simulated", "live"]

_SECRETS = Path("/run/secrets")


def _secrets_directory() -> str | None:
    """Where a container's secrets lie as files, each named as its setting; nowhere on an ordinary machine."""
    return str(_SECRETS) if _SECRETS.is_dir() else None


class Settings(BaseSettings):
    """What differs between one installation and another. Empty means: Textbank's own embedded part."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", secrets_dir=_secrets_directory()
    )

    database_url: str = ""
    redis_url: str = ""
    textbank_data: Path = Path(".textbank")
    textbank_public_url: str = "http://127.0.0.1:8000"
    textbank_secret_key: SecretStr = SecretStr("")
    textbank_mode: Mode = "live"
    textbank_port: int = 8000
    textbank_host: str = "127.0.0.1"
    """Where the pages listen: beyond this machine only behind a proxy elsewhere, or in a container."""
    textbank_trusted_proxies: str = "127.0.0.1"
    """Addresses or networks, with commas, whose X-Forwarded-For and -Proto are believed; empty: nobody's."""
    textbank_simulator_port: int = 8010
    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_api_url: str = ""
    textbank_backups: Literal["nightly", "off"] = "nightly"
    textbank_log_level: str = Field(default="INFO")

    textbank_absence_seconds: float = 600.0
    """How far apart an unknown text must be missing twice from the carrier's list. Shorter only in tests."""

    @property
    def data_directory(self) -> Path:
        """The one directory that holds everything an installation must keep, as an absolute path."""
        return self.textbank_data.resolve()

    def secret(self) -> bytes:
        """The installation's secret: from the environment, else the file `secret` in the data directory.

        Raises FileNotFoundError where neither exists; `embedded.secret_file` makes the file.
        """
        given = self.textbank_secret_key.get_secret_value()
        if given:
            return given.encode()
        return (self.data_directory / "secret").read_bytes().strip()

    def derived_secret(self, purpose: str) -> str:
        """A secret of its own for each purpose (a role's password, a cipher key), as 64 hex digits."""
        return hmac.new(self.secret(), purpose.encode(), hashlib.sha256).hexdigest()

    def role_url(self, role: str) -> str:
        """`DATABASE_URL` for one of our three log-in roles, with the password derived for it.

        `DATABASE_URL` itself is the administrator's: it is used by `textbank migrate` alone, which
        makes the roles and sets these passwords (docs/decisions/0004).
        """
        parts = urlsplit(self.database_url)
        host = parts.netloc.rpartition("@")[2]
        password = quote(self.derived_secret(f"database role {role}"), safe="")
        return urlunsplit(parts._replace(netloc=f"{role}:{password}@{host}"))


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """This process's settings, read once."""
    return Settings()

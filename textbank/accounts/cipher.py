"""Carrier tokens are kept encrypted, under a key derived from the installation's secret."""

import base64

from cryptography.fernet import Fernet, InvalidToken

from textbank.errors import WrongSetup
from textbank.settings import Settings


class Cipher:
    """Encrypts and decrypts carrier tokens for this installation."""

    def __init__(self, settings: Settings) -> None:
        key = bytes.fromhex(settings.derived_secret("carrier tokens"))
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def encrypt(self, token: str) -> bytes:
        """The token as it is stored."""
        return self._fernet.encrypt(token.encode())

    def decrypt(self, stored: bytes) -> str:
        """The token itself. Raises WrongSetup if it was stored under another secret."""
        try:
            return self._fernet.decrypt(stored).decode()
        except InvalidToken as error:
            raise WrongSetup(
                "A carrier account's token was stored under another TEXTBANK_SECRET_KEY. Nothing was "
                "changed. Start Textbank with the secret that it had then (the file `secret` in the data "
                "directory), or enter the account's token again."
            ) from error

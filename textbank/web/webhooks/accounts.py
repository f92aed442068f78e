"""Whose webhook this is: accounts and senders by what the carrier says, cached for half a minute."""

from textbank import across, clock
from textbank.accounts.cipher import Cipher
from textbank.across import SenderAddress
from textbank.database import Database

FRESH_FOR_SECONDS = 30.0
AFRESH_AT_MOST_EVERY = 1.0
MOST_ACCOUNTS = 10_000


class AccountDirectory:
    """Answers from memory what the system role would be asked on every webhook."""

    def __init__(self, database: Database, cipher: Cipher) -> None:
        self._database = database
        self._cipher = cipher
        self._tokens: dict[str, tuple[float, dict[int, frozenset[str]]]] = {}
        self._senders: dict[tuple[str, str], tuple[float, SenderAddress]] = {}

    async def tokens_of(self, account_sid: str, *, afresh: bool = False) -> dict[int, frozenset[str]]:
        """By organization, the tokens that may have signed this account's webhooks.

        Organizations may share an account, but each vouches with its own token and for itself alone.
        `afresh` asks the database again, once a second at most: a flood of bad signatures must not.
        """
        known = self._tokens.get(account_sid)
        age = clock.monotonic() - known[0] if known else FRESH_FOR_SECONDS
        if known and age < (AFRESH_AT_MOST_EVERY if afresh else FRESH_FOR_SECONDS):
            return known[1]
        tokens: dict[int, frozenset[str]] = {}
        for keys in await across.account_keys(self._database, account_sid):
            stored = (keys.auth_token, keys.previous_auth_token)
            mine = frozenset(self._cipher.decrypt(token) for token in stored if token)
            tokens[keys.organization_id] = tokens.get(keys.organization_id, frozenset()) | mine
        if len(self._tokens) >= MOST_ACCOUNTS:  # made-up accounts must not fill the memory
            self._tokens.clear()
        self._tokens[account_sid] = (clock.monotonic(), tokens)
        return tokens

    async def sender_of(self, account_sid: str, address: str) -> SenderAddress | None:
        """Whose sender this is."""
        known = self._senders.get((account_sid, address))
        if known and clock.monotonic() - known[0] < FRESH_FOR_SECONDS:
            return known[1]
        sender = await across.sender_address(self._database, account_sid, address)
        if sender is not None:
            self._senders[account_sid, address] = (clock.monotonic(), sender)
        return sender

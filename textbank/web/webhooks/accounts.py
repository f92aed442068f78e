"""Whose webhook this is: accounts and senders by what the carrier says, cached for half a minute."""

from textbank import across, clock
from textbank.accounts.cipher import Cipher
from textbank.across import SenderAddress
from textbank.database import Database

FRESH_FOR_SECONDS = 30.0


class AccountDirectory:
    """Answers from memory what the system role would be asked on every webhook."""

    def __init__(self, database: Database, cipher: Cipher) -> None:
        self._database = database
        self._cipher = cipher
        self._tokens: dict[str, tuple[float, tuple[frozenset[str], frozenset[int]]]] = {}
        self._senders: dict[tuple[str, str], tuple[float, SenderAddress]] = {}

    async def tokens_of(
        self, account_sid: str, *, afresh: bool = False
    ) -> tuple[frozenset[str], frozenset[int]]:
        """The tokens that may have signed this account's webhooks, and the organizations that use it."""
        known = self._tokens.get(account_sid)
        if known and not afresh and clock.monotonic() - known[0] < FRESH_FOR_SECONDS:
            return known[1]
        tokens, organizations = set(), set()
        for keys in await across.account_keys(self._database, account_sid):
            organizations.add(keys.organization_id)
            tokens.add(self._cipher.decrypt(keys.auth_token))
            if keys.previous_auth_token:
                tokens.add(self._cipher.decrypt(keys.previous_auth_token))
        found = (frozenset(tokens), frozenset(organizations))
        if tokens:  # a stranger's made-up account must not fill the memory
            self._tokens[account_sid] = (clock.monotonic(), found)
        return found

    async def sender_of(self, account_sid: str, address: str) -> SenderAddress | None:
        """Whose sender this is."""
        known = self._senders.get((account_sid, address))
        if known and clock.monotonic() - known[0] < FRESH_FOR_SECONDS:
            return known[1]
        sender = await across.sender_address(self._database, account_sid, address)
        if sender is not None:
            self._senders[account_sid, address] = (clock.monotonic(), sender)
        return sender

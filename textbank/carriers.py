"""The carrier clients of one process: one per account, connections kept, made when first needed."""

import sqlalchemy as sa

from textbank import clock
from textbank.accounts.cipher import Cipher
from textbank.database import Database
from textbank.messaging.protocol import CALL_TIMEOUT_SECONDS, SLOTS
from textbank.settings import Settings
from textbank.sms.carrier import Carrier
from textbank.twilio.client import TwilioCarrier

CONNECTIONS = 2 * SLOTS
FRESH_FOR_SECONDS = 30.0
"""A changed token or address is taken up within this time."""

_ACCOUNT = sa.text(
    "select account_sid, auth_token, api_url from carrier_account "
    "where organization_id = :organization and id = :account"
)


class Carriers:
    """Call it with (organization, carrier account) for that account's carrier."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._cipher = Cipher(settings)
        self._made: dict[tuple[int, int], tuple[float, tuple[str, str, str]]] = {}
        # Organizations of a coalition may share an account: they share its connections too.
        self._carriers: dict[tuple[str, str, str], TwilioCarrier] = {}

    async def __call__(self, organization_id: int, account_id: int) -> Carrier:
        key = (organization_id, account_id)
        made = self._made.get(key)
        if made is None or clock.monotonic() - made[0] > FRESH_FOR_SECONDS:
            async with self._database.transaction(organization_id) as session:
                row = (
                    await session.execute(_ACCOUNT, {"organization": organization_id, "account": account_id})
                ).one()
            api_url = row.api_url or self._settings.twilio_api_url
            made = (clock.monotonic(), (row.account_sid, self._cipher.decrypt(row.auth_token), api_url))
            self._made[key] = made
        if made[1] not in self._carriers:
            sid, token, api_url = made[1]
            self._carriers[made[1]] = TwilioCarrier(
                sid,
                token,
                api_url=api_url,
                timeout_seconds=CALL_TIMEOUT_SECONDS,
                # More than a pump has slots: an answer must never wait for a blast's connection.
                connections=CONNECTIONS,
            )
        return self._carriers[made[1]]

    async def close(self) -> None:
        """Close every connection."""
        for carrier in self._carriers.values():
            await carrier.close()

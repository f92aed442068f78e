"""May our senders text to groups? What the carrier says is noted on each sender."""

from typing import Final

from textbank.accounts.connect_carrier_account import Registration
from textbank.accounts.setup_registration import set_registration
from textbank.accounts.setup_state import Checked
from textbank.database import Database
from textbank.language import N_
from textbank.setup.carrier_account import Connected, ConnectedSender
from textbank.twilio.registration_status import Registered, Told, registration_of

_AS: Final[dict[Told, Registration]] = {
    "registered": "registered",
    "pending": "pending",
    "refused": "unregistered",
    "none": "unregistered",
}
_SAID: Final[dict[Told, str]] = {
    "pending": N_(
        "The registration of {address} is being looked at ({word}). Until it is approved, campaigns wait; "
        "answers and replies leave."
    ),
    "refused": N_(
        "The registration of {address} was refused ({word}; {why}). Campaigns wait; answers and replies "
        "leave."
    ),
    "none": N_(
        "{address} is not registered with the carriers, who would block its texts. Campaigns wait; answers "
        "and replies leave."
    ),
    "unknown": N_("Twilio does not tell whether {address} is approved."),
}
_TO_DO: Final[dict[Told, str]] = {
    "pending": N_("Nothing, but wait; then check again. The usual times stand under Settings, Registration."),
    "refused": N_("Read the reason in Twilio's console, mend the form, send it in again. Then check again."),
    "none": N_("Register it: Settings, Registration says where, with which words, and what it costs."),
    "unknown": N_("If you hold the approval, say so: under Settings, Registration, or with --registered."),
}


async def check_registration(
    database: Database, organization_id: int, account: Connected, *, simulated: bool
) -> Checked:
    """Ask for every sender, and note it. Raises Conflict or Unavailable.

    Simulated senders count as registered, unless their carrier says in so many words that they are not yet.
    """
    worst: Checked | None = None
    best: Checked | None = None
    async with account.api() as api:
        told = [(sender, await registration_of(api, sender.address)) for sender in account.senders]
    for sender, state in told:
        found = await _note(database, organization_id, sender, state, simulated=simulated)
        worst, best = (worst or found, best) if not found.ok else (worst, found)
    return worst or best or Checked(False, N_("There is no number yet."), waits=True)


async def vouch(database: Database, organization_id: int, address: str, *, actor: str) -> None:
    """Somebody says that they hold the approval, where the carrier tells nothing or not yet."""
    async with database.transaction(organization_id) as session:
        await set_registration(
            session, organization_id, address, "registered", actor=actor, why="vouched for"
        )


async def _note(
    database: Database, organization_id: int, sender: ConnectedSender, told: Registered, *, simulated: bool
) -> Checked:
    state = told.state
    if state in ("none", "unknown") and (simulated or sender.registration == "registered"):
        # Simulated; or an earlier registration that this API cannot see (another vendor's, a person's word).
        return Checked(True, _counts(simulated=simulated), values={"address": sender.address})
    async with database.transaction(organization_id) as session:
        if state in _AS:
            await set_registration(
                session,
                organization_id,
                sender.address,
                _AS[state],
                actor="carrier",
                why=told.word or "no registration",
            )
    values = {"address": sender.address, "word": told.word, "why": told.why or "–"}
    if state == "registered":
        return Checked(True, N_("{address} is registered with the carriers."), values=values)
    return Checked(False, _SAID[state], _TO_DO[state], values, waits=state in ("pending", "unknown"))


def _counts(*, simulated: bool) -> str:
    if simulated:
        return N_("{address} is simulated and needs no registration. A real number would.")
    return N_("{address} counts as registered, because somebody vouched for it.")

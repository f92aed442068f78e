"""Why a reply did not come: does the carrier have it, and could not bring it, or did it never get there?"""

from textbank.accounts.setup_state import Checked
from textbank.errors import TextbankError
from textbank.language import N_
from textbank.setup.carrier_account import Connected


async def why_no_reply(account: Connected | None, phone: str, address: str) -> Checked:
    """Look into the carrier's own list of messages from this phone."""
    values = {"phone": phone, "address": address}
    try:
        has_it = account is not None and await _has_text_from(account, phone)
    except TextbankError as error:
        return Checked(False, error.template, values={key: str(each) for key, each in error.values.items()})
    if has_it:
        return Checked(
            False,
            N_(
                "Twilio has the text from {phone}, but could not bring it here. Nothing is lost: Textbank "
                "fetches it from Twilio's list within minutes."
            ),
            N_(
                "Look at the errors in Twilio's console (11200: no answer from us; 11205: no connection), "
                "then run `textbank setup` again, which checks the addresses anew."
            ),
            values,
        )
    return Checked(
        False,
        N_("No reply from {phone} came in, and Twilio has none either. What was set up so far is kept."),
        N_("See that the reply went to {address}, as an ordinary text, then run `textbank setup` again."),
        values,
        waits=True,
    )


async def _has_text_from(account: Connected, phone: str) -> bool:
    async with account.api() as api:
        page = await api.get(f"{api.account}/Messages.json", From=phone, PageSize=20)
    return any(one.get("direction") == "inbound" for one in page.get("messages", []))

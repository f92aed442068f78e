"""The wall's panel "make the carrier unkind": its form, read and shown."""

from typing import Any

from pydantic import ValidationError

from textbank.simulator.configuration import Behaviour
from textbank.simulator.exchange import Exchange

_FAULTS = {
    "too_many_requests": "are too many (429)",
    "error_500_before": "fail (500), not accepted",
    "error_500_after": "fail (500), accepted",
    "timeout_before": "time out, not accepted",
    "timeout_after": "time out, accepted",
    "reset_before": "are cut off, not accepted",
    "reset_after": "are cut off, accepted",
}
_CALLBACK_SHARES = (
    ("callbacks_lost", "Lost"),
    ("callbacks_doubled", "Told twice"),
    ("callbacks_reversed", "In reverse order"),
)
_PERCENT = ("undelivered_share", "inbound_doubled", *(name for name, _ in _CALLBACK_SHARES))
_NUMBERS = ("latency_ms", "list_lag_seconds")
_SWITCHES = ("callbacks_enabled", "inbound_blackout")
_OPT_OUTS = (("off", "is only passed on"), ("block", "blocks at once"), ("late", "blocks later"))


def panel(exchange: Exchange) -> dict[str, Any]:
    """What the panel's template needs."""
    waiting = exchange.behaviour.create_fault_next.items()
    first = next(iter(exchange.accounts.values()), None)
    return {
        "behaviour": exchange.behaviour.model_dump(),
        "percent": lambda share: f"{share * 100:g}",
        "faults": [{"name": name, "says": says} for name, says in _FAULTS.items()],
        "pending": ", ".join(f"{left} that {_FAULTS[fault]}" for fault, left in waiting if left),
        "callback_shares": _CALLBACK_SHARES,
        "opt_outs": _OPT_OUTS,
        "opt_out": first.settings.default_opt_out if first is not None else "off",
    }


def apply_form(exchange: Exchange, form: dict[str, str], kind: Behaviour) -> str:
    """Behave as the form says, or as at the start if it says so; what is wrong, or nothing."""
    if form.get("kind"):
        exchange.set_behaviour(kind.model_copy(deep=True))
        _set_opt_out(exchange, "off")
        return ""
    changes: dict[str, Any] = {name: name in form for name in _SWITCHES}
    try:
        changes |= {name: float(form[name]) / 100 for name in _PERCENT if form.get(name)}
        changes |= {name: float(form[name]) for name in _NUMBERS if form.get(name)}
        count = int(form.get("fault_count") or 0)
    except ValueError:
        return "A field holds something that is not a number; nothing was changed."
    if form.get("fault"):
        changes["create_fault_next"] = {form["fault"]: count}
    try:
        behaviour = Behaviour.model_validate(exchange.behaviour.model_dump() | changes)
        _set_opt_out(exchange, form.get("default_opt_out", "off"))
    except ValidationError as error:
        names = ", ".join(str(part["loc"][0]) for part in error.errors())
        return f"Out of its bounds: {names}. Nothing was changed."
    exchange.set_behaviour(behaviour)
    return ""


def _set_opt_out(exchange: Exchange, handling: str) -> None:
    for account in exchange.accounts.values():
        # Checked as it is assigned.
        account.settings.default_opt_out = handling  # type: ignore[assignment]

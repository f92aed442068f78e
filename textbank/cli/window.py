"""`textbank window`: whether a text may leave for a place at a moment, as one JSON object."""

import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from textbank import clock
from textbank.contacts.place import five_digits, place_of
from textbank.messaging.rule import Rule
from textbank.messaging.window import evaluate


def window(
    zip_code: Annotated[str | None, typer.Option("--zip", help="ZIP code of the recipient's home.")] = None,
    number: Annotated[str | None, typer.Option(help="Their number, as in +14805550100.")] = None,
    at: Annotated[str | None, typer.Option(help="ISO 8601 with offset or Z; now if not given.")] = None,
    sells: Annotated[bool, typer.Option("--sells", help="For a campaign that sells something.")] = False,
) -> None:
    """Say whether a text that we start may leave, until when, or when the window opens."""
    if zip_code and five_digits(zip_code) is None:
        raise typer.BadParameter(f"{zip_code!r} is not a ZIP code: five digits, or five and four.")
    state = evaluate(place_of(zip_code, number or ""), _moment(at), Rule(sells=sells))
    answer = {
        "may_leave": state.may_leave,
        "until": _written(state.until),
        "opens_at": _written(state.opens_at),
        "zone": state.zone,
        "evidence": state.evidence,
        "rule": state.rule,
    }
    typer.echo(json.dumps(answer))


def _moment(at: str | None) -> datetime:
    if at is None:
        return clock.now()
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise typer.BadParameter(f"{at!r} is not a time like 2027-07-01T15:30:00Z.") from None
    if moment.tzinfo is None:
        raise typer.BadParameter(f"{at!r} does not say in which zone: add Z for UTC, or an offset.")
    return moment


def _written(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None

"""A consent file as JSON: names that stay, times in UTC and on the person's clock, nothing left to guess."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from textbank.reports.gather_consent_file import ConsentFile, Event

FORMAT: Final = "textbank consent file 1"


def consent_file_as_json(file: ConsentFile) -> dict[str, Any]:
    """The whole file as JSON values."""
    return {
        "format": FORMAT,
        "organization": file.organization,
        "number": file.e164,
        "names": list(file.names),
        "made_at": file.made_at.isoformat(),
        "zone": file.zone,
        "suppressed_since": _at(file.suppressed_since),
        "unreachable_since": _at(file.dead_since),
        "in_review_since": _at(file.review_since),
        "chain": {
            "holds": not file.faults,
            "faults": file.faults,
            "not_sealed_yet": file.unsealed,
            "newest_position": file.chain_position,
            "newest_head": file.chain_head or None,
        },
        "complete": file.older_events is None,
        "older_events_before": file.older_events,
        "events": [_event(event, file.zone) for event in file.events],
        "suppressions": [
            {
                "cause": row.cause,
                "recorded_at": _at(row.recorded_at),
                "carrier_time": _at(row.carrier_time),
                "event": row.event_id,
                "ended_at": _at(row.lifted_at),
                "ended_by_event": row.lifted_by_event_id,
            }
            for row in file.suppressions
        ],
        "subscriptions": [
            {
                "list": row.list_name,
                "state": row.state,
                "since": _at(row.since),
                "basis_event": row.basis_event_id,
            }
            for row in file.subscriptions
        ],
        "older_texts_left_out": file.older_texts,
        "texts": [
            {
                "day": day.day.isoformat(),
                "sent": day.sent,
                "received": day.received,
                "texts": [
                    {
                        "at": _at(text.created_at),
                        "direction": text.direction,
                        "purpose": text.purpose,
                        "words": text.body,
                        "status": text.status,
                        "by": text.sent_by or None,
                    }
                    for text in day.texts
                ],
            }
            for day in file.days
        ],
    }


def _event(event: Event, zone: str) -> dict[str, Any]:
    told = asdict(event.told)
    return {
        "event": event.id,
        "kind": event.kind,
        "at": _at(event.at),
        "local": event.at.astimezone(ZoneInfo(zone)).isoformat(),
        "list": event.list_name or None,
        **({"erased": True} if event.erased else told),
        "seal": None
        if event.position is None
        else {"position": event.position, "head": event.head, "digest": event.digest},
        "fault": event.fault or None,
        "payload": None if event.erased else event.payload,
    }


def _at(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None

"""Messaging v1, as far as a set-up needs it: services, their webhook address and their pool of numbers."""

from collections.abc import Callable

from textbank.simulator import registration
from textbank.simulator.accounts import Account, Service
from textbank.simulator.asgi import Answer, Request, json_answer
from textbank.simulator.configuration import ServiceSettings
from textbank.simulator.create_message import refuse
from textbank.simulator.exchange import Exchange, new_sid

_CREATED = "2026-11-21T00:00:00Z"
_BASE = "https://messaging.twilio.com/v1/Services"
_LARGEST_POOL = 400


def _flag(text: str) -> bool:
    return text.lower() == "true"


_SETTABLE: dict[str, tuple[str, Callable[[str], object]]] = {
    "FriendlyName": ("friendly_name", str),
    "InboundRequestUrl": ("inbound_request_url", str),
    "FallbackUrl": ("fallback_url", str),
    "StatusCallback": ("status_callback", str),
    "UseInboundWebhookOnNumber": ("use_inbound_webhook_on_number", _flag),
    "SmartEncoding": ("smart_encoding", _flag),
    "StickySender": ("sticky_sender", _flag),
    "ValidityPeriod": ("validity_period", int),
}


async def services(exchange: Exchange, account: Account, request: Request, path: list[str]) -> Answer:
    """Answer for `/v1/Services…`; `path` is what follows, in parts."""
    if not path:
        return await _collection(exchange, account, request)
    service = account.services.get(path[0])
    if service is None:
        return refuse(20404)
    if len(path) == 1:
        return await _one(exchange, account, request, service)
    if path[1] == "Compliance":
        return registration.campaigns(account, request, service, path[2:])
    if path[1] == "PhoneNumbers":
        return await _pool(exchange, account, request, service, path[2:])
    return refuse(20404)


async def _collection(exchange: Exchange, account: Account, request: Request) -> Answer:
    if request.method == "POST":
        service = Service(ServiceSettings(sid=new_sid("MG")))
        if not _set(service, await request.form()):
            return refuse(20001)
        account.services[service.settings.sid] = service
        _keep(exchange, account, service)
        return json_answer(_as_twilio(account, service), 201)
    rows = [_as_twilio(account, service) for service in account.services.values()]
    return json_answer(_listed("services", rows, _BASE))


async def _one(exchange: Exchange, account: Account, request: Request, service: Service) -> Answer:
    if request.method == "DELETE":
        del account.services[service.settings.sid]
        return Answer(204)
    if request.method == "POST":
        if not _set(service, await request.form()):
            return refuse(20001)
        _keep(exchange, account, service)
    return json_answer(_as_twilio(account, service))


async def _pool(
    exchange: Exchange, account: Account, request: Request, service: Service, path: list[str]
) -> Answer:
    """The service's numbers: list, add by PhoneNumberSid, remove."""
    pool = service.settings.numbers
    if path:
        number = next((e164 for e164 in pool if account.lines[e164].settings.sid == path[0]), None)
        return _pooled(exchange, account, request, service, number)
    if request.method == "POST":
        sid = dict(await request.form()).get("PhoneNumberSid", "")
        number = next((e164 for e164, line in account.lines.items() if line.settings.sid == sid), "")
        if code := _not_addable(account, service, number):
            return refuse(code)
        pool.append(number)
        service.pool_changed()
        _keep(exchange, account, service)
        return json_answer(_number(account, service, number), 201)
    rows = [_number(account, service, number) for number in pool]
    return json_answer(_listed("phone_numbers", rows, f"{_BASE}/{service.settings.sid}/PhoneNumbers"))


def _pooled(
    exchange: Exchange, account: Account, request: Request, service: Service, number: str | None
) -> Answer:
    if number is None:
        return refuse(20404)
    if request.method == "DELETE":
        service.settings.numbers.remove(number)
        service.pool_changed()
        _keep(exchange, account, service)
        return Answer(204)
    return json_answer(_number(account, service, number))


def _not_addable(account: Account, service: Service, number: str) -> int:
    """Why a number cannot join the pool, as an error code, or 0."""
    if not number:
        return 20404
    if number in service.settings.numbers:
        return 21710
    if account.service_of(number) is not None:
        return 21712
    return 21714 if len(service.settings.numbers) >= _LARGEST_POOL else 0


def _set(service: Service, form: list[tuple[str, str]]) -> bool:
    for name, value in form:
        attribute, read = _SETTABLE.get(name, ("", str))
        if not attribute:
            continue
        try:
            setattr(service.settings, attribute, read(value))
        except ValueError:
            return False
    return True


def _keep(exchange: Exchange, account: Account, service: Service) -> None:
    exchange.journal.configured("service", account.sid, service.settings.model_dump())


def _listed(key: str, rows: list[dict[str, object]], url: str) -> dict[str, object]:
    meta = {
        "page": 0,
        "page_size": 1000,
        "first_page_url": f"{url}?PageSize=1000&Page=0",
        "previous_page_url": None,
        "url": f"{url}?PageSize=1000&Page=0",
        "next_page_url": None,
        "key": key,
    }
    return {"meta": meta, key: rows}


def _number(account: Account, service: Service, e164: str) -> dict[str, object]:
    sid = account.lines[e164].settings.sid
    return {
        "sid": sid,
        "account_sid": account.sid,
        "service_sid": service.settings.sid,
        "date_created": _CREATED,
        "date_updated": _CREATED,
        "phone_number": e164,
        "country_code": "US",
        "capabilities": ["SMS", "MMS", "Voice"],
        "url": f"{_BASE}/{service.settings.sid}/PhoneNumbers/{sid}",
    }


def _as_twilio(account: Account, service: Service) -> dict[str, object]:
    settings = service.settings
    url = f"{_BASE}/{settings.sid}"
    return {
        "sid": settings.sid,
        "account_sid": account.sid,
        "friendly_name": settings.friendly_name,
        "date_created": _CREATED,
        "date_updated": _CREATED,
        "inbound_request_url": settings.inbound_request_url or None,
        "inbound_method": "POST",
        "fallback_url": settings.fallback_url or None,
        "fallback_method": "POST",
        "status_callback": settings.status_callback or None,
        "sticky_sender": settings.sticky_sender,
        "mms_converter": True,
        "smart_encoding": settings.smart_encoding,
        "scan_message_content": "inherit",
        "fallback_to_long_code": True,
        "area_code_geomatch": True,
        "synchronous_validation": False,
        "validity_period": settings.validity_period,
        "url": url,
        "links": {"phone_numbers": f"{url}/PhoneNumbers"},
        "usecase": "undeclared",
        "us_app_to_person_registered": settings.campaign_status == "VERIFIED",
        "use_inbound_webhook_on_number": settings.use_inbound_webhook_on_number,
    }

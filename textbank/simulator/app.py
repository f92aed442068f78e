"""Which address is answered by what, and the life of the carrier from start-up to shut-down."""

from urllib.parse import unquote

from textbank.simulator import lookup, numbers, registration, services
from textbank.simulator.accounts import Account
from textbank.simulator.asgi import (
    Answer,
    App,
    BadBody,
    Cut,
    Receive,
    Request,
    Scope,
    Send,
    Stream,
    problem,
    reset_connection,
    send_answer,
    send_stream,
)
from textbank.simulator.configuration import SimulatorSettings
from textbank.simulator.control import control
from textbank.simulator.create_message import create, refuse
from textbank.simulator.exchange import Exchange
from textbank.simulator.inbound import Inbound
from textbank.simulator.journal import Journal
from textbank.simulator.list_messages import list_messages
from textbank.simulator.message_resource import message_resource
from textbank.simulator.replay import replay
from textbank.simulator.supporters import Supporters
from textbank.simulator.wall import Wall

_REST = "/2010-04-01/Accounts/"
_LOOKUP = "/v2/PhoneNumbers/"
_SERVICES = "/v1/Services"
_TOLL_FREE = "/v1/Tollfree/Verifications"
_CONTROL = "/_simulator/"


def create_app(settings: SimulatorSettings, journal: Journal | None = None) -> App:
    """The carrier as an ASGI application; it needs the lifespan protocol, as uvicorn speaks it."""
    return Simulator(settings, journal or Journal(None))


class Simulator:
    """The ASGI application."""

    def __init__(self, settings: SimulatorSettings, journal: Journal) -> None:
        self.exchange = Exchange(settings, journal)
        self.inbound = Inbound(self.exchange)
        self.supporters = Supporters(self.exchange, self.inbound)
        self.wall = Wall(self.exchange, self.inbound)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or live through one start and stop."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        try:
            answer = await self._answer(request)
        except Cut:
            reset_connection(send)
            return
        except BadBody as error:
            answer = problem(400, str(error))
        if isinstance(answer, Stream):
            await send_stream(answer, request, send)
        else:
            await send_answer(answer, send)

    async def _answer(self, request: Request) -> Answer | Stream:
        path = request.path
        if path.startswith((_REST, _LOOKUP, _SERVICES, _TOLL_FREE)):
            account = self.exchange.by_authorization.get(request.header(b"authorization"))
            if account is None:
                return refuse(20003)
            return await self._api(account, request, path)
        if path.startswith(_CONTROL):
            return await control(self.exchange, self.inbound, request, path[len(_CONTROL) :])
        return await self.wall.answer(request)

    async def _api(self, account: Account, request: Request, path: str) -> Answer:
        """Twilio's own addresses, for an account that logged in."""
        if account.settings.status != "active" and path != f"{_REST}{account.sid}.json":
            return refuse(registration.NOT_ACTIVE)
        if path.startswith(_TOLL_FREE):
            return registration.toll_free_verifications(account, request)
        if path.startswith(_REST):
            return await self._rest(account, request, path[len(_REST) :])
        if path.startswith(_LOOKUP):
            return lookup.lookup(account, request, unquote(path[len(_LOOKUP) :]))
        parts = [part for part in path[len(_SERVICES) :].split("/") if part]
        return await services.services(self.exchange, account, request, parts)

    async def _rest(self, account: Account, request: Request, path: str) -> Answer:
        """The 2010 API; `path` begins with the account's sid."""
        sid, _, resource = path.removesuffix(".json").partition("/")
        if sid != account.sid:
            return refuse(20003)
        if not resource:
            return registration.account_resource(account)
        name, _, item = resource.partition("/")
        if name == "Messages":
            return await self._messages(account, request, item)
        if name == "IncomingPhoneNumbers" and item:
            return await numbers.number_resource(self.exchange, account, request, item)
        if name == "IncomingPhoneNumbers":
            return numbers.list_numbers(account, request)
        return refuse(20404)

    async def _messages(self, account: Account, request: Request, sid: str) -> Answer:
        if sid:
            return await message_resource(self.exchange, account, request, sid)
        if request.method == "POST":
            return await create(self.exchange, account, request)
        if request.method == "GET":
            return list_messages(self.exchange, account, request)
        return refuse(20004)

    async def _live(self, receive: Receive, send: Send) -> None:
        exchange = self.exchange
        while True:
            event = await receive()
            if event["type"] == "lifespan.startup":
                exchange.webhooks.open()
                exchange.callbacks.start()
                replay(exchange)
                exchange.journal.open()
                await send({"type": "lifespan.startup.complete"})
            else:
                exchange.hub.close()
                exchange.agenda.close()
                await self.inbound.stop()
                await exchange.callbacks.stop()
                await exchange.webhooks.close()
                await exchange.journal.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

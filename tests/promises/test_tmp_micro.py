import sqlalchemy as sa

from tests.promises.desk import Desk
from textbank.messaging import permit as pm
from textbank.messaging.permit import *
from textbank.messaging.protocol import *


async def test_micro(desk: Desk, admin) -> None:
    await desk.subscribe("+15105559999")
    o = desk.organization_id
    async with admin.connect() as con:
        await con.execution_options(isolation_level="AUTOCOMMIT")
        await con.execute(sa.text("insert into recipient (organization_id, e164, place) select :o, '+1510' || (3000000 + n), 'test/open' from generate_series(1, 3000) n"), {"o": o})
        await con.execute(sa.text("insert into subscription (organization_id, list_id, contact_id, recipient_id, state, basis_event_id) select r.organization_id, s.list_id, s.contact_id, r.id, 'subscribed', s.basis_event_id from recipient r, subscription s where r.e164 like '+15103%' on conflict do nothing"))
    await desk.launch()
    for n in range(8):
        c = await desk.claim(texts=50)
        if n < 7: await desk.ask(c); continue
        captured = {}
        async with desk.database.transaction(o) as session:
            real = session.execute
            async def fake(q, params=None):
                captured.update(q=q, p=params)
                return []
            session.execute = fake
            await pm.permit(session, o, desk.sender_id, c.token, c.messages)
            session.execute = real
            rows = (await session.execute(sa.text("explain (analyze, buffers off) " + captured["q"].text), captured["p"])).scalars().all()
            print("\n".join(rows))

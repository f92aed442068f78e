import time, statistics as st
from tests.promises.desk import Desk
import sqlalchemy as sa
from textbank.sms.segments import count
async def test_micro(desk: Desk, admin) -> None:
    await desk.subscribe("+15105559999")
    o = desk.organization_id
    async with admin.connect() as con:
        await con.execution_options(isolation_level="AUTOCOMMIT")
        await con.execute(sa.text("insert into recipient (organization_id, e164, place) select :o, '+1510' || (3000000 + n), 'test/open' from generate_series(1, 8000) n"), {"o": o})
        await con.execute(sa.text("insert into subscription (organization_id, list_id, contact_id, recipient_id, state, basis_event_id) select r.organization_id, s.list_id, s.contact_id, r.id, 'subscribed', s.basis_event_id from recipient r, subscription s where r.e164 like '+15103%' on conflict do nothing"))
    for round in (1, 2):
        await desk.launch()
        t = {"claim": [], "permit": [], "record": []}
        while True:
            a = time.perf_counter(); c = await desk.claim(texts=50)
            if not c.messages: break
            b = time.perf_counter(); ans = await desk.ask(c)
            d = time.perf_counter(); await desk.record(ans); e = time.perf_counter()
            t["claim"].append(b-a); t["permit"].append(d-b); t["record"].append(e-d)
        print("ROUND", round, {k: (len(v), round_(st.median(v)), round_(sum(v)/len(v)), round_(sorted(v)[len(v)//10])) for k, v in t.items()})
def round_(x): return round(x*1000, 1)

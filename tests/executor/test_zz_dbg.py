from tests.executor.test_rules_errors import *
async def test_dbg(worker):
    run = await execute(worker, graph([node("f", b.FailOnBlock, policy=retries(2), value=1, bad=1)]))
    for e in run.events: print(e.kind, e.node_id, e.data)
    assert 0

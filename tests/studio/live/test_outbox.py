from studio.live.outbox import Outbox


async def test_hints_of_one_kind_become_one_with_the_newest_offsets() -> None:
    box = Outbox()
    for size in range(1000):
        box.put({"topic": "run:a", "event": "log", "size": size})
    box.put({"topic": "run:a", "event": "status"})
    assert await box.take() == [{"topic": "run:a", "event": "log", "size": 999}, {"topic": "run:a", "event": "status"}]


async def test_above_the_limit_a_gap_is_marked() -> None:
    box = Outbox(limit=2)
    for name in "abc":
        box.put({"topic": f"run:{name}", "event": "log"})
    taken = await box.take()
    assert [message.get("topic") for message in taken] == ["run:a", "run:b", None]
    assert taken[-1] == {"gap": True}
    box.put({"topic": "run:d", "event": "log"})
    assert await box.take() == [{"topic": "run:d", "event": "log"}]

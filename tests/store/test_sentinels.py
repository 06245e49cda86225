"""Asking Sentinels: some are away, mute or wrong, some have missed a failover."""

import asyncio
import re
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from hitsvc.counting.commands import spell
from hitsvc.errors import CounterUnavailable
from hitsvc.store.opening import open_backend
from hitsvc.store.sentinel_url import Address, SentinelURL
from hitsvc.store.sentinels import FRESH_S, NoSuchPrimary, Opinion, Sentinels
from tests.support.scripted import Script, serving
from tests.support.sentinel import SERVICE, names

PLACE = ("10.0.0.3", 6379)
THERE = names(*PLACE)
_NOTHING = b"-ERR No such master with that name\r\n"
UNKNOWN = b"*-1\r\n" + _NOTHING
QUESTION = (
    spell("SENTINEL", "GET-MASTER-ADDR-BY-NAME", SERVICE)
    + spell("SENTINEL", "MASTER", SERVICE)
).encode()


def parse(url: str) -> SentinelURL:
    """Read a URL that is known to be one of Sentinels."""
    parsed = SentinelURL.parse(url)
    assert parsed is not None
    return parsed


@asynccontextmanager
async def sentinels(*scripts: Any, timeout_s: float = 5.0, **options: Any) -> Any:
    """Gives what asks as many Sentinels as there are scripts."""
    async with AsyncExitStack() as stack:
        urls = [await stack.enter_async_context(serving(s)) for s in scripts]
        hosts = ",".join(url.partition("//")[2] for url in urls)
        asking = Sentinels(
            parse(f"redis+sentinel://{hosts}/{SERVICE}"), timeout_s, **options
        )
        yield asking
        await asking.close()


class TestSentinels:
    """Some of them may be away, mute or wrong."""

    async def search(self, *sentinels: Script, options: str = "") -> Address:
        """Ask as many Sentinels as there are scripts."""
        async with AsyncExitStack() as stack:
            hosts = [
                (await stack.enter_async_context(serving(script))).partition("//")[2]
                for script in sentinels
            ]
            url = f"redis+sentinel://{','.join(hosts)}/counts{options}"
            # A mute one is given up soon; an answer is only late if a machine stands.
            return await Sentinels(parse(url), 0.3).primary()

    async def test_one_is_asked_by_the_name(self):
        """The answer is the primary's address."""
        sentinel = Script(THERE)
        assert await self.search(sentinel) == PLACE
        assert sentinel.received == [QUESTION]

    async def test_user_and_password_come_first(self):
        """The Sentinels' own, not the primary's."""
        sentinel = Script(b"+OK\r\n", THERE)
        await self.search(
            sentinel, options="?sentinel_username=w&sentinel_password=p%40"
        )
        assert sentinel.received == [spell("AUTH", "w", "p@").encode(), QUESTION]

    @pytest.mark.parametrize(
        "other",
        [
            pytest.param(Script(b""), id="mute"),
            pytest.param(Script(None), id="hangs up"),
            pytest.param(Script(UNKNOWN), id="knows nothing"),
            pytest.param(Script(b"-NOAUTH no\r\n" * 2), id="refuses"),
        ],
    )
    async def test_one_good_answer_is_enough(self, other):
        """Whatever the one before it in the list does."""
        assert await self.search(other, Script(THERE)) == PLACE

    async def test_the_others_are_not_waited_for(self):
        """Once one has told, a mute one costs nothing, however long it may take."""
        async with serving(Script()) as mute, serving(Script(THERE)) as good:
            hosts = f"{mute},{good}".replace("redis://", "")
            watched = parse(f"redis+sentinel://{hosts}/counts")
            async with asyncio.timeout(10):  # in place of a test that hangs
                await Sentinels(watched, timeout_s=600).primary()

    async def test_all_are_asked_at_once(self):
        """The second answers while the first is still silent."""
        asked = asyncio.Event()

        async def first(reader, writer):
            await reader.read(100)
            await asked.wait()
            writer.write(UNKNOWN)

        async def second(reader, writer):
            await reader.read(100)
            asked.set()
            writer.write(UNKNOWN)

        async with serving(first) as one, serving(second) as two:
            hosts = f"{one},{two}".replace("redis://", "")
            sentinels = Sentinels(parse(f"redis+sentinel://{hosts}/counts"), 5)
            with pytest.raises(NoSuchPrimary) as caught:
                await sentinels.primary()
        assert str(caught.value).count("no service") == 2

    @pytest.mark.parametrize(
        ("answer", "reason"),
        [
            pytest.param(
                b"*-1\r\n", "watches over no service named 'counts'", id="name"
            ),
            pytest.param(b"-NOAUTH no\r\n", "address: NOAUTH no", id="password"),
            pytest.param(b"-ERR unknown command\r\n", "unknown command", id="a Redis"),
            pytest.param(b":1\r\n", "its answer is no address", id="a number"),
            pytest.param(b"*1\r\n+h\r\n", "is no address", id="too short"),
            pytest.param(b"*2\r\n+h\r\n+x\r\n", "is no address", id="no port"),
            pytest.param(b"*2\r\n:1\r\n:2\r\n", "is no address", id="numbers"),
            pytest.param(
                b"*2\r\n+h\r\n+%s\r\n" % (b"9" * 5000), "is no address", id="digits"
            ),
        ],
    )
    async def test_an_answer_without_an_address_is_told(self, answer, reason):
        """Before what is told of those that are away, which may come back."""
        with pytest.raises(NoSuchPrimary, match=reason) as caught:
            await self.search(Script(None), Script(answer + _NOTHING))
        assert re.match(r"Sentinel 127\.0\.0\.1:\d+ ", str(caught.value))
        assert "closed the connection" not in str(caught.value)

    async def test_none_that_answers_is_told(self):
        """Each with its address and what is wrong with it."""
        with pytest.raises(CounterUnavailable) as caught:
            await self.search(Script(None), Script(b""))
        assert not isinstance(caught.value, NoSuchPrimary)
        reasons = str(caught.value).split("; ")
        assert re.fullmatch(r"Sentinel \S+ cannot be reached: it closed .*", reasons[0])
        assert re.fullmatch(r"Sentinel \S+ did not answer within 0.3 s", reasons[1])

    async def test_an_answer_holds_for_a_moment(self):
        """A busy service asks a few times a second, not once a batch."""
        now = 100.0
        sentinel = Script(THERE, THERE)
        async with serving(sentinel) as url:
            watched = parse(url.replace("://", "+sentinel://") + "/counts")
            sentinels = Sentinels(watched, 5, clock=lambda: now)
            await sentinels.primary()
            now += FRESH_S * 0.99
            assert await sentinels.primary() == PLACE
            assert sentinel.connections == 1
            now += FRESH_S * 0.02
            await sentinels.primary()
            assert sentinel.connections == 2

    async def test_silence_of_all_is_told_as_theirs(self):
        """Not as the primary's, though the time for a batch covers both."""
        async with serving(Script()) as url:
            backend = open_backend(
                url.replace("://", "+sentinel://") + "/counts", timeout_s=0.2
            )
            with pytest.raises(CounterUnavailable, match=r"^Sentinel .* within 0\.1 s"):
                await backend.execute(spell("PING"), 1)


BEFORE, AFTER = ("10.0.0.1", 6379), ("10.0.0.2", 6379)


class TestOnesThatAreBehind:
    """A Sentinel that has missed a failover names the old primary."""

    async def believing(self, asking: Sentinels) -> None:
        """Let it have believed a decision of number 5."""
        asking.believe(Opinion(5, AFTER))

    async def test_is_not_believed_if_another_knows_better(self):
        """Though it is the first to answer."""
        behind_has_answered = asyncio.Event()

        async def behind(reader, writer):
            await reader.read(1000)
            writer.write(names(*BEFORE, epoch=4))
            behind_has_answered.set()

        async def knowing(reader, writer):
            await reader.read(1000)
            await behind_has_answered.wait()
            writer.write(names(*AFTER, epoch=5))

        now = 0.0
        async with sentinels(behind, knowing, clock=lambda: now) as asking:
            await self.believing(asking)
            now += FRESH_S
            assert await asking.primary() == AFTER

    async def test_is_not_believed_alone(self):
        """Hits would go to a server that they are lost with."""
        now = 0.0
        behind = Script(names(*BEFORE, epoch=4))
        async with sentinels(
            behind, Script(None), Script(UNKNOWN), clock=lambda: now
        ) as asking:
            await self.believing(asking)
            now += FRESH_S
            with pytest.raises(
                CounterUnavailable, match=r"only 1 of 3 .* missed"
            ) as ex:
                await asking.primary()
        assert "closed the connection" in str(ex.value)
        assert not isinstance(ex.value, NoSuchPrimary)

    async def test_is_believed_if_most_say_so(self):
        """They have been set up anew, and count from the beginning; the newest wins."""
        now = 0.0
        said = Script(names(*BEFORE, epoch=0)), Script(names(*PLACE, epoch=1))
        async with sentinels(*said, Script(None), clock=lambda: now) as asking:
            await self.believing(asking)
            now += FRESH_S
            assert await asking.primary() == PLACE


class TestNewest:
    """All are heard, and the last decision counts."""

    @pytest.mark.parametrize(
        ("said", "newest"),
        [
            pytest.param([(AFTER, 2)], Opinion(2, AFTER), id="one of one"),
            pytest.param(
                [(BEFORE, 1), (BEFORE, 1), (AFTER, 2)], Opinion(2, AFTER), id="a newer"
            ),
            pytest.param([(AFTER, 2), None, None], Opinion(2, AFTER), id="only it"),
            pytest.param(
                [(BEFORE, 1), (BEFORE, 1), None], Opinion(1, BEFORE), id="as before"
            ),
            pytest.param(
                [(AFTER, 1), (AFTER, 1), None], Opinion(1, AFTER), id="most, no newer"
            ),
            pytest.param([(AFTER, 1), None, None], None, id="few, no newer"),
            pytest.param([(AFTER, 0), (AFTER, 0), None], None, id="older"),
            pytest.param(
                [(BEFORE, 1), (AFTER, 1), (AFTER, 1)], None, id="no agreement"
            ),
            pytest.param([(AFTER, 2), (BEFORE, 2), None], None, id="two at a time"),
            pytest.param([None, None, None], None, id="silence"),
        ],
    )
    async def test_is(self, said, newest):
        """By number; of the same number, what most say and nobody denies."""
        scripts = [
            Script(told and names(told[0][0], told[0][1], told[1])) for told in said
        ]
        async with sentinels(*scripts) as asking:
            asking.believe(Opinion(1, BEFORE))
            assert await asking.newest() == newest

    @pytest.mark.parametrize(
        "about",
        [
            pytest.param(b"-NOPERM no\r\n", id="forbidden"),
            pytest.param(b"*0\r\n", id="nothing"),
            pytest.param(b"*1\r\n+config-epoch\r\n", id="cut off"),
            pytest.param(b"*2\r\n+config-epoch\r\n+x\r\n", id="no number"),
            pytest.param(b"*2\r\n+config-epoch\r\n:7\r\n", id="another type"),
            pytest.param(b"*2\r\n*0\r\n+7\r\n", id="no name"),
        ],
    )
    async def test_without_a_number_most_must_agree(self, about):
        """Its user may be forbidden to ask for it."""
        said = names(*AFTER, epoch=None).replace(b"-NOPERM no\r\n", about)
        for few, newest in ((2, Opinion(0, AFTER)), (1, None)):
            scripts = [Script(said) for _ in range(few)]
            scripts += [Script(None) for _ in range(3 - few)]
            async with sentinels(*scripts) as asking:
                asking.believe(Opinion(0, BEFORE))
                assert await asking.newest() == newest

    async def test_connections_are_kept(self):
        """A handshake a second would be dear with TLS."""
        script = Script(THERE, THERE)
        async with sentinels(script) as asking:
            await asking.newest()
            await asking.newest()
            assert script.connections == 1

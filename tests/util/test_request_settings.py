"""The allow-list, the origin map, and the connections that calls share."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys

import pytest

from backend.util.errors import (
    AddressRefused,
)
from backend.util.request import AsyncRequests, Requests, aclose_shared
from tests.support.http_server import Answer, local_http_server, reachable
from tests.util.request_faces import Face, serving


async def test_local_server_is_refused_without_the_allow_list(call: Face) -> None:
    with (
        local_http_server({"/": Answer()}) as server,
        reachable(),
        pytest.raises(AddressRefused, match=server.address),
    ):
        await call("GET", server.base_url, client={"trusted_origins": [server.base_url]})
    assert server.connections == 0


async def test_name_of_the_local_machine_is_refused_and_can_be_allowed(call: Face) -> None:
    with local_http_server({"/": Answer()}) as server:
        url = f"http://localhost:{server.port}/"
        with reachable(server), pytest.raises(AddressRefused, match=f"localhost:{server.port} leads to"):
            await call("GET", url)
        assert server.connections == 0
        with reachable(f"localhost:{server.port}"):
            assert (await call("GET", url)).ok


async def test_connection_made_under_the_allow_list_is_not_used_without_it(call: Face) -> None:
    with local_http_server({"/": Answer()}) as server:
        url = f"http://localhost:{server.port}/"
        with reachable(f"localhost:{server.port}"):
            await call("GET", url)
        with reachable(), pytest.raises(AddressRefused):
            await call("GET", url)
    assert len(server.seen) == 1


async def test_mapped_origin_is_answered_by_the_local_server(call: Face) -> None:
    with local_http_server({"/v1/items": Answer.of_json([])}) as server:
        with reachable(origin_map={"https://api.example.com": server.base_url}):
            response = await call("GET", "https://api.example.com/v1/items?a=1")
    assert response.url == "https://api.example.com/v1/items?a=1"
    assert (server.seen[0].headers["host"], server.seen[0].target) == ("api.example.com", "/v1/items?a=1")


async def test_origin_map_is_not_honoured_in_production(call: Face) -> None:
    with local_http_server({"/": Answer()}) as server:
        origin_map = {"http://localhost:9": server.base_url}
        with reachable(environment="production", origin_map=origin_map):
            with pytest.raises(AddressRefused, match="localhost:9 leads to"):
                await call("GET", "http://localhost:9/")
        with reachable(environment="development", origin_map=origin_map):
            assert (await call("GET", "http://localhost:9/")).ok
    assert len(server.seen) == 1


async def test_closed_connections_are_opened_again(call: Face) -> None:
    with serving({"/": Answer()}) as server:
        await call("GET", server.base_url)
        await aclose_shared()
        await call("GET", server.base_url)
    assert (len(server.seen), server.connections) == (2, 2)


def test_importing_the_client_imports_no_http_library() -> None:
    program = "import backend.util.request, sys; print({'httpx', 'httpcore'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "head", "options"])
async def test_each_method_of_both_faces_sends_its_own(method: str) -> None:
    with serving({"/": Answer()}) as server:
        await asyncio.to_thread(getattr(Requests(), method), server.base_url)
        await getattr(AsyncRequests(), method)(server.base_url)
    assert [seen.method for seen in server.seen] == [method.upper()] * 2
    await aclose_shared()


async def test_many_threads_and_tasks_share_the_client() -> None:
    with serving({"/": lambda seen: Answer(body=json.dumps(seen.query["n"][0]).encode())}) as server:
        urls = [f"{server.base_url}/?n={n}" for n in range(40)]
        threads = asyncio.gather(*(asyncio.to_thread(Requests().get, url) for url in urls))
        tasks = asyncio.gather(*(AsyncRequests().get(url) for url in urls))
        answers = [*await threads, *await tasks]
    assert [answer.json() for answer in answers] == [str(n) for n in range(40)] * 2
    await aclose_shared()

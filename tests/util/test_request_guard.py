"""The guard at the socket: what is refused is never connected to, what was checked is what is connected to."""

from __future__ import annotations

import socket
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backend.util.errors import AddressRefused, ProviderUnavailable
from backend.util.http_connect import Resolve
from tests.support.http_server import Answer, local_http_server, reachable
from tests.util.request_faces import Bench, Face, Names, call_async, call_sync
from tests.util.test_address_guard import LEGAL, REFUSED_SPELLINGS

PRIVATE_NAMES = {
    "localhost": [["127.0.0.1"]],
    "localhost6": [["::1"]],
    "metadata.google.internal": [["169.254.169.254"]],
    "intranet": [["10.1.2.3"]],
    "mixed.example.com": [["93.184.216.34", "192.168.0.1"]],
    "mixed6.example.com": [["93.184.216.34", "fd00::1"]],
    "mapped.example.com": [["::ffff:127.0.0.1"]],
    "nat64.example.com": [["64:ff9b::a00:1"]],
    "scoped.example.com": [["fe80::1%2"]],
    "127.0.0.1.nip.example": [["127.0.0.1"]],
}


@pytest.fixture(params=[call_sync, call_async], ids=["sync", "async"])
async def face(request: pytest.FixtureRequest) -> AsyncIterator[Face]:
    with reachable():
        yield request.param


async def test_no_refused_spelling_opens_a_socket(face: Face) -> None:
    names = Names()
    bench = Bench(face, names)
    for url in REFUSED_SPELLINGS:
        with pytest.raises(AddressRefused):
            await bench("GET", url)
    assert (bench.connects, names.asked) == ([], [])


async def test_no_name_with_a_private_answer_opens_a_socket(face: Face) -> None:
    bench = Bench(face, Names(PRIVATE_NAMES))
    for name in PRIVATE_NAMES:
        with pytest.raises(AddressRefused, match=r"leads to .* not a public address"):
            await bench("POST", f"https://{name}:8443/x", json={})
    assert bench.connects == []


async def test_every_legal_url_is_connected_to_at_its_checked_address(face: Face) -> None:
    bench = Bench(face, Names())
    for url in LEGAL:
        with pytest.raises(ProviderUnavailable, match="cannot be reached"):
            await bench("POST", url, json={})
    assert len(bench.connects) == len(LEGAL)
    assert {host for host, _ in bench.connects} == {
        "93.184.216.34",
        "1.1.1.1",
        "8.8.8.8",
        "172.32.0.1",
        "2606:4700:4700::1111",
    }


async def test_name_that_changes_its_mind_is_connected_to_as_checked(face: Face) -> None:
    with local_http_server({"/": Answer(body=b"public")}) as server:
        names = Names({"rebind.example.com": [["93.184.216.34"], ["127.0.0.1"]]})
        bench = Bench(face, names, routes={"93.184.216.34": server.port})
        response = await bench("GET", "http://rebind.example.com/")
        await bench.close()
    assert response.text == "public"
    assert bench.connects == [("93.184.216.34", 80)]
    assert names.asked == ["rebind.example.com"]
    assert server.seen[0].headers["host"] == "rebind.example.com"


async def test_name_that_turns_private_is_refused_at_its_next_connection(face: Face) -> None:
    with local_http_server({"/": Answer(hang_up=True)}) as server:
        names = Names({"rebind.example.com": [["93.184.216.34"], ["127.0.0.1"]]})
        bench = Bench(face, names, routes={"93.184.216.34": server.port})
        with pytest.raises(AddressRefused, match=r"127\.0\.0\.1"):
            await bench("GET", "http://rebind.example.com/")
        await bench.close()
    assert bench.connects == [("93.184.216.34", 80)]


async def test_redirect_to_a_name_that_is_private_is_refused(face: Face) -> None:
    with local_http_server({"/": Answer.redirect("http://intranet/admin")}) as server:
        bench = Bench(face, Names({"intranet": [["10.0.0.1"]]}), routes={"93.184.216.34": server.port})
        with pytest.raises(AddressRefused, match=r"intranet:80 leads to 10\.0\.0\.1"):
            await bench("GET", "http://example.com/")
        await bench.close()
    assert bench.connects == [("93.184.216.34", 80)]


async def test_trusted_origin_does_not_lift_the_guard(face: Face) -> None:
    bench = Bench(face, Names(PRIVATE_NAMES))
    with pytest.raises(AddressRefused):
        await bench("GET", "http://intranet/", client={"trusted_origins": ["http://intranet"]})
    assert bench.connects == []


async def test_second_address_is_tried_when_the_first_is_dead(face: Face) -> None:
    with local_http_server({"/": Answer(body=b"here")}) as server:
        names = Names({"example.com": [["93.184.216.34", "1.1.1.1"]]})
        bench = Bench(face, names, routes={"1.1.1.1": server.port})
        assert (await bench("GET", "http://example.com/")).text == "here"
        await bench.close()


async def test_unknown_host_is_told_at_once(face: Face) -> None:
    resolve: Resolve = lambda host, port: []  # noqa: E731
    with pytest.raises(ProviderUnavailable, match=r"no host 'exmaple\.com'"):
        await Bench(face, resolve)("GET", "https://exmaple.com/?key=sesame")


@pytest.mark.parametrize("code", [socket.EAI_NONAME, socket.EAI_AGAIN])
async def test_name_of_an_example_is_told_with_the_setting_that_leads_it_elsewhere(
    face: Face, code: int
) -> None:
    def resolve(host: str, port: int) -> list[str]:
        raise socket.gaierror(code, "unknown")

    with pytest.raises(ProviderUnavailable, match=r"HTTP_ORIGIN_MAP='\{\"https://api\.acme\.example\": "):
        await Bench(face, resolve)("GET", "https://api.acme.example/v1/me")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for api.example.com, in one file."""
    folder = tmp_path_factory.mktemp("tls")
    key, cert, both = folder / "key.pem", folder / "cert.pem", folder / "both.pem"
    subject = ["-subj", "/CN=api.example.com", "-addext", "subjectAltName=DNS:api.example.com"]
    new = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    subprocess.run(
        [*new, "-days", "2", *subject, "-keyout", str(key), "-out", str(cert)],
        check=True,
        capture_output=True,
    )
    both.write_bytes(key.read_bytes() + cert.read_bytes())
    return both


async def test_tls_keeps_the_name_while_the_connection_goes_to_the_address(
    face: Face, certificate: Path
) -> None:
    names_asked: list[str | None] = []
    server_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_tls.load_cert_chain(certificate)
    server_tls.sni_callback = lambda _socket, name, _context: names_asked.append(name)
    ours = ssl.create_default_context(cafile=str(certificate))
    with local_http_server({"/": Answer(body=b"private")}, tls=server_tls) as server:
        bench = Bench(face, Names(), routes={"93.184.216.34": server.port}, tls=ours)
        assert (await bench("GET", "https://api.example.com/")).text == "private"
        await bench.close()
    assert names_asked == ["api.example.com"]
    assert bench.connects == [("93.184.216.34", 443)]


@pytest.mark.parametrize("url", ["https://api.example.com/", "https://other.example.com/"])
async def test_certificate_of_nobody_or_of_another_is_refused(
    face: Face, certificate: Path, url: str
) -> None:
    server_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_tls.load_cert_chain(certificate)
    ours = ssl.create_default_context(cafile=str(certificate)) if "other" in url else None
    with local_http_server({"/": Answer()}, tls=server_tls) as server:
        bench = Bench(face, Names(), routes={"93.184.216.34": server.port}, tls=ours)
        with pytest.raises(ProviderUnavailable, match="certificate"):
            await bench("GET", url)
        await bench.close()
    assert server.seen == []
    assert len(bench.connects) == 1

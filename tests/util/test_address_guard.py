"""The address guard: which spellings are refused, which ranges are public, what the allow-list lifts."""

from __future__ import annotations

import pytest

from backend.util.address_guard import AddressGuard, why_not_public
from backend.util.errors import AddressRefused, SetupProblem

REFUSED_LINES = """
http://127.0.0.1/ http://127.0.0.1:80/ http://127.1/ http://127.0.1/ http://127.0.0.1./ http://127.255.255.254/
http://2130706433/ http://0x7f000001/ http://0x7f.0.0.1/ http://0x7f.1/ http://017700000001/ http://0177.0.0.1/
http://0177.1/ http://00000177.0.0.1/ http://127.0.0.0x1/ http://1.1.1.1.1/ http://1.1.1.256/ http://08.8.8.8/
http://0x/ http://1.1.1.1.0x/ http://134744072/ http://8.8.2056/
http://0.0.0.0/ http://0/ http://0.1.2.3/ http://10.0.0.1/ http://10.255.255.255/ http://172.16.0.1/
http://172.31.255.255/ http://192.168.0.1/ http://192.168.255.255/ http://169.254.169.254/latest/meta-data/
http://168.63.129.16/ http://100.64.0.1/ http://100.127.255.255/ http://192.0.0.1/ http://192.0.2.1/
http://198.18.0.1/ http://198.19.255.255/ http://198.51.100.1/ http://203.0.113.1/ http://192.88.99.1/
http://192.31.196.1/ http://192.52.193.1/ http://192.175.48.1/ http://224.0.0.1/ http://239.255.255.255/
http://240.0.0.1/ http://255.255.255.255/
http://[::1]/ http://[::]/ http://[0:0:0:0:0:0:0:1]/ http://[::ffff:127.0.0.1]/ http://[::ffff:8.8.8.8]/
http://[::ffff:7f00:1]/ http://[::127.0.0.1]/ http://[::8.8.8.8]/ http://[64:ff9b::7f00:1]/
http://[64:ff9b::8.8.8.8]/ http://[64:ff9b:1::1]/ http://[2002:7f00:1::]/ http://[2002:808:808::1]/
http://[2001::1]/ http://[2001:0:7f00:1::]/ http://[2001:db8::1]/ http://[2001:10::1]/ http://[2001:20::1]/
http://[3fff::1]/ http://[5f00::1]/ http://[100::1]/ http://[fc00::1]/ http://[fd12:3456::1]/ http://[fe80::1]/
http://[fe80::1%25eth0]/ http://[fe80::1%eth0]/ http://[2606:4700::1111%25eth0]/ http://[fec0::1]/ http://[ff02::1]/
http://[4000::1]/ http://[2620:4f:8000::1]/ http://[2606:4700::5efe:7f00:1]/ http://[v1.x]/ http://[]/ http://[::1/
http://[127.0.0.1]/ http://::1/
http://１２７.0.0.1/ http://①②⑦.0.0.1/ http://127。0。0。1/ http://0ｘ7f.1/ http://⑯⑨.254.169.254/
http://user@example.com/ http://user:pw@example.com/ http://example.com@127.0.0.1/ http://127.0.0.1@example.com/
http://@example.com/ http://example.com%40127.0.0.1/ http://127.0.0.1%2f@example.com/
http://example.com\\@127.0.0.1/ http://example.com\\.internal/ http://127.0.0.1\\.example.com/
http://%31%32%37.0.0.1/ http://exa%6dple.com/ http://example..com/ http://.example.com/ http://-example.com/
http://example.com:0/ http://example.com:65536/ http://example.com:99999/ http://example.com:port/
http://example.com:80:80/ http://example.com:-1/ http://example.com:８０/ http://example.com../
http:// http:/// http:///path http://? http://# http:example.com http:/example.com //example.com example.com
/etc/passwd file:///etc/passwd file://example.com/x ftp://example.com/ gopher://127.0.0.1:6379/_INFO
dict://127.0.0.1:11211/stats ws://example.com/ data:text/plain,x javascript:alert(1) ldap://example.com
jar:http://example.com!/ unix:/var/run/docker.sock http+unix://%2Fvar%2Frun%2Fdocker.sock/ httpx://example.com/
"""
REFUSED_SPELLINGS = REFUSED_LINES.split()

LEGAL = {
    "https://example.com": "https://example.com/",
    "https://example.com/": "https://example.com/",
    "HTTPS://Example.COM/Path": "https://example.com/Path",
    "https://example.com.": "https://example.com/",
    "https://example.com:443/": "https://example.com/",
    "http://example.com:80/": "http://example.com/",
    "https://example.com:8443/x": "https://example.com:8443/x",
    "http://example.com:443/": "http://example.com:443/",
    "  https://example.com/a\n": "https://example.com/a",
    "https://example.com?x=1": "https://example.com/?x=1",
    "https://example.com/a#part": "https://example.com/a",
    "https://example.com/a?b=c&d=%20e#f": "https://example.com/a?b=c&d=%20e",
    "https://example.com/user@host": "https://example.com/user@host",
    "https://example.com/?mail=a@b.example": "https://example.com/?mail=a@b.example",
    "https://example.com/a b": "https://example.com/a%20b",
    "https://example.com/ü?q=ß": "https://example.com/%C3%BC?q=%C3%9F",
    "https://example.com/?next=http://127.0.0.1/": "https://example.com/?next=http://127.0.0.1/",
    "https://bücher.example/": "https://xn--bcher-kva.example/",
    "https://xn--bcher-kva.example/": "https://xn--bcher-kva.example/",
    "https://日本語.jp/": "https://xn--wgv71a119e.jp/",
    "https://my_bucket.s3.example.com/": "https://my_bucket.s3.example.com/",
    "https://1.example.com/": "https://1.example.com/",
    "https://127.0.0.1.nip.example/": "https://127.0.0.1.nip.example/",
    "https://1.1.1.1/": "https://1.1.1.1/",
    "https://8.8.8.8:53/": "https://8.8.8.8:53/",
    "https://172.32.0.1/": "https://172.32.0.1/",
    "https://[2606:4700:4700::1111]/": "https://[2606:4700:4700::1111]/",
    "https://[2606:4700:4700:0:0:0:0:1111]:8443/": "https://[2606:4700:4700::1111]:8443/",
}


@pytest.mark.parametrize("url", REFUSED_SPELLINGS)
def test_spelling_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        AddressGuard().target(url)


@pytest.mark.parametrize("inside", ["\t", "\r\n", "\n", "\0", "\x7f", "\ud800"])
@pytest.mark.parametrize("url", ["http://exam{}ple.com/", "http://example.com/a{}b", "ht{}tp://example.com/"])
def test_control_character_inside_a_url_is_refused(url: str, inside: str) -> None:
    with pytest.raises(AddressRefused):
        AddressGuard().target(url.format(inside))


@pytest.mark.parametrize(("written", "read"), LEGAL.items())
def test_legal_url_is_read_one_way(written: str, read: str) -> None:
    assert AddressGuard().target(written).url == read


def test_international_spelling_of_localhost_is_read_as_localhost() -> None:
    assert AddressGuard().target("http://ⓛocal\u00adhost/").host == "localhost"


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001::200e"]
)
def test_public_address_is_public(address: str) -> None:
    assert why_not_public(address) is None


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("127.0.0.1", "loopback"),
        ("169.254.169.254", "metadata"),
        ("::ffff:1.1.1.1", "IPv4 address inside"),
        ("2002:101:101::", "6to4"),
        ("2001:0:101:101::", "Teredo"),
        ("64:ff9b::101:101", "NAT64"),
        ("2606:4700::200:5efe:101:101", "ISATAP"),
        ("1234::1", "outside 2000::/3"),
        ("fe80::1%eth0", "network card"),
        ("localhost", "not an IP address"),
    ],
)
def test_reason_names_the_kind_of_address(address: str, reason: str) -> None:
    assert reason in (why_not_public(address) or "")


def test_one_private_answer_among_public_ones_is_refused() -> None:
    with pytest.raises(AddressRefused, match=r"leads to 10\.0\.0\.7"):
        AddressGuard().check_answers("example.com", 443, ["1.1.1.1", "10.0.0.7"])


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:11434/", "http://LOCALHOST:11434/", "http://[::1]:8080/", "http://[0:0::1]:8080/x"],
)
def test_allow_list_lifts_the_guard_for_its_host_and_port(url: str) -> None:
    guard = AddressGuard.allowing(["127.0.0.1:11434", "localhost:11434", "[::1]:8080"])
    target = guard.target(url)
    guard.check_answers(target.host, target.port, ["127.0.0.1"])


@pytest.mark.parametrize(
    ("host", "port"),
    [("127.0.0.1", 11435), ("127.0.0.2", 11434), ("localhost", 11434), ("example.com", 11434)],
)
def test_allow_list_lifts_nothing_else(host: str, port: int) -> None:
    with pytest.raises(AddressRefused):
        AddressGuard.allowing(["127.0.0.1:11434"]).check_answers(host, port, ["127.0.0.1"])


@pytest.mark.parametrize(
    "entry", ["127.0.0.1", "localhost", "127.1:80", "host:port", "http://localhost:80", ""]
)
def test_allow_list_line_that_is_no_host_and_port_is_a_setup_problem(entry: str) -> None:
    with pytest.raises(SetupProblem, match="ALLOWED_ADDRESSES"):
        AddressGuard.allowing([entry])


def test_refusal_says_which_address_and_why_and_how_to_allow_it() -> None:
    with pytest.raises(AddressRefused) as refused:
        AddressGuard().check_answers("ollama", 11434, ["172.18.0.2"])
    message = str(refused.value)
    assert "ollama:11434 leads to 172.18.0.2" in message
    assert "a private network" in message
    assert """ALLOWED_ADDRESSES='["ollama:11434"]'""" in message


@pytest.mark.parametrize(
    "url",
    [
        "http://user:sesame@example.com/",
        "http://exa mple.com/?key=sesame",
        "nothing?key=sesame",
        "http://a..b?sesame",
    ],
)
def test_refusal_repeats_no_secret_of_the_url(url: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        AddressGuard().target(url)
    assert "sesame" not in str(refused.value)

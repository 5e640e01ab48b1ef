import pytest

from plumbline.errors import Reject
from plumbline.procore.environments import Environment, Hosts, check_host, hosts_of, may_carry_bearer


@pytest.mark.parametrize(
    ("name", "login", "api"),
    [
        ("production", "https://login.procore.com", "https://api.procore.com"),
        ("developer_sandbox", "https://login-sandbox.procore.com", "https://sandbox.procore.com"),
        ("monthly_sandbox", "https://login-sandbox-monthly.procore.com", "https://api-monthly.procore.com"),
        ("federal", "https://login.procoregov.com", "https://api.procoregov.com"),
    ],
)
def test_an_environments_name_sets_all_its_hosts(name: str, login: str, api: str) -> None:
    hosts = hosts_of(name)

    assert (hosts.login, hosts.api) == (login, api)
    assert check_host(hosts.web) == hosts.web


def test_given_hosts_of_a_named_environment_are_ignored() -> None:
    other = Hosts("https://a.example", "https://b.example", "https://c.example")

    assert hosts_of(Environment.PRODUCTION, custom=other).api == "https://api.procore.com"


def test_the_custom_environment_takes_the_given_hosts_without_their_closing_slash() -> None:
    given = Hosts("http://127.0.0.1:9001/", "http://[::1]:9002", "https://procore.example.com")

    assert hosts_of("custom", custom=given) == Hosts(
        "http://127.0.0.1:9001", "http://[::1]:9002", "https://procore.example.com"
    )


def test_the_custom_environment_without_hosts_is_refused() -> None:
    with pytest.raises(Reject) as refused:
        hosts_of("custom")

    assert (refused.value.code, refused.value.field) == ("hosts_missing", "environment")


def test_an_unknown_environment_is_refused_with_the_known_names() -> None:
    with pytest.raises(Reject) as refused:
        hosts_of("staging")

    assert refused.value.code == "unknown_environment"
    assert "production, developer_sandbox, monthly_sandbox, federal, custom" in refused.value.next_step


@pytest.mark.parametrize(
    "url",
    [
        "https://api.procore.com",
        "https://api.procore.com:8443",
        "http://127.0.0.1:8080",
        "http://127.9.9.9",
        "http://[::1]:80",
        "http://localhost:3000",
        "http://procore.localhost",
    ],
)
def test_s22_https_and_loopback_hosts_pass(url: str) -> None:
    assert check_host(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://api.procore.com",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://10.0.0.1",
        "http://[2001:db8::1]",
        "ftp://localhost",
        "ws://127.0.0.1",
    ],
)
def test_s22_plain_http_beyond_loopback_is_refused(url: str) -> None:
    with pytest.raises(Reject) as refused:
        check_host(url, field="api")

    assert (refused.value.code, refused.value.field) == ("insecure_host", "api")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.procore.com",
        "https://",
        "https://u:p@h.example",
        "https://h.example/rest",
        "https://h?x=1",
        "https://h#x",
    ],
)
def test_what_is_not_the_address_of_a_host_is_refused(url: str) -> None:
    with pytest.raises(Reject) as refused:
        check_host(url)

    assert refused.value.code == "bad_host"


@pytest.mark.parametrize(
    ("api", "url", "may"),
    [
        ("https://api.procore.com", "https://api.procore.com/f/1", True),
        ("https://api.procore.com", "https://app.procore.com/f/1", True),
        ("https://api.procore.com", "https://us02.app.procore.com/f/1", True),
        ("https://api.procore.com", "https://procore.com/f/1", True),
        ("https://api.procore.com", "http://app.procore.com/f/1", False),
        ("https://api.procore.com", "https://evilprocore.com/f/1", False),
        ("https://api.procore.com", "https://procore.com.evil.example/f/1", False),
        ("https://api.procore.com", "https://bucket.s3.amazonaws.com/f/1", False),
        ("https://procore.example", "https://other.example/f/1", False),
        ("https://procore.example", "https://procore.example/f/1", True),
        ("http://127.0.0.1:8001", "http://127.0.0.1:8001/f/1", True),
        ("http://127.0.0.1:8001", "http://127.0.0.1:8002/f/1", False),
        ("http://127.0.0.1:8001", "https://9.0.0.1/f/1", False),
        ("http://api.procore.localhost:1", "https://app.procore.localhost/f/1", False),
    ],
)
def test_a_token_stays_within_procores_domain(api: str, url: str, may: bool) -> None:
    hosts = Hosts(login=api, api=api, web=api)

    assert may_carry_bearer(hosts, url) is may

"""Signing in as a browser does, and as a script does, against the Cognito stand-in."""

import base64
import hashlib
import re
import secrets
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.fixtures.identity import IdentityServer

PASSWORD = "Correct-horse-9"


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as client:
        yield client


class Browser:
    """Follows the hosted pages as a person would, with PKCE as the app would."""

    def __init__(self, server: IdentityServer, http: httpx.Client) -> None:
        self.server, self.http = server, http
        self.verifier = secrets.token_urlsafe(48)
        digest = hashlib.sha256(self.verifier.encode()).digest()
        self.challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def open_login(self) -> httpx.Response:
        pkce = {"code_challenge": self.challenge, "code_challenge_method": "S256", "state": "s t&x"}
        return self.http.get(httpx.URL(self.server.login_url).copy_merge_params(pkce))

    def submit(self, page: httpx.Response, email: str, password: str) -> httpx.Response:
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        fields = {name: value.replace("&amp;", "&") for name, value in hidden.items()}
        action = re.search(r'action="([^"]+)"', page.text)
        assert action
        return self.http.post(
            page.url.join(action[1]), data={**fields, "username": email, "password": password}
        )

    def code(self, email: str, password: str) -> str:
        answer = self.submit(self.open_login(), email, password)
        assert answer.status_code == 302, answer.text
        query = parse_qs(urlsplit(answer.headers["location"]).query)
        assert query["state"] == ["s t&x"]
        return query["code"][0]

    def redeem(self, code: str, verifier: str | None = None) -> httpx.Response:
        return self.token(
            grant_type="authorization_code",
            code=code,
            code_verifier=verifier or self.verifier,
            redirect_uri=self.server.redirect_uri,
        )

    def token(self, **fields: str) -> httpx.Response:
        return self.http.post(self.server.token_url, data={"client_id": self.server.client_id, **fields})


@pytest.fixture
def browser(identity_server: IdentityServer, http: httpx.Client) -> Browser:
    return Browser(identity_server, http)


def cognito(server: IdentityServer, http: httpx.Client, action: str, **request: Any) -> httpx.Response:
    """One call of Cognito's API without a signature, as a web page makes it."""
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": f"AWSCognitoIdentityProviderService.{action}",
    }
    return http.post(server.url + "/", headers=headers, json={"ClientId": server.client_id, **request})


def claims(server: IdentityServer, http: httpx.Client, token: str) -> dict[str, Any]:
    """The claims of a token whose RS256 signature verifies against the published keys."""
    keys = KeySet.import_key_set(http.get(server.jwks_url).json())
    return jwt.decode(token, keys, algorithms=["RS256"]).claims


def test_the_scripts_token_is_what_cognito_would_issue(
    identity_server: IdentityServer, http: httpx.Client
) -> None:
    """RS256, an access token of our client, the tier as a group, an issuer apart from the key's address."""
    said = claims(identity_server, http, identity_server.access_token)
    assert said["token_use"] == "access"
    assert said["client_id"] == identity_server.client_id
    assert said["cognito:groups"] == ["pro"]
    assert said["iss"] == identity_server.issuer
    assert "aud" not in said
    assert said["exp"] - said["iat"] == 3600


def test_signing_in_by_code_and_pkce_then_refreshing(
    identity_server: IdentityServer, http: httpx.Client, browser: Browser
) -> None:
    """The hosted page gives a code, the code gives tokens for the same user, and they can be renewed."""
    tokens = browser.redeem(browser.code(identity_server.user, identity_server.password)).json()
    script = claims(identity_server, http, identity_server.access_token)
    access = claims(identity_server, http, tokens["access_token"])
    assert (access["sub"], access["token_use"]) == (script["sub"], "access")
    assert claims(identity_server, http, tokens["id_token"])["aud"] == identity_server.client_id
    renewed = browser.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"]).json()
    again = claims(identity_server, http, renewed["access_token"])
    assert (again["sub"], again["cognito:groups"]) == (access["sub"], access["cognito:groups"])


def test_renewed_tokens_tell_when_their_user_signed_in(
    identity_server: IdentityServer, http: httpx.Client, browser: Browser
) -> None:
    """OpenID Connect Core 12.2: `auth_time` is the sign-in's, not the renewal's. Clients end a session over it."""
    tokens = browser.redeem(browser.code(identity_server.user, identity_server.password)).json()
    began = claims(identity_server, http, tokens["id_token"])
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        renewed = browser.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"]).json()
        said = [claims(identity_server, http, renewed[kind]) for kind in ("id_token", "access_token")]
        assert {claim["auth_time"] for claim in said} == {began["auth_time"]}
        if said[0]["iat"] > began["iat"]:
            return
    pytest.fail("no later second has come")


def test_a_code_is_worth_nothing_without_its_verifier(
    identity_server: IdentityServer, browser: Browser
) -> None:
    """A stolen code can't be redeemed, and a code can't be redeemed twice."""
    stolen = browser.code(identity_server.user, identity_server.password)
    assert browser.redeem(stolen, verifier="x" * 64).status_code == 400
    code = browser.code(identity_server.user, identity_server.password)
    assert browser.redeem(code).status_code == 200
    assert browser.redeem(code).status_code == 400


def test_a_wrong_password_shows_the_form_again(identity_server: IdentityServer, browser: Browser) -> None:
    """The page says so, and keeps what the app has asked for."""
    again = browser.submit(browser.open_login(), identity_server.user, "Wrong-pass-1")
    assert again.status_code == 200
    assert "Incorrect username or password" in again.text
    assert browser.submit(again, identity_server.user, identity_server.password).status_code == 302


def test_a_foreign_redirect_is_refused(identity_server: IdentityServer, http: httpx.Client) -> None:
    """Codes go to the app's addresses only."""
    url = httpx.URL(identity_server.login_url).copy_merge_params(
        {"redirect_uri": "http://elsewhere.example/"}
    )
    assert http.get(url).status_code == 400


def test_someone_new_signs_up_confirms_and_signs_in(
    identity_server: IdentityServer, http: httpx.Client, browser: Browser
) -> None:
    """What the sign-up page calls leads to a user who can sign in, of no group, with a `sub` of their own."""
    email = f"{uuid4().hex}@example.com"
    attributes = [{"Name": "email", "Value": email}]
    signed_up = cognito(
        identity_server, http, "SignUp", Username=email, Password=PASSWORD, UserAttributes=attributes
    )
    assert signed_up.status_code == 200, signed_up.text
    assert "not confirmed" in browser.submit(browser.open_login(), email, PASSWORD).text
    wrong = cognito(identity_server, http, "ConfirmSignUp", Username=email, ConfirmationCode="000000")
    assert wrong.status_code == 400
    confirmed = cognito(identity_server, http, "ConfirmSignUp", Username=email, ConfirmationCode="123456")
    assert confirmed.status_code == 200
    said = claims(identity_server, http, browser.redeem(browser.code(email, PASSWORD)).json()["access_token"])
    assert said["sub"] == signed_up.json()["UserSub"]
    assert "cognito:groups" not in said


def test_a_forgotten_password_is_replaced(
    identity_server: IdentityServer, http: httpx.Client, browser: Browser
) -> None:
    """What the page for forgotten passwords calls lets the user in with the new one only."""
    email = f"{uuid4().hex}@example.com"
    attributes = [{"Name": "email", "Value": email}]
    cognito(identity_server, http, "SignUp", Username=email, Password=PASSWORD, UserAttributes=attributes)
    cognito(identity_server, http, "ConfirmSignUp", Username=email, ConfirmationCode="123456")
    assert cognito(identity_server, http, "ForgotPassword", Username=email).status_code == 200
    request = {"Username": email, "ConfirmationCode": "654321", "Password": "Another-horse-8"}
    assert cognito(identity_server, http, "ConfirmForgotPassword", **request).status_code == 200
    assert browser.submit(browser.open_login(), email, PASSWORD).status_code == 200
    assert browser.code(email, "Another-horse-8")


def test_the_pages_lead_to_each_other_with_the_apps_question(
    identity_server: IdentityServer, http: httpx.Client, browser: Browser
) -> None:
    """From sign-in to sign-up and back, the app's request stays whole, and nothing is fetched elsewhere."""
    login = browser.open_login()
    for path in ("/signup", "/forgotPassword"):
        link = re.search(rf'href="({path}\?[^"]+)"', login.text)
        assert link
        page = http.get(login.url.join(link[1].replace("&amp;", "&")))
        assert page.status_code == 200
        back = re.search(r'data-sign-in href="([^"]+)"', page.text)
        assert back
        returned = http.get(page.url.join(back[1].replace("&amp;", "&")))
        assert returned.text == login.text
        assert not re.search(r'(src|href)="https?:', page.text)
    for asset in ("/_pages/look.css", "/_pages/forms.js"):
        assert http.get(identity_server.url + asset).status_code == 200


def test_a_page_shows_what_it_is_given_as_text(identity_server: IdentityServer, http: httpx.Client) -> None:
    """A query can't put markup into our pages."""
    page = http.get(identity_server.url + '/signup?client_id="><script>alert(1)</script>')
    assert "<script>alert" not in page.text


def test_administration_needs_credentials_and_reset_is_not_reachable(
    identity_server: IdentityServer, http: httpx.Client
) -> None:
    """A page that the developer happens to visit can neither change users nor wipe them."""
    request = {"UserPoolId": identity_server.user_pool_id, "Username": identity_server.user}
    assert cognito(identity_server, http, "AdminDeleteUser", **request).status_code == 400
    assert http.post(identity_server.url + "/_ministack/reset").status_code == 404
    signed_in = cognito(
        identity_server,
        http,
        "InitiateAuth",
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": identity_server.user, "PASSWORD": identity_server.password},
    )
    assert signed_in.status_code == 200


def test_logout_returns_to_the_app(identity_server: IdentityServer, http: httpx.Client) -> None:
    """Cognito's /logout sends the browser back, and to the app's addresses only."""
    home = identity_server.redirect_uri.removesuffix("callback")
    query = {"client_id": identity_server.client_id, "logout_uri": home}
    answer = http.get(identity_server.url + "/logout", params=query)
    assert (answer.status_code, answer.headers["location"]) == (302, home)
    query["logout_uri"] = "http://elsewhere.example/"
    assert http.get(identity_server.url + "/logout", params=query).status_code == 400

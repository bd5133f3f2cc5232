"""A browser without a screen: follows the hosted pages by their own links and forms, keeps cookies, does PKCE."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import httpx


class Page(HTMLParser):
    """The first form of a page, its fields and the page's links."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.action = ""
        self.method = ""
        self.hidden: dict[str, str] = {}
        self.asked: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember what a visitor could click, fill in or send."""
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "form" and not self.action:
            self.action, self.method = given.get("action", ""), given.get("method", "get").lower()
        elif tag == "input" and given.get("type") == "hidden":
            self.hidden[given["name"]] = given.get("value", "")
        elif tag == "input" and given.get("name"):
            self.asked.append(given["name"])


@dataclass
class Visitor:
    """Somebody who has opened the app and is sent to sign in."""

    run: dict[str, Any]
    http: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, timeout=30))
    state: str = field(default_factory=lambda: secrets.token_urlsafe(16) + " &=/")
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    @property
    def redirect_uri(self) -> str:
        """Where the app takes the code."""
        return f"{self.run['app_url']}/callback"

    @property
    def challenge(self) -> str:
        """What the verifier will have to match."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def open_login(self) -> httpx.Response:
        """The page that the app sends a visitor to."""
        asked = {"state": self.state, "code_challenge": self.challenge, "code_challenge_method": "S256"}
        page = self.http.get(httpx.URL(self.run["login_url"]).copy_merge_params(asked))
        assert page.status_code == 200, page.text
        return page

    def sign_in(self, email: str, password: str) -> dict[str, Any]:
        """Fill in the form, be sent back with a code, and exchange it for tokens."""
        answer = self.send(self.open_login(), email, password)
        assert answer.status_code == 302, answer.text
        back = urlsplit(answer.headers["location"])
        assert f"{back.scheme}://{back.netloc}{back.path}" == self.redirect_uri
        query = parse_qs(back.query)
        assert query["state"] == [self.state]
        return self.redeem(query["code"][0])

    def send(self, page: httpx.Response, email: str, password: str) -> httpx.Response:
        """Send the sign-in form as it stands on the page."""
        form = Page(page.text)
        assert form.method == "post"
        assert {"username", "password"} <= set(form.asked)
        filled = {**form.hidden, "username": email, "password": password}
        return self.http.post(page.url.join(form.action), data=filled)

    def redeem(self, code: str) -> dict[str, Any]:
        """Tokens for a code."""
        answer = self.token(
            grant_type="authorization_code",
            code=code,
            code_verifier=self.verifier,
            redirect_uri=self.redirect_uri,
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def token(self, **fields: str) -> httpx.Response:
        """One request to the token endpoint."""
        return self.http.post(self.run["token_url"], data={"client_id": self.run["client_id"], **fields})

    def sign_up(self, email: str, password: str) -> None:
        """Go to the sign-up page by its link, and do what its script does with the two forms."""
        login = self.open_login()
        [link] = [link for link in Page(login.text).links if link.startswith("/signup")]
        page = self.http.get(login.url.join(link))
        form = Page(page.text)
        assert form.asked == ["email", "password", "code"]
        self._cognito(
            page.url,
            "SignUp",
            Username=email,
            Password=password,
            UserAttributes=[{"Name": "email", "Value": email}],
        )
        self._cognito(page.url, "ConfirmSignUp", Username=email, ConfirmationCode="123456")

    def _cognito(self, page: httpx.URL, action: str, **request: Any) -> None:
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"AWSCognitoIdentityProviderService.{action}",
        }
        body = {"ClientId": page.params["client_id"], **request}
        answer = self.http.post(page.join("/"), headers=headers, json=body)
        assert answer.status_code == 200, answer.text

"""A small OpenID Connect issuer as a process of its own: ``python issuer.py PORT``. It signs whom it is told to.

GET /next?subject=S&fault=F sets who signs in next and what is wrong with the next ID token.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

CLIENT_ID, CLIENT_SECRET = "padan-test", "a secret of the test client"
KEY = ECKey.generate_key("P-256", {"kid": "issuer-key", "use": "sig"})
STRANGE_KEY = ECKey.generate_key("P-256", {"kid": "issuer-key", "use": "sig"})


class Issuer(ThreadingHTTPServer):
    """What the issuer remembers."""

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Answers)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.subject, self.fault = "petugas-1", ""
        self.codes: dict[str, dict[str, str]] = {}

    def claims(self, asked: dict[str, str]) -> dict[str, Any]:
        """Return what the ID token says, with the fault that was ordered."""
        at = int(time.time())
        said: dict[str, Any] = {
            "iss": self.address, "aud": CLIENT_ID, "sub": self.subject, "iat": at, "exp": at + 300,
            "nonce": asked["nonce"],
        }  # fmt: skip
        faults: dict[str, dict[str, Any]] = {
            "nonce": {"nonce": "of another sign-in"},
            "no-nonce": {"nonce": None},
            "audience": {"aud": "another-client"},
            "two-audiences": {"aud": [CLIENT_ID, "another-client"]},
            "azp": {"azp": "another-client"},
            "issuer": {"iss": "https://issuer.example"},
            "expired": {"iat": at - 900, "exp": at - 600},
            "no-subject": {"sub": None},
        }
        said |= faults.get(self.fault, {})
        return {name: value for name, value in said.items() if value is not None}

    def id_token(self, asked: dict[str, str]) -> str:
        """Return the signed ID token, or a wrongly signed one where that was ordered."""
        claims = self.claims(asked)
        if self.fault == "none":
            parts = ({"alg": "none"}, claims)
            return ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=").decode() for p in parts) + "."
        if self.fault == "shared-secret":
            key = OctKey.import_key(CLIENT_SECRET * 2)
            return jwt.encode({"alg": "HS256", "kid": "issuer-key"}, claims, key, ["HS256"])
        key = STRANGE_KEY if self.fault == "key" else KEY
        return jwt.encode({"alg": "ES256", "kid": "issuer-key"}, claims, key, ["ES256"])


class Answers(BaseHTTPRequestHandler):
    """The endpoints."""

    server: Issuer

    def do_GET(self) -> None:
        """Answer discovery, keys, authorisation, and what the test orders."""
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/next":
            self.server.subject, self.server.fault = query["subject"], query.get("fault", "")
            self._json({})
        elif parts.path == "/.well-known/openid-configuration":
            self._json(self._discovery())
        elif parts.path == "/jwks":
            self._json(KeySet([KEY]).as_dict(private=False))
        elif parts.path == "/authorize":
            self._authorise(query)
        else:
            self._json({"error": "not_found"}, 404)

    def do_POST(self) -> None:
        """Answer the token endpoint."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        asked = self.server.codes.pop(form.get("code", ""), None)
        credentials = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if asked is None or self.headers["Authorization"] != f"Basic {credentials}" or not _proves(form, asked):
            self._json({"error": "invalid_grant"}, 400)
            return
        token = {"access_token": secrets.token_hex(8), "token_type": "Bearer", "id_token": self.server.id_token(asked)}
        self._json({**token, **({"id_token": "garbage"} if self.server.fault == "garbage" else {})})

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""

    def _discovery(self) -> dict[str, str]:
        here = self.server.address
        stated = "https://issuer.example" if self.server.fault == "mix-up" else here
        jwks = "http://issuer.example/jwks" if self.server.fault == "plain-http" else f"{here}/jwks"
        return {
            "issuer": stated, "authorization_endpoint": f"{here}/authorize",
            "token_endpoint": f"{here}/token", "jwks_uri": jwks,
        }  # fmt: skip

    def _authorise(self, query: dict[str, str]) -> None:
        code = secrets.token_urlsafe(16)
        self.server.codes[code] = query
        self.send_response(302)
        self.send_header("Location", f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}")
        self.end_headers()

    def _json(self, content: object, status: int = 200) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _proves(form: dict[str, str], asked: dict[str, str]) -> bool:
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    is_same_client = form.get("redirect_uri") == asked["redirect_uri"]
    return asked.get("code_challenge_method") == "S256" and challenge == asked["code_challenge"] and is_same_client


if __name__ == "__main__":
    with Issuer(int(sys.argv[1])) as issuer:
        print(issuer.address, flush=True)
        issuer.serve_forever()

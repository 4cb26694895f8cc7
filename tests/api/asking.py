"""Asking the service, as its users do: over HTTP, in GraphQL."""

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx
from starlette.applications import Starlette

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Client:
    """Sends requests to the service in this process, each in an event loop of its own."""

    app: Starlette

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Return the response to one request."""
        return asyncio.run(self.send(method, path, **options))

    async def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Return the response to one request, in the event loop that runs."""
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as one:
            return await one.request(method, path, **options)

    def get(self, path: str, **options: Any) -> httpx.Response:
        """Return the response to GET."""
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        """Return the response to POST."""
        return self.request("POST", path, **options)


@dataclass(frozen=True, slots=True)
class Asker:
    """Sends documents and reads answers."""

    client: Client

    def __call__(self, query: str, **variables: object) -> Json:
        """Return the data of an answer that has no errors."""
        body = self.whole(query, **variables)
        assert "errors" not in body, body["errors"]
        data: Json = body["data"]
        return data

    def whole(self, query: str, **variables: object) -> Json:
        """Return a whole answer."""
        response = self.client.post("/graphql", json={"query": query, "variables": variables})
        assert response.status_code == 200
        body: Json = response.json()
        return body

    def error(self, query: str, **variables: object) -> tuple[str, str]:
        """Return code and message of the only error of an answer."""
        (error,) = self.whole(query, **variables)["errors"]
        return error["extensions"]["code"], error["message"]


@dataclass(frozen=True, slots=True)
class AsyncAsker:
    """Sends documents in the event loop that runs, in which the graph was opened."""

    client: Client

    async def __call__(self, query: str, **variables: object) -> Json:
        """Return the data of an answer that has no errors."""
        body = await self.whole(query, **variables)
        assert "errors" not in body, body["errors"]
        data: Json = body["data"]
        return data

    async def whole(self, query: str, **variables: object) -> Json:
        """Return a whole answer."""
        return await self.with_headers({}, query, **variables)

    async def with_headers(self, headers: dict[str, str], query: str, **variables: object) -> Json:
        """Return a whole answer to a request with headers of its own."""
        sent = {"query": query, "variables": variables}
        response = await self.client.send("POST", "/graphql", json=sent, headers=headers)
        assert response.status_code == 200
        body: Json = response.json()
        return body

    async def error(self, query: str, **variables: object) -> tuple[str, str]:
        """Return code and message of the only error of an answer."""
        (error,) = (await self.whole(query, **variables))["errors"]
        return error["extensions"]["code"], error["message"]

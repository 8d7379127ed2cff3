"""A company with two pipelines, two people who use the API, and a client that speaks JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from relance.accounts import tokens
from relance.accounts.models import Company, Membership, Role, Team, User
from relance.records.models import Pipeline, Stage


@dataclass
class Api:
    """Sends requests with one person's key."""

    key: str

    def __post_init__(self) -> None:
        # A server error must arrive as an answer, as it would over HTTP.
        self.client = Client(raise_request_exception=False)

    def send(self, method: str, path: str, body: Any = None, **options: Any) -> HttpResponse:
        """Send a request; ``body`` as JSON unless it is bytes."""
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        options.setdefault("content_type", "application/json")
        options.setdefault("headers", {"Authorization": f"Bearer {self.key}"})
        return self.client.generic(method, f"/api/v1{path}", data, **options)

    def get(self, path: str, **options: Any) -> HttpResponse:
        return self.send("GET", path, **options)

    def post(self, path: str, body: Any, **options: Any) -> HttpResponse:
        return self.send("POST", path, body, **options)

    def patch(self, path: str, body: Any, **options: Any) -> HttpResponse:
        return self.send("PATCH", path, body, **options)

    def delete(self, path: str, **options: Any) -> HttpResponse:
        return self.send("DELETE", path, **options)


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    def make_user(name: str, role: str = Role.MEMBER, team: str | None = None) -> User:
        user = User.objects.create_user(f"{name.lower()}@example.com", name=name, role=role)
        if team:
            Membership.objects.create(user=user, team=Team.objects.get_or_create(name=team)[0])
        return user

    return make_user


@pytest.fixture
def company(db: None) -> Company:
    company = Company.get()
    pipeline = Pipeline.objects.create(name="Sales", position=0)
    for position, name in enumerate(("Qualified", "Proposal", "Negotiation")):
        Stage.objects.create(pipeline=pipeline, name=name, position=position, probability=20 * (position + 1))
    return company


@pytest.fixture
def ana(company: Company, make_user: Callable[..., User]) -> User:
    return make_user("Ana", Role.ADMINISTRATOR, "Paris")


@pytest.fixture
def api(ana: User) -> Api:
    """Ana, an administrator."""
    return Api(tokens.create_token(ana, "tests")[1])


@pytest.fixture
def api_of() -> Callable[[User], Api]:
    """The API with another person's key."""
    return lambda user: Api(tokens.create_token(user, "tests")[1])

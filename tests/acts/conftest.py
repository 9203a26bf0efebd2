import pytest
from django_scopes import scopes_disabled

from opstap.acts import clock
from tests.world import BEGIN, World


@pytest.fixture(autouse=True)
def _a_day(db):
    with clock.at(BEGIN), scopes_disabled():
        yield


@pytest.fixture
def steps() -> World:
    return World("steps")


@pytest.fixture
def rentree() -> World:
    return World("rentree")

"""The long walks have the same demonstration, browser and people as the journeys of every day."""

from tests.journeys.conftest import browser, company, demo, walker

__all__ = ["browser", "company", "demo", "walker"]

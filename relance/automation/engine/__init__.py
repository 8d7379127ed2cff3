"""The engine: from pending events to runs, effects and traces."""

from relance.automation.engine.embedded import start_embedded_engine

__all__ = ["start_embedded_engine"]

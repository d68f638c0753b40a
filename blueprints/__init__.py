"""Triggers, and nothing else: HTTP by API area, Event Hubs saga steps, timers."""

"""Telemetry: OpenTelemetry to Azure Monitor where a connection string is set, nothing at all elsewhere."""

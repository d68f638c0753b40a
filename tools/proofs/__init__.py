"""Experiments with whole hosts over HTTP, each ended by an audit: what the shop promises, held against a run."""

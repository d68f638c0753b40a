"""Checks the infrastructure without its compiler: syntax, names, contracts, house rules, agreement with the code."""

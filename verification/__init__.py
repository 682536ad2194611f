"""Verification of the whole shop: fault injection, model checking, mutants, figures."""

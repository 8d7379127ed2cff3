"""Crash loops: the engine and those who save are killed at random moments; then every promise is counted.

``python -m tests.reliability`` runs it on both databases; see ``loop`` for what happens and
``ledger`` for what is checked.
"""

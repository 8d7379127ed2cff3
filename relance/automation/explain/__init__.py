"""Automations, verdicts and failures in whole sentences, with the real names in bold.

Every sentence is translated as a whole and returned as a ``SafeString``; names and values in it are escaped.
"""

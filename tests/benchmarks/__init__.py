"""How fast the engine is, as ratios measured in one run: ``python -m tests.benchmarks [B1 B3 …] [--quick]``.

Machines differ and are shared, so nothing is stated in seconds alone. Variants are interleaved in rounds, each on a
fresh copy of the same database; the ratio is the median of the rounds' ratios. Unless said otherwise it is per
core-second: the processor time of this process and of its PostgreSQL backend.

The *floor* of B1 is the same work without thinking: every statement the engine sends while it drains the backlog is
recorded with its parameters and its transaction, and then replayed against a copy of the same database through the same
kind of cursor, rows fetched, nothing matched, evaluated or encoded. Both must leave the same number of rows.
"""

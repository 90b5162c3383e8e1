"""Random inputs of every kind: whatever is typed, there is an answer or an error, and soon.

Must not know what any answer should be. `python -m tests.fuzz --minutes 10` asks more of them than
the tests do, and makes what fails small.
"""

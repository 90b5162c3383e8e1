"""Random programs and questions: whatever is typed, there is an answer or an error, and soon.

Must not know what any answer should be. `python -m tests.fuzz --count 10000` asks more of them than
the slow test does.
"""

"""Editors: what a language server says of a text, as plain data, and the server that says it.

Must not know how a claim is judged; only `server` knows the protocol's own library.
"""

"""The version of gradcli.

Must not know anything: what writes it into a report would else need the whole package.
"""

__version__ = "0.1.0"

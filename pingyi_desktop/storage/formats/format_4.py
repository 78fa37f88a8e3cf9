"""Format 4: ledgers, people's grades and forms shaped by their office. See ``format_2`` for the way."""

SQL = """
PRAGMA user_version=4
"""

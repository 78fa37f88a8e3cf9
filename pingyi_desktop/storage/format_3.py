"""Format 3: what a data file needs so that nothing forged gets in and nothing is lost. See ``format_2`` for the way."""

SQL = """
PRAGMA user_version=3
"""

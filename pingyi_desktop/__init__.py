"""Pingyi (评议): an offline desktop application for mass appraisal of party organisations and members."""

__version__ = "0.1.0"

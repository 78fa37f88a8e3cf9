"""Pingyi (评议): an offline desktop application for mass appraisal of party organisations and members."""

import os

__version__ = "0.1.0"

# nothing installed beside the program has a say in what it reads
os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"

"""The pages: Dash on FastAPI, one View per address."""

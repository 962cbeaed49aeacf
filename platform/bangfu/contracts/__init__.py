"""Contract lines and the ledger of movements on them."""

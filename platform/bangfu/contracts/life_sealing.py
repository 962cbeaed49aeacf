"""Texts of people that belong to what follows a contract's signature: sealed under the place they stand in."""

from uuid import UUID

from bangfu.shared.crypto import decrypt, encrypt


def seal(table: str, column: str, row: UUID, text: str) -> str:
    """The text as it is kept; nothing stays nothing."""
    return encrypt(text, f"{table}:{column}:{row}") if text else ""


def opened(table: str, column: str, row: UUID, sealed: str) -> str:
    """The text as it was written."""
    return decrypt(sealed, f"{table}:{column}:{row}") if sealed else ""

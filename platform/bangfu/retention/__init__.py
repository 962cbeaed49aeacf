"""How long what is kept, and deleting it afterwards: proposed by one person, approved by another (DOMAIN.md 9.4)."""

"""The visit itself: planned, proved at the door, recorded, checked (DOMAIN.md 5.1, 8.8); how often one is due."""

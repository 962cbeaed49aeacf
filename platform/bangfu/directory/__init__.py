"""Services, organisations and places as open data (Open Referral HSDS 3), and such a directory taken in."""

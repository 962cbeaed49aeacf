"""What two features truly share."""

"""What every page shares: access checks, rendering, forms, the frame."""

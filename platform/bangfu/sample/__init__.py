"""The sample city: real places around Changzhou, made-up codes and made-up people."""

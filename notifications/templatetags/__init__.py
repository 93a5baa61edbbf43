"""What pages of other packages show about mail."""

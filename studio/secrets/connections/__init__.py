"""Services outside by their names: what they are, where they are, and the credential that opens them."""

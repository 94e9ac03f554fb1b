"""A municipality's client of the information-provision network: small, honest, and made to be read."""

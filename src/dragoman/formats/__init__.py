"""Writers of the formats of the field."""

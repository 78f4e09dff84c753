"""The landlords' side: buildings and the dwellings that are, or soon will be, vacant."""

"""Fill the gaps in a file of leads from the enrichment providers you already pay for."""

__version__ = "0.2.0"

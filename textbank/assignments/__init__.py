"""Who texts whom: texters on a campaign, batches, and the press that sends one first text."""

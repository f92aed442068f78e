"""What is true of any SMS, whoever carries it: numbers, segments, statuses, what a reply means. Pure."""

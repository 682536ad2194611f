"""The chart's checks: Helm 3 and 4 as packages bring them, renders, golden files."""

"""Runs of the main job: frozen inputs, results, review of each tandem, release."""

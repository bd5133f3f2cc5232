"""The composer: FFmpeg builds, plans, runs and verifies; PyAV looks into foreign files."""

"""The published vectors are not copied into the project: where they don't lie beside it, their test isn't collected.

docs/SECURITY.md says so, and where they come from. A test that is collected always runs.
"""

from pathlib import Path

VECTORS = Path(__file__).parents[3] / "shared" / "vectors"

collect_ignore = [] if VECTORS.is_dir() else ["test_oidc_vectors.py"]

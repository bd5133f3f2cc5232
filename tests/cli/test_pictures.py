"""`omnigen render` of stills, with a logo, against an OmniGen that runs: from the command line to the pixels."""

import json
from pathlib import Path

import av
import pytest

from omnigen.domain.storyboard import Corner
from tests.cli.conftest import PROMPT, Omnigen
from tests.fixtures.clips import ffmpeg, frames_of

WRONG = [
    (("--logo", "none.png"), "--logo: none.png can't be read (No such file or directory)"),
    (("--logo", "text.png"), "--logo: text.png is no picture; a PNG, JPEG or WebP is allowed"),
    (("--logo-corner", "middle"), "--logo-corner: 'middle' is not one of"),
    (("--logo-width", "0.9"), "--logo-width: 0.9 is not in the range"),
    (("--fit", "stretch"), "--fit: 'stretch' is not one of 'auto', 'crop', 'pad', 'blur'"),
]


@pytest.mark.parametrize(("arguments", "said"), WRONG)
def test_a_wrong_logo_is_one_line(
    omnigen: Omnigen, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "text.png").write_text("no picture")
    result = omnigen("render", PROMPT, *arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"omnigen: {said}")


def test_models_of_stills_take_any_length(there: Omnigen) -> None:
    lines = [line for line in there("models").stdout.splitlines() if "flux" in line]
    assert len(lines) == 1
    assert "any" in lines[0]


def test_a_video_is_made_of_stills_beneath_a_logo(there: Omnigen, tmp_path: Path) -> None:
    """Stills only are paid; the logo's white is in its corner from the first frame to the last."""
    ffmpeg("-f", "lavfi", "-i", "color=white:s=64x64", "-frames:v", "1", tmp_path / "logo.png")
    made = there(
        "render", PROMPT, "--model", "black-forest-labs/flux-2-pro", "--duration", "6", "--no-music",
        "--resolution", "480p", "--aspect", "1:1", "--logo", "logo.png", "--logo-corner", Corner.TOP_LEFT.value,
        "--logo-width", "0.2", "--logo-opacity", "1", "-o", "video.mp4", "--json",
    )  # fmt: skip
    assert made.exit_code == 0, made.stderr
    assert "stills are paid for, 6 s are used" in made.stderr
    job = json.loads(made.stdout)
    takes = json.loads(there("jobs", "show", job["id"], "--json").stdout)["scenes"]
    kinds = {take["kind"] for scene in takes for take in scene["takes"]}
    assert kinds == {"still"}
    assert job["cost"]["micros"] == 30_000 * len(takes)
    with av.open(str(tmp_path / "video.mp4")) as container:
        assert (container.streams.video[0].width, container.streams.video[0].height) == (480, 480)
    shown = frames_of(tmp_path / "video.mp4")
    assert len(shown) == 6 * 24
    assert min(f[24:112, 24:112].min() for f in shown) > 220

"""The models that can be run, with the inputs that the real ones take.

Fields, ranges and defaults are those of each model's page on replicate.com; version ids too, where they are
public. Where Replicate and this page differ, the fields OmniGen sends are the ones that were checked.
"""

from __future__ import annotations

import hashlib
from typing import Any, Literal

from attrs import frozen

from emulator.replicate.schema import Field, openapi

Kind = Literal["video", "still", "speech", "music", "text"]
URI_OUTPUT = {"type": "string", "title": "Output", "format": "uri"}
TEXT_OUTPUT = {
    "type": "array",
    "title": "Output",
    "items": {"type": "string"},
    "x-cog-array-type": "iterator",
    "x-cog-array-display": "concatenate",
}


@frozen(kw_only=True)
class Model:
    """One model and its one version."""

    ref: str
    kind: Kind
    about: str
    version: str
    fields: tuple[Field, ...]

    @property
    def owner(self) -> str:
        """`google` of `google/veo-3.1`."""
        return self.ref.split("/")[0]

    @property
    def name(self) -> str:
        """`veo-3.1` of `google/veo-3.1`."""
        return self.ref.split("/")[1]

    @property
    def output(self) -> dict[str, Any]:
        """JSON schema of what it gives."""
        return TEXT_OUTPUT if self.kind == "text" else URI_OUTPUT

    @property
    def openapi(self) -> dict[str, Any]:
        """The document of its version."""
        return openapi(self.fields, self.output)


def _text(name: str, about: str = "", **more: Any) -> Field:
    return Field(name=name, about=about, **more)


def _choice(name: str, about: str, *values: str | int, default: str | int) -> Field:
    kind: Any = "integer" if isinstance(values[0], int) else "string"
    return Field(name=name, about=about, type=kind, enum=values, default=default)


def _whole(name: str, about: str, low: float, high: float, default: int | None = None) -> Field:
    return Field(name=name, about=about, type="integer", minimum=low, maximum=high, default=default)


def _number(name: str, about: str, low: float, high: float, default: float) -> Field:
    return Field(name=name, about=about, type="number", minimum=low, maximum=high, default=default)


def _flag(name: str, about: str, default: bool) -> Field:
    return Field(name=name, about=about, type="boolean", default=default)


def _file(name: str, about: str, required: bool = False) -> Field:
    return Field(name=name, about=about, uri=True, required=required)


def _files(name: str, about: str) -> Field:
    return Field(name=name, about=about, type="array", uri=True)


PROMPT = _text("prompt", "Text prompt for the generation", required=True)
SEED = Field(name="seed", type="integer", about="Random seed. Set for reproducible generation")
AUDIO = _flag("generate_audio", "Generate audio with the video", True)
NEGATIVE = _text("negative_prompt", "What to leave out")

_VEO = (
    PROMPT,
    _choice("aspect_ratio", "Video aspect ratio", "16:9", "9:16", default="16:9"),
    _choice("duration", "Video duration in seconds", 4, 6, 8, default=8),
    _file("image", "Input image to start generating from"),
    _file("last_frame", "Ending image for interpolation"),
    _files("reference_images", "1 to 3 reference images for subject-consistent generation"),
    NEGATIVE,
    _choice("resolution", "Resolution of the generated video", "720p", "1080p", default="1080p"),
    AUDIO,
    SEED,
)
_SEEDANCE = (
    PROMPT,
    _file("image", "Input image for image-to-video generation (first frame)"),
    _file("last_frame_image", "Input image for last frame generation"),
    _files("reference_images", "Reference images (up to 9)"),
    _files("reference_videos", "Reference videos (up to 3)"),
    _files("reference_audios", "Reference audio files (up to 3)"),
    _whole("duration", "Video duration in seconds; -1 lets the model choose", -1, 15, 5),
    _choice("resolution", "Video resolution", "480p", "720p", "1080p", default="720p"),
    _choice(
        "aspect_ratio",
        "Video aspect ratio",
        "16:9",
        "4:3",
        "1:1",
        "3:4",
        "9:16",
        "21:9",
        "9:21",
        "adaptive",
        default="16:9",
    ),
    AUDIO,
    SEED,
)
_KLING = (
    _text("prompt", "Text prompt for video generation", required=True, max_length=2500),
    _file("start_image", "First frame image"),
    _file("end_image", "Last frame image. Requires start_image"),
    _files("reference_images", "Reference images for elements, scenes, or styles"),
    _file("reference_video", "Reference video"),
    _choice("video_reference_type", "How to use it", "feature", "base", default="feature"),
    _flag("keep_original_sound", "Keep original sound from reference video", True),
    _flag("generate_audio", "Generate native audio", False),
    _choice("mode", "'standard' generates 720p, 'pro' generates 1080p", "standard", "pro", default="pro"),
    _choice("aspect_ratio", "Aspect ratio", "16:9", "9:16", "1:1", default="16:9"),
    _whole("duration", "Video duration in seconds", 3, 15, 5),
    _text("multi_prompt", "JSON array of shot definitions"),
)
_WAN = (
    PROMPT,
    _file("first_frame", "First frame of the video"),
    _file("last_frame", "Last frame of the video"),
    NEGATIVE,
    _choice("resolution", "Output video resolution", "720p", "1080p", default="1080p"),
    _whole("duration", "Duration of the generated video in seconds", 2, 15, 5),
    _flag("enable_prompt_expansion", "Let a language model rewrite the prompt", True),
    SEED,
)
_RUNWAY = (
    PROMPT,
    _file("image", "Initial image for video generation (first frame)", required=True),
    _choice("duration", "Duration of the output video in seconds", 5, 10, default=5),
    _choice(
        "aspect_ratio", "Video aspect ratio", "16:9", "9:16", "4:3", "3:4", "1:1", "21:9", default="16:9"
    ),
    SEED,
)
_FLUX = (
    PROMPT,
    _files("input_images", "Input images for image-to-image generation, at most 8"),
    _choice(
        "aspect_ratio",
        "Aspect ratio for the generated image",
        "match_input_image",
        "custom",
        "1:1",
        "16:9",
        "3:2",
        "2:3",
        "4:5",
        "5:4",
        "9:16",
        "3:4",
        "4:3",
        default="1:1",
    ),
    _choice(
        "resolution",
        "Resolution in megapixels",
        "match_input_image",
        "0.5 MP",
        "1 MP",
        "2 MP",
        "4 MP",
        default="1 MP",
    ),
    _whole("width", "Width, where aspect_ratio is custom", 256, 2048),
    _whole("height", "Height, where aspect_ratio is custom", 256, 2048),
    _whole("safety_tolerance", "1 is most strict and 5 is most permissive", 1, 5, 2),
    SEED,
    _choice("output_format", "Format of the output images", "webp", "jpg", "png", default="webp"),
    _whole("output_quality", "Quality from 0 to 100", 0, 100, 80),
)
_DIFFUSION = (
    PROMPT,
    NEGATIVE,
    _choice(
        "aspect_ratio",
        "The aspect ratio of your output image",
        "16:9",
        "1:1",
        "21:9",
        "2:3",
        "3:2",
        "4:5",
        "5:4",
        "9:16",
        "9:21",
        default="1:1",
    ),
    _number("cfg", "How similar the output should be to the prompt", 1, 10, 5),
    _file("image", "Input image for image to image mode"),
    _number("prompt_strength", "Denoising strength", 0, 1, 0.85),
    SEED,
    _choice("output_format", "Format of the output images", "webp", "jpg", "png", default="webp"),
)
_SPEECH = (
    _text("text", "Text to narrate", required=True, max_length=10_000),
    _text("voice_id", "Voice to synthesize", default="Wise_Woman"),
    _number("speed", "Speech speed multiplier", 0.5, 2, 1),
    _number("volume", "Relative loudness", 0, 10, 1),
    _whole("pitch", "Semitone offset", -12, 12, 0),
    _choice(
        "emotion",
        "Desired delivery style",
        "auto",
        "happy",
        "sad",
        "angry",
        "fearful",
        "disgusted",
        "surprised",
        "calm",
        "fluent",
        "neutral",
        default="auto",
    ),
    _flag("english_normalization", "Improve number and date reading", False),
    _choice("sample_rate", "Audio sample rate in Hz", 8000, 16000, 22050, 24000, 32000, 44100, default=32000),
    _choice("bitrate", "MP3 bitrate", 32000, 64000, 128000, 256000, default=128000),
    _choice("audio_format", "File format", "mp3", "wav", "flac", "pcm", default="mp3"),
    _choice("channel", "mono or stereo", "mono", "stereo", default="mono"),
    _flag("subtitle_enable", "Return subtitle metadata", False),
    _text("language_boost", "Language hint", default="None"),
)
_MUSIC = (
    _text("lyrics", "Lyrics, with structure tags such as [Intro] and [Inst]", required=True, max_length=3500),
    _text("prompt", "Style, mood and scenario", max_length=2000),
    _choice("sample_rate", "Sample rate", 16000, 24000, 32000, 44100, default=44100),
    _choice("bitrate", "Bitrate", 32000, 64000, 128000, 256000, default=256000),
    _choice("audio_format", "Audio format for the output", "mp3", "wav", "pcm", default="mp3"),
)
_GPT = (
    _text("prompt", "The prompt to send to the model. Do not use if using messages."),
    _text("system_prompt", "System prompt to set the assistant's behavior"),
    _files("image_input", "List of images to send to the model"),
    _number("temperature", "Sampling temperature", 0, 2, 1),
    Field(
        name="max_completion_tokens",
        type="integer",
        about="Maximum number of completion tokens",
        default=4096,
    ),
    _number("top_p", "Nucleus sampling", 0, 1, 1),
    _number("frequency_penalty", "Penalty of repetition", -2, 2, 0),
    _number("presence_penalty", "Penalty of what has appeared", -2, 2, 0),
)


def _model(ref: str, kind: Kind, about: str, fields: tuple[Field, ...], version: str | None = None) -> Model:
    known = version or hashlib.sha256(ref.encode()).hexdigest()
    return Model(ref=ref, kind=kind, about=about, fields=fields, version=known)


MODELS: dict[str, Model] = {
    model.ref: model
    for model in (
        _model(
            "google/veo-3.1",
            "video",
            "Video with native audio from text, images or both",
            _VEO,
            "ed5b1767b711dd15d954b162af1e890d27882680f463a85e94f02d604012b972",
        ),
        _model("google/veo-3.1-fast", "video", "Faster, cheaper Veo 3.1", _VEO),
        _model(
            "bytedance/seedance-2.0",
            "video",
            "Multimodal video generation",
            _SEEDANCE,
            "d456b64a60da3903c3692f7128d491004d021bbc2e1e19c63bccb117d3f4ab7b",
        ),
        _model(
            "kwaivgi/kling-v3-omni-video",
            "video",
            "Unified multimodal video generation",
            _KLING,
            "1d449e255319a7c07feca688cf0596cb82cc8a96ceddff6c44fd0d090b4e830c",
        ),
        _model("wan-video/wan-2.7-i2v", "video", "Image-to-video with frame control", _WAN),
        _model("runwayml/gen4-turbo", "video", "Image-to-video, quick", _RUNWAY),
        _model(
            "black-forest-labs/flux-2-pro",
            "still",
            "Image generation and editing",
            _FLUX,
            "285631b5656a1839331cd9af0d82da820e2075db12046d1d061c681b2f206bc6",
        ),
        _model(
            "stability-ai/stable-diffusion-3.5-large",
            "still",
            "Text-to-image",
            _DIFFUSION,
            "feb36d70a9f2791ed9df99f795ea5684da18f52b5f6b488dfdef635ca19d6bd3",
        ),
        _model(
            "minimax/speech-2.8-turbo",
            "speech",
            "Natural, expressive speech",
            _SPEECH,
            "fb87e0f2c69157fc47cf9c6ba00aa7548b98e970cd3401abeeea0204bcf2cfb6",
        ),
        _model(
            "minimax/music-2.5",
            "music",
            "Full-length songs",
            _MUSIC,
            "f2100977b6ce90322ab00443b76d48f079435c1d903c4805517f89d2b8cc9c5a",
        ),
        _model(
            "openai/gpt-4o-mini",
            "text",
            "Low latency, low cost language model",
            _GPT,
            "167a3b6f79e1ab52cedcf14cf1b08d63d094958809d9115481623869bc015bd4",
        ),
    )
}
BY_VERSION: dict[str, Model] = {model.version: model for model in MODELS.values()}
